import BundleModel
import Facts
import IPAMReplay
import TestSupport
import Testing

@Suite("what other settings would have done")
struct CounterfactualTests {
  private func history(_ name: String) throws -> ReplayResult {
    var replay = LogReplay([try RecordedLogs.journal(try RecordedLogs.lines(name))])
    return replay.finish()
  }

  @Test("the same settings do what was recorded", arguments: RecordedLogs.names)
  func sameSettings(_ name: String) throws {
    let result = try history(name)
    let counterfactual = Counterfactual(result)
    guard name != "ipv6" else {
      #expect(counterfactual.obstacle != nil)
      return
    }
    #expect(counterfactual.obstacle == nil)
    let outcome = counterfactual.outcome(of: Alternative(environment: [:]))
    #expect(outcome == counterfactual.recorded)
  }

  @Test("times that no log can have stop nothing", arguments: ["7298-01-05", "0001-01-01"])
  func impossibleTimes(_ day: String) throws {
    var log = WrittenLog()
    log.start()
    log.add("a", address: 10)
    log.ticks(3)
    let text = log.text.split(separator: "\n").enumerated().map { index, line in
      index % 3 == 1 ? String(line).replacing("2031-04-02", with: day) : String(line)
    }
    var input = ArtifactInput(
      artifact: .ipamdLog, path: "ipamd.log", bytes: Array(text.joined(separator: "\n").utf8))
    var replay = LogReplay([try IPAMDJournal.read(&input)])
    let counterfactual = Counterfactual(replay.finish())
    #expect(counterfactual.obstacle == nil)
    let outcome = counterfactual.outcome(of: Alternative(environment: ["WARM_IP_TARGET": "1"]))
    #expect(outcome.failedStarts == 0)
  }
}
