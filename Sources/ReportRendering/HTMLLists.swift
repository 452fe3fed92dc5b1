import ReportModel

/// The lists below the findings: what was gathered, and what was not judged.
enum HTMLLists {
  static func write(_ report: Report, to out: inout some TextOutputStream) {
    notEvaluated(report, to: &out)
    for input in report.inputs { items(input, to: &out) }
    list(
      "Passed", report.passed.map { ($0.rule, "not found: \($0.title)") }, to: &out)
    list("Not applicable", report.notApplicable.map { ($0.rule, $0.text) }, to: &out)
    let suppressed = report.findings.compactMap { finding in
      finding.suppressed.map { ("\(finding.rule), \(finding.subject.key)", $0.reason) }
    }
    list("Suppressed", suppressed, to: &out)
    let notices = report.notices + report.errors.map { "\($0.code): \($0.message)" }
    guard !notices.isEmpty else { return }
    out.write("<section>\n<h2>Notices</h2>\n<ul>\n")
    for notice in notices { out.write("<li>\(html: notice)</li>\n") }
    out.write("</ul>\n</section>\n")
  }

  private static func notEvaluated(_ report: Report, to out: inout some TextOutputStream) {
    guard !report.notEvaluated.isEmpty else { return }
    out.write("<section>\n<h2>Not evaluated</h2>\n<table>\n")
    out.write("<caption>Rules whose evidence is missing; none of them passed.</caption>\n")
    out.write(
      "<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">What is missing</th></tr></thead>\n"
        + "<tbody>\n")
    for entry in report.notEvaluated {
      out.write(
        "<tr><td><code>\(html: entry.rule)</code></td><td>\(html: entry.text)</td></tr>\n")
    }
    out.write("</tbody></table>\n</section>\n")
  }

  private static func items(_ input: Report.Input, to out: inout some TextOutputStream) {
    guard !input.items.isEmpty else { return }
    let troubled = input.items.count { $0.status != "ok" && $0.status != "empty" }
    out.write("<section>\n<h2>Evidence</h2>\n<details class=\"list\"><summary>")
    out.write("\(input.items.count) items, \(troubled) not complete</summary>\n<table>\n")
    out.write("<caption>What was gathered and how it went</caption>\n<thead><tr>")
    for head in ["Item", "Path", "Status", "Bytes", "ms", "Cut", "Reason"] {
      out.write("<th scope=\"col\">\(head)</th>")
    }
    out.write("</tr></thead>\n<tbody>\n")
    for item in input.items {
      let role = item.status == "ok" || item.status == "empty" ? "good" : "warning"
      out.write(
        "<tr><td><code>\(html: item.id)</code></td><td><code>\(html: item.path ?? "")</code></td>"
          + "<td class=\"\(role)\">\(html: item.status)</td>"
          + "<td class=\"number\">\(number(item.bytes))</td>"
          + "<td class=\"number\">\(number(item.milliseconds))</td>"
          + "<td class=\"number\">\(number(item.droppedBytes))</td>"
          + "<td>\(html: item.reason ?? "")</td></tr>\n")
    }
    out.write("</tbody></table>\n</details>\n</section>\n")
  }

  private static func number(_ value: Int?) -> String {
    value.map(String.init) ?? ""
  }

  private static func list(
    _ title: String, _ entries: [(String, String)], to out: inout some TextOutputStream
  ) {
    guard !entries.isEmpty else { return }
    out.write("<section>\n<h2>\(title)</h2>\n<details class=\"list\"><summary>")
    out.write("\(entries.count)</summary>\n<ul>\n")
    for (name, text) in entries {
      out.write("<li><code>\(html: name)</code>: \(html: text)</li>\n")
    }
    out.write("</ul>\n</details>\n</section>\n")
  }
}
