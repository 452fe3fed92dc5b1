import IPAMEngine

/// Says what a host's kernel does with packets, from what was collected of it.
///
/// A verdict is claimed only if every way that the facts leave open leads to it. Where a fact is
/// missing or a condition is not understood, all its answers are tried; if they lead to different
/// ends, the verdict is ``PathVerdict/unknown(_:)`` with the line that is the reason.
public struct PacketPath: Sendable {
  /// What is known of the host.
  public let host: HostNetwork
  private let routing: Routing

  /// Rules that are tried for one packet before nothing is said.
  private static let mostTests = 4_000_000
  /// Ways that are tried before nothing is said.
  private static let mostWays = 512

  /// Prepares answers for a host.
  public init(_ host: HostNetwork) {
    var host = host
    for family in host.filters.keys { host.filters[family]?.link() }
    self.host = host
    routing = Routing(host)
  }

  /// Follows the first packet of a flow.
  public func follow(_ packet: Packet) -> PathResult {
    follow(packet, flow: nil)
  }

  /// Follows the answer to a packet.
  ///
  /// - Parameters:
  ///   - reply: the answer as it comes in; see ``Flow/reply(to:through:)``.
  ///   - flow: what the host remembers of the flow.
  public func follow(reply: Packet, flow: Flow) -> PathResult {
    guard !flow.isTracked else { return follow(reply, flow: flow) }
    var own = Flow(first: reply)
    own.isAnswerAlone = true
    own.virtualServer = flow.virtualServer
    return follow(reply, flow: own)
  }

  private func follow(_ packet: Packet, flow: Flow?) -> PathResult {
    var choices = Choices()
    var results: [PathResult] = []
    var doubts: [(text: String, evidence: Evidence?)] = []
    var tested = 0
    repeat {
      var walk = PathWalk(
        host, routing, packet, flow: flow, choices: choices, mostTests: Self.mostTests - tested)
      let verdict = walk.run()
      tested += walk.tested
      choices = walk.choices
      if let doubt = choices.unknown { doubts.append(doubt) }
      results.append(
        PathResult(
          verdict: verdict, steps: walk.steps, cause: Self.cause(verdict, walk.steps),
          packet: walk.packet, flow: walk.flow))
      results[results.count - 1].tested = tested
      if results.count > Self.mostWays {
        return Self.refused(results[0], "too many ways to try", doubts.first?.evidence)
      }
    } while choices.advance()
    return Self.summary(results, doubts)
  }

  private static func cause(_ verdict: PathVerdict, _ steps: [PathStep]) -> PathStep? {
    switch verdict {
    case .sent, .host: nil
    case .dropped, .rejected, .unknown: steps.last
    }
  }

  /// One result for all ways.
  private static func summary(
    _ results: [PathResult], _ doubts: [(text: String, evidence: Evidence?)]
  ) -> PathResult {
    var first = results[0]
    first.ends = [PathOutcome(first)]
    first.tested = results.map(\.tested).max() ?? 0
    var ends: [PathOutcome] = []
    for result in results {
      let end = PathOutcome(result)
      if !ends.contains(end) { ends.append(end) }
    }
    if let unknown = results.first(where: { !$0.isClaimed }) { return unknown }
    if ends.count > 1, let doubt = doubts.first {
      return refused(first, doubt.text, doubt.evidence)
    }
    // Where chance decides, the worst that it can do counts.
    if let bad = results.first(where: { $0.verdict.word != "delivered" }) { first = bad }
    first.ends = ends
    return first
  }

  private static func refused(
    _ result: PathResult, _ text: String, _ evidence: Evidence?
  ) -> PathResult {
    var result = result
    result.verdict = .unknown(text)
    let step = PathStep(
      place: "unknown", text: text, evidence: evidence, packet: result.packet.text,
      mark: result.packet.mark)
    result.steps.append(step)
    result.cause = step
    return result
  }
}
