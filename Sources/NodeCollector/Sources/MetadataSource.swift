import BundleModel
import FoundationEssentials
import NIOHTTP1

/// Asks the instance metadata service, version 2. The token lives in this value only.
struct MetadataSource: Sendable {
  let host: Host

  /// One answer, as it stands in the bundle.
  struct Answer: Sendable, Encodable {
    var path: String
    var status: Int
    var body: String?
    var error: String?
    var durationMicroseconds: Int

    enum CodingKeys: String, CodingKey {
      case path, status, body, error
      case durationMicroseconds = "duration_us"
    }
  }

  /// All answers of one item.
  struct Answers: Sendable, Encodable {
    var requests: [Answer]
  }

  /// Why no answer could be had at all.
  struct Unreachable: Error {
    let status: ItemStatus
    let reason: String
  }

  /// Values that would be credentials or a signature are never asked for, whatever the catalogue
  /// says; see the collection rules on what is never collected.
  private static let forbidden = [
    "iam/security-credentials/", "identity-credentials/", "user-data",
  ]

  /// Asks for every path; `*` in a path stands for each entry of the listing before it. User data
  /// is refused like a credential unless the user of the program asked for it.
  func answers(
    to paths: [String], seconds: Double, includesUserData: Bool = false
  ) async throws(Unreachable) -> Answers {
    let deadline = host.clock.monotonic() + Int64(seconds * 1_000_000)
    let token = try await token(seconds: min(2, seconds))
    var answers: [Answer] = []
    var listings: [String: [String]] = [:]
    let forbidden = Self.forbidden.filter { !includesUserData || $0 != "user-data" }
    for path in paths where !forbidden.contains(where: { path.contains($0) }) {
      guard let star = path.firstIndex(of: "*") else {
        answers.append(await ask(path, token: token, until: deadline))
        continue
      }
      let parent = String(path[..<star])
      if listings[parent] == nil {
        let listing = await ask(parent, token: token, until: deadline)
        listings[parent] = Self.entries(listing.body)
        answers.append(listing)
      }
      for entry in listings[parent] ?? [] {
        let full = parent + entry + path[path.index(after: star)...]
        answers.append(await ask(full, token: token, until: deadline))
      }
    }
    return Answers(requests: answers)
  }

  /// A token for this run.
  private func token(seconds: Double) async throws(Unreachable) -> String {
    var reason = Unreachable(status: .missing, reason: "the metadata service does not answer")
    for _ in 0..<2 {
      switch await Self.requestToken(host.metadata, seconds: seconds, over: nil) {
      case .answered(let response) where response.status == 200:
        return String(decoding: response.body, as: UTF8.self)
      case .answered(let response):
        reason = Unreachable(
          status: [401, 403].contains(response.status) ? .denied : .failed,
          reason: "the metadata service refused a token with status \(response.status)")
      case .refused: reason = Unreachable(status: .missing, reason: "connection refused")
      case .timeout:
        reason = Unreachable(status: .timeout, reason: "no token within \(seconds) s")
      case .failed(let text): reason = Unreachable(status: .missing, reason: text)
      }
    }
    throw reason
  }

  /// Asks for a token, over a given socket or a new connection.
  static func requestToken(
    _ endpoint: Host.Endpoint, seconds: Double, over socket: CInt?
  ) async -> LoopbackHTTP.Outcome {
    let request = LoopbackHTTP.Request(
      method: .PUT, path: "/latest/api/token",
      headers: [("X-aws-ec2-metadata-token-ttl-seconds", "60")])
    let http = LoopbackHTTP(capBytes: 4096)
    guard let socket else { return await http.send(request, to: endpoint, seconds: seconds) }
    return await http.send(request, over: socket, host: endpoint, seconds: seconds)
  }

  private func ask(_ path: String, token: String, until deadline: Int64) async -> Answer {
    let start = host.clock.monotonic()
    var answer = Answer(path: path, status: 0, durationMicroseconds: 0)
    let left = Double(deadline - start) / 1_000_000
    guard left > 0 else {
      answer.error = "not asked: the group's time limit was reached"
      return answer
    }
    let outcome = await LoopbackHTTP(capBytes: 64 << 10).send(
      .init(path: "/latest/\(path)", headers: [("X-aws-ec2-metadata-token", token)]),
      to: host.metadata, seconds: min(2, left))
    answer.durationMicroseconds = Int(host.clock.monotonic() - start)
    switch outcome {
    case .answered(let response):
      answer.status = response.status
      if response.status == 200 { answer.body = String(decoding: response.body, as: UTF8.self) }
    case .refused: answer.error = "refused"
    case .timeout: answer.error = "timeout"
    case .failed(let reason): answer.error = reason
    }
    return answer
  }

  /// Entries of a listing; anything that could lead a path elsewhere is left out.
  private static func entries(_ body: String?) -> [String] {
    (body ?? "").split(separator: "\n").prefix(64).map { line in
      String(line.hasSuffix("/") ? line.dropLast() : line)
    }.filter { entry in
      !entry.isEmpty
        && entry.utf8.allSatisfy { byte in
          (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || [UInt8(ascii: ":"), UInt8(ascii: "-")].contains(byte)
        }
    }
  }
}
