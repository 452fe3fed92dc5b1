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
}
