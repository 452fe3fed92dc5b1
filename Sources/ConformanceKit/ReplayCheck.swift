public import Facts
import IPAMEngine
import IPAMReplay

/// Replays logs whose true states are recorded, and compares every state.
public enum ReplayCheck {
  /// When the clock of a scenario starts: 2000-01-01T00:00:00Z, in microseconds since 1970.
  private static let originUs: Int64 = 946_684_800_000_000

  /// How many states were compared while lines proved the replayed pool, and what differed then.
  public struct ProvedStates: Sendable {
    /// States compared.
    public var compared = 0
    /// Steps that differ.
    public var failures: [ScenarioResult.FailedStep] = []
  }

  /// Compares only the states that the replay itself calls proved, in addresses and their pods: a
  /// log of which lines are missing must not prove what is wrong.
  public static func proved(
    _ journals: [IPAMDJournal], scenario: String
  ) throws -> ProvedStates {
    let recording = try Recording.read(scenario)
    var replay = LogReplay(journals)
    var enis: [RecordedENI] = []
    var proved = ProvedStates()
    for (index, step) in recording.steps.enumerated() {
      enis = step.state?.enis ?? enis
      guard let end = comparableEnd(recording, index), step.state != nil else { continue }
      replay.run(until: originUs + Int64(end) * 1000)
      // Of a time without a line, and of an operation that the log's end cuts, nothing is claimed.
      guard replay.isProved, replay.hasMore, replay.lastStatementUs == originUs + Int64(end) * 1000
      else {
        continue
      }
      var comparison = Comparison()
      comparison.compareHolders(enis, replay.engine)
      proved.compared += 1
      guard !comparison.mismatches.isEmpty else { continue }
      proved.failures.append(
        ScenarioResult.FailedStep(
          index: step.index ?? index, event: step.event.op, mismatches: comparison.mismatches))
    }
    return proved
  }

  /// The end of a step in milliseconds; nil if the next one shares it.
  private static func comparableEnd(_ recording: Recording, _ index: Int) -> Int? {
    let step = recording.steps[index]
    let end = Clock.milliseconds(step.endedAt ?? step.event.at)
    guard index + 1 < recording.steps.count else { return end }
    let next = recording.steps[index + 1]
    return Clock.milliseconds(next.startedAt ?? next.event.at) > end ? end : nil
  }

  /// Replays one log.
  ///
  /// States are compared after the last of several steps that share a millisecond.
  ///
  /// - Parameters:
  ///   - journals: the log; several if it was rotated.
  ///   - scenario: path of the scenario with the recorded states.
  public static func run(
    _ journals: [IPAMDJournal], scenario: String
  ) throws -> ScenarioResult {
    let recording = try Recording.read(scenario)
    var replay = LogReplay(journals)
    var enis: [RecordedENI] = []
    var failures: [ScenarioResult.FailedStep] = []
    var compared = 0
    for (index, step) in recording.steps.enumerated() {
      enis = step.state?.enis ?? enis
      guard let end = comparableEnd(recording, index), let state = step.state else { continue }
      replay.run(until: originUs + Int64(end) * 1000)
      var comparison = Comparison(origin: Instant(nanoseconds: originUs * 1000))
      comparison.compare(
        state, enis, replay.engine, knowsSubnets: false,
        knowsRoom: replay.epochs.first?.knowsENILimit ?? false)
      compared += 1
      guard !comparison.mismatches.isEmpty else { continue }
      failures.append(
        ScenarioResult.FailedStep(
          index: step.index ?? index, event: step.event.op, mismatches: comparison.mismatches))
    }
    return ScenarioResult(
      name: recording.scenario.name ?? scenario, steps: compared, failures: failures)
  }
}
