import Foundation
import IPAMReplay
import ReplayRendering
import ReportRendering
import TestSupport
import Testing

@Suite("a replay as it is shown")
struct ReplayRenderingTests {
  private func report(_ name: String) throws -> ReplayReport {
    var replay = LogReplay([try RecordedLogs.journal(try RecordedLogs.lines(name))])
    return ReplayReport(node: "i-0a1b2c3d4e5f67890", result: replay.finish())
  }

  private func compared(_ name: String) throws -> ReplayReport {
    var report = try report(name)
    let counterfactual = Counterfactual(report.result)
    let other = Alternative(environment: ["WARM_IP_TARGET": "1", "MINIMUM_IP_TARGET": "5"])
    report.comparison = ReplayReport.Comparison(
      recorded: counterfactual.recorded,
      alternatives: [(other.words, counterfactual.outcome(of: other))],
      notes: ["It holds for the hours of this log."])
    return report
  }

  @Test("80 columns of text, in colours and in ASCII too (rewrite with UPDATE_GOLDEN=1)")
  func text() throws {
    let report = try compared("subnet-small")
    try expectGolden(ReplayTextRenderer(TextStyle(width: 80)).text(report), "reports/replay.txt")
    let ascii = ReplayTextRenderer(TextStyle(width: 80, isASCII: true)).text(report)
    try expectGolden(ascii, "reports/replay-ascii.txt")
    #expect(ascii.utf8.count == ascii.unicodeScalars.count)
    for width in [40, 60, 80, 120, 200] {
      let text = ReplayTextRenderer(TextStyle(width: width)).text(report)
      let wide = text.split(separator: "\n").filter { $0.count > max(width, 72) }
      #expect(wide.isEmpty, "\(width) columns: \(wide)")
    }
  }

  @Test("CSV has one line for each change, or for each step")
  func csv() throws {
    var report = try report("subnet-small")
    let changes = ReplayCSVRenderer().text(report).split(separator: "\r\n")
    #expect(changes.count == report.result.samples.count + 1)
    report.stepSeconds = 30
    let steps = ReplayCSVRenderer().text(report).split(separator: "\r\n")
    // 215 s from the first tick at 5 s on.
    #expect(steps.count == 1 + 8)
    #expect(steps[1].hasPrefix("2000-01-01T00:00:05.000Z"))
  }

  @Test("a window leaves out what is outside it")
  func window() throws {
    var report = try report("subnet-small")
    let origin: Int64 = 946_684_800_000_000
    report.window = ReplayReport.Window(fromUs: origin + 100_000_000, toUs: origin + 150_000_000)
    let text = ReplayTextRenderer(TextStyle(width: 80)).text(report)
    #expect(text.contains("00:01Z") && text.contains("00:02Z"))
    #expect(!text.contains("00:00:"))
  }

  @Test("a history of several days says of which day an hour is")
  func days() throws {
    var log = WrittenLog()
    log.start()
    log.tick()
    log.now += 2 * 86_400
    log.start()
    log.tick()
    var replay = LogReplay([try log.journal()])
    let report = ReplayReport(node: "node", result: replay.finish())
    let text = ReplayTextRenderer(TextStyle(width: 80)).text(report)
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(
      lines.contains { $0.hasPrefix("2031-04-02") } && lines.contains("2031-04-04"), "\(text)")
  }

  @Test("JSON is whole and names its schema")
  func json() throws {
    let text = try ReplayJSONRenderer().text(compared("subnet-small"))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?["schema"] as? String == "cnitriage.replay/1")
    #expect((object?["pool"] as? [Any])?.count ?? 0 > 5)
    #expect((object?["faults"] as? [Any])?.count == 1)
    #expect((object?["alternatives"] as? [Any])?.count == 1)
  }

  @Test("HTML loads nothing, escapes names, and has the chart's numbers in a table")
  func html() throws {
    var report = try compared("subnet-small")
    report.node = #"<script>alert("x")</script>"#
    let page = ReplayHTMLRenderer().text(report)
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;"))
    #expect(page.contains("default-src &#39;none&#39;"))
    #expect(page.contains("<svg") && page.contains("<path d=\"M"))
    #expect(page.components(separatedBy: "<tr><td>2000-01-01").count > 10)
    #expect(!page.contains("http://") && !page.contains("https://"))
  }

  @Test("a gap is a break in the curve, never a line across it")
  func gap() throws {
    let lines = try RecordedLogs.lines("sip-default")
    let hole = lines.filter { !$0.holds("00:01:") && !$0.holds("00:02:0") }
    var replay = LogReplay([try RecordedLogs.journal(hole)])
    let report = ReplayReport(node: "node", result: replay.finish())
    let text = ReplayTextRenderer(TextStyle(width: 80)).text(report)
    let total = text.split(separator: "\n").first { $0.hasPrefix("total") } ?? ""
    #expect(total.dropFirst(11).prefix(50).contains("     "))
    #expect(text.contains("lines are missing"))
  }
}
