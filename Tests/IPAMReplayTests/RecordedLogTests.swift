import ConformanceKit
import Facts
import Foundation
import IPAMReplay
import TestSupport
import Testing

@Suite("logs of the real program")
struct RecordedLogTests {
  @Test("there are twelve of them")
  func count() {
    #expect(RecordedLogs.names.count == 12)
  }

  @Test("every state is replayed as it was recorded", arguments: RecordedLogs.names)
  func states(_ name: String) throws {
    let journal = try RecordedLogs.journal(try RecordedLogs.lines(name))
    let result = try ReplayCheck.run([journal], scenario: RecordedLogs.scenario(name))
    #expect(result.steps > 50)
    let first = result.failures.first
    #expect(first == nil, "step \(first?.index ?? 0): \(first?.mismatches ?? [])")
  }

  @Test(
    "ipamd says nothing of itself that its other lines contradict", arguments: RecordedLogs.names)
  func divergences(_ name: String) throws {
    var replay = LogReplay([try RecordedLogs.journal(try RecordedLogs.lines(name))])
    let result = replay.finish()
    #expect(result.divergences.isEmpty)
    #expect(result.checks.different == 0)
    #expect(result.checks.compared > (name == "ipv6" ? 40 : 100))
    #expect(!result.faults.contains { $0.id == .evidenceGap })
  }

  @Test("what two missing lines would have told shows in the states behind them")
  func missingLines() throws {
    let lines = try RecordedLogs.lines("sip-default").filter {
      !$0.holds("Assign IP 10.0.0.7 to")
        && !$0.holds("Success: true IPAddr: [IPv4Addr:\\\"10.0.0.7")
    }
    let result = try ReplayCheck.run(
      [try RecordedLogs.journal(lines)], scenario: RecordedLogs.scenario("sip-default"))
    #expect(!result.failures.isEmpty)
  }

  @Test("an answer tells of a pod whose own line is missing, and the gap is named")
  func missingLine() throws {
    let lines = try RecordedLogs.lines("sip-default").filter { !$0.holds("Assign IP 10.0.0.7 to") }
    let journal = try RecordedLogs.journal(lines)
    let states = try ReplayCheck.run([journal], scenario: RecordedLogs.scenario("sip-default"))
    #expect(states.failures.isEmpty)
    var replay = LogReplay([journal])
    #expect(replay.finish().faults.contains { $0.cause == "pod_unseen" })
  }

  @Test("rotated logs are put in order and a copy of one of them is left out")
  func rotated() throws {
    let lines = try RecordedLogs.lines("sip-default")
    let parts = [lines[1200...], lines[..<400], lines[400..<1200], lines[..<400]]
    let journals = try parts.enumerated().map {
      try RecordedLogs.journal($0.element, path: $0.offset == 0 ? "ipamd.log" : "\($0.offset).log")
    }
    let result = try ReplayCheck.run(
      journals, scenario: RecordedLogs.scenario("sip-default"))
    #expect(result.failures.isEmpty)
  }
}

@Suite("logs that lost lines")
struct DamagedLogTests {
  /// What a whole log shows of a fault, and what less evidence may make of it.
  private static func allowed(_ name: String) throws -> Set<String> {
    var replay = LogReplay([try RecordedLogs.journal(try RecordedLogs.lines(name))])
    var allowed = Set(replay.finish().faults.map { "\($0.id.rawValue) \($0.cause ?? "")" })
    if allowed.contains(where: { $0.hasPrefix("F-10") }) {
      // Without the line that tells the cause there is none.
      allowed.formUnion(["F-10 unknown", "F-10 burst"])
    }
    // Whether leftovers use up the slots depends on all that is on the ENI.
    if allowed.contains(where: { $0.hasPrefix("F-21") }) { allowed.insert("F-21 quirk Q-8") }
    return allowed.union(["F-23 log_level"])
  }

  /// How often each log is damaged in each way.
  private static let rounds =
    ProcessInfo.processInfo.environment["REPLAY_ROUNDS"].flatMap { Int($0) } ?? 2

  @Test("show no fault that was none, and name what is missing", arguments: Damage.allCases)
  func noFalseFaults(_ damage: Damage) throws {
    var proved = 0
    var wrong = 0
    for (number, name) in RecordedLogs.names.enumerated() {
      let lines = try RecordedLogs.lines(name)
      let allowed = try Self.allowed(name)
      for round in 0..<(damage == .whole || damage == .infoOnly ? 1 : Self.rounds) {
        let seed = UInt64(number * 100 + round)
        var random = SeededGenerator(seed: seed)
        let logs = damage.apply(lines, &random)
        let journals = try logs.enumerated().map {
          try RecordedLogs.journal(
            $0.element, path: $0.offset + 1 == logs.count ? "ipamd.log" : "ipamd-\($0.offset).log")
        }
        var replay = LogReplay(journals)
        let result = replay.finish()
        for fault in result.faults where fault.id != .evidenceGap {
          #expect(
            allowed.contains("\(fault.id.rawValue) \(fault.cause ?? "")"),
            "FALSE \(name), seed \(seed): \(fault.id.rawValue) \(fault.cause ?? "") \(fault.detail)"
          )
        }
        if damage == .startCut, result.epochs.first?.hasStart == false,
          result.epochs.first?.grade == .full
        {
          #expect(result.faults.contains { $0.cause == "start_missing" }, "\(name), seed \(seed)")
        }
        let states = try ReplayCheck.proved(journals, scenario: RecordedLogs.scenario(name))
        proved += states.compared
        wrong += states.failures.count
      }
    }
    // Two lines that are lost may cancel out in every number of ipamd.
    #expect(
      wrong * 50 <= proved, "\(damage.rawValue): \(wrong) of \(proved) proved states are wrong")
  }
}
