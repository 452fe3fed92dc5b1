import ReportModel
import Testing

@testable import Analysis

@Suite("Translating a report back")
struct UnmaskingTests {
  private func map(_ complete: String) -> [UInt8] {
    Array(
      #"{"schema":"cnitriage.map/1",\#(complete)"pairs":{"node-1":"ip-10-1-2-3"}}"#.utf8)
  }

  @Test("a map that was full says that some pseudonyms stay; older maps don't tell")
  func incompleteness() throws {
    let report = try AnalyzerTests.judge(AnalyzerTests.dropped())
    for (complete, isSaid) in [
      ("", false), (#""complete":true,"#, false), (#""complete":false,"#, true),
    ] {
      let clear = try Unmasking(bytes: map(complete), name: "m").unmasked(report)
      #expect(clear.inputs.first?.node.host == "ip-10-1-2-3")
      #expect(clear.notices.contains { $0.contains("some pseudonyms") } == isSaid)
    }
  }
}
