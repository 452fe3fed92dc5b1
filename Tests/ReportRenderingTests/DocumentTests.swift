import Crypto
import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportRendering

@Suite("JSON and HTML reports")
struct DocumentTests {
  @Test("the JSON report is read back as the same report and has the agreed shape")
  func json() throws {
    let text = JSONRenderer().text(SampleReport.full)
    let back = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    #expect(back == SampleReport.full)
    let top = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(top["schema"] as? String == "cnitriage.report/1")
    let keys = [
      "schema", "tool", "inputs", "summary", "root_causes", "findings", "not_evaluated", "errors",
      "exit",
    ]
    for key in keys { #expect(top[key] != nil, "\(key)") }
    let finding = try #require((top["findings"] as? [[String: Any]])?.first)
    for key in [
      "id", "rule", "cause", "severity", "input", "subject", "message", "why", "fix",
      "first_seen", "count", "fingerprint", "references", "evidence", "consequences",
    ] {
      #expect(finding[key] != nil, "\(key)")
    }
    try expectGolden(text, "reports/report.json")
  }

  @Test("the HTML report looks as agreed")
  func html() throws {
    try expectGolden(HTMLRenderer().text(SampleReport.full), "reports/report.html")
  }

  @Test("the page's policy admits its own style and script and nothing else")
  func policy() {
    func hash(_ text: String) -> String {
      Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }
    #expect(hash(HTMLAssets.style) == HTMLAssets.styleHash)
    #expect(hash(HTMLAssets.script) == HTMLAssets.scriptHash)
    let page = HTMLRenderer().text(SampleReport.full)
    #expect(page.contains("default-src &#39;none&#39;"))
    #expect(page.components(separatedBy: "<script").count == 2)
    #expect(page.components(separatedBy: "<style").count == 2)
  }

  @Test("the page loads nothing and needs no script to be read")
  func selfContained() {
    let page = HTMLRenderer().text(SampleReport.full)
    for word in ["src=", "http://", "https://", "@import", "url(", "<img", "<link", "<iframe"] {
      #expect(!page.contains(word), "\(word)")
    }
    for finding in SampleReport.full.findings {
      #expect(page.contains("id=\"\(finding.id)\""))
    }
    #expect(page.contains("<html lang=\"en\">"))
    #expect(page.components(separatedBy: "<h1").count == 2)
  }

  @Test("nothing from a bundle becomes markup")
  func hostile() {
    let page = HTMLRenderer().text(SampleReport.hostile)
    #expect(page.components(separatedBy: "<script").count == 2)
    #expect(!page.contains("onload='"))
    #expect(!page.contains("</code><" + "script>"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(!page.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
  }

  @Test("elements are closed in the order in which they were opened")
  func nesting() {
    let void: Set<String> = ["meta", "input", "br"]
    for report in [SampleReport.full, SampleReport.hostile] {
      var page = HTMLRenderer().text(report)
      page = page.replacingOccurrences(of: HTMLAssets.script, with: "")
      page = page.replacingOccurrences(of: HTMLAssets.style, with: "")
      var open: [String] = []
      for match in page.matches(of: #/<(/?)([a-z][a-z0-9]*)[^>]*>/#) {
        let name = String(match.2)
        if void.contains(name) { continue }
        if match.1.isEmpty {
          open.append(name)
        } else {
          #expect(open.popLast() == name)
        }
      }
      #expect(open.isEmpty, "\(open)")
    }
  }
}
