public import ReportModel

/// Writes a report as one HTML file that loads nothing and is readable without its script.
public struct HTMLRenderer: ReportRenderer {
  /// Makes the renderer.
  public init() {}

  /// Writes the page.
  public func render(_ report: Report, to out: inout some TextOutputStream) {
    let policy =
      "default-src 'none'; style-src 'sha256-\(HTMLAssets.styleHash)'; "
      + "script-src 'sha256-\(HTMLAssets.scriptHash)'; base-uri 'none'; form-action 'none'"
    let title = report.inputs.first.map { $0.node.host ?? $0.name } ?? "no input"
    out.write(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(html: policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(html: title): node diagnosis</title>
      <style>\(HTMLAssets.style)</style>
      </head>
      <body>
      <a class="skip" href="#findings">Skip to the findings</a>

      """)
    header(report, title: title, to: &out)
    out.write("<main>\n")
    verdict(report, to: &out)
    findings(report, to: &out)
    if let packets = report.packets { HTMLPackets.write(packets, to: &out) }
    HTMLLists.write(report, to: &out)
    out.write("</main>\n<footer>\n")
    let strict = report.exit.strict ? " --strict" : ""
    out.write(
      "<p class=\"dim\">Threshold --fail-on \(html: report.exit.failOn)\(strict): exit "
        + "\(report.exit.code). Schema \(html: report.schema).</p>\n")
    out.write("</footer>\n<script>\(HTMLAssets.script)</script>\n</body>\n</html>\n")
  }

  private func header(_ report: Report, title: String, to out: inout some TextOutputStream) {
    out.write("<header>\n<h1>\(html: title)</h1>\n<dl class=\"facts\">\n")
    for input in report.inputs {
      let node = input.node
      fact("Node", [node.id, node.type, node.zone], to: &out)
      fact(
        "Software",
        [
          node.cni.map { "VPC CNI \($0)" }, node.kubelet.map { "kubelet \($0)" }, node.os,
          node.kernel.map { "kernel \($0)" }, node.iptables,
        ], to: &out)
      let from = input.window.from.map { "\($0) to " } ?? ""
      fact("Covers", [input.window.to.map { from + $0 }], to: &out)
      fact("Masked", [input.redaction], to: &out)
      fact("Bundle", [input.name], to: &out)
      fact("SHA-256", [input.sha256], to: &out)
    }
    fact(
      "Judged by",
      ["cnitriage \(report.tool.version)", "\(report.tool.ruleCount) rules \(report.tool.rules)"],
      to: &out)
    out.write("</dl>\n</header>\n")
  }

  private func fact(_ name: String, _ values: [String?], to out: inout some TextOutputStream) {
    let known = values.compactMap { $0 }
    guard !known.isEmpty else { return }
    out.write("<dt>\(name)</dt><dd>\(html: known.joined(separator: ", "))</dd>\n")
  }

  private func verdict(_ report: Report, to out: inout some TextOutputStream) {
    out.write(
      "<section class=\"verdict\" aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Verdict</h2>\n")
    for cause in report.rootCauses {
      out.write(
        "<p><strong>Likely root cause</strong> (confidence \(cause.confidence.rawValue)): "
          + "\(html: cause.text)</p>\n")
      if !cause.chain.isEmpty {
        out.write("<p>It explains \(html: cause.chain.joined(separator: ", ")).</p>\n")
      }
    }
    let summary = report.summary
    let counts = Severity.allCases.filter { summary[$0] > 0 }.map {
      "<span class=\"\($0.rawValue)\">\(summary[$0]) \($0.rawValue)</span>"
    }
    out.write(
      "<p>"
        + (counts.isEmpty
          ? "<span class=\"good\">no findings</span>" : counts.joined(separator: ", ")))
    out.write(
      "; \(summary.passed) passed, \(summary.absorbed) folded into a cause, "
        + "\(summary.notEvaluated) not evaluated, \(summary.notApplicable) not applicable.</p>\n")
    out.write("</section>\n")
  }

  private func findings(_ report: Report, to out: inout some TextOutputStream) {
    out.write(
      "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>\n")
    out.write(
      """
      <div id="controls" class="controls" hidden>
      <label>At least <select id="severity"><option value="">info</option>\
      <option>warning</option><option>error</option><option>critical</option></select></label>
      <label>Text <input id="text" type="search"></label>
      <button id="theme" type="button">Light or dark</button>
      <span id="shown" role="status"></span>
      <details id="keys"><summary>Keys</summary><p>/ text, j and k next and previous, Enter open, \
      1 to 4 severity, 5 all, t theme.</p></details>
      </div>

      """)
    let shown = report.findings.filter { $0.suppressed == nil }
    if shown.isEmpty { out.write("<p>None.</p>\n") }
    for finding in shown { write(finding, in: report, to: &out) }
    out.write("</section>\n")
  }

  private func write(
    _ finding: Finding, in report: Report, to out: inout some TextOutputStream
  ) {
    let word = finding.severity.rawValue
    let isOpen = finding.severity >= .error && finding.absorbedBy == nil
    out.write(
      "<details class=\"finding\" id=\"\(html: finding.id)\" data-severity=\"\(word)\""
        + "\(isOpen ? " open" : "")>\n<summary><span class=\"severity \(word)\">"
        + "\(Self.shape(finding.severity)) \(word.uppercased())</span> "
        + "<h3>\(html: finding.message)</h3></summary>\n")
    var facts = "<p class=\"dim\"><code>\(html: finding.rule)</code>"
    if let cause = finding.cause { facts += ", cause \(html: cause)" }
    facts += ", \(html: finding.subject.kind) \(html: finding.subject.key)"
    if finding.count > 1 { facts += ", \(finding.count) times" }
    if let first = finding.firstSeen { facts += ", first \(html: first)" }
    if finding.isResolved { facts += ", resolved" }
    if let cause = finding.absorbedBy {
      facts += ", a consequence of <a href=\"#\(html: cause)\">\(html: cause)</a>"
    }
    out.write(facts + "</p>\n")
    evidence(finding, to: &out)
    out.write(
      "<h4>Why</h4>\n<p>\(html: finding.why)</p>\n<h4>Fix</h4>\n<p>\(html: finding.fix.text)</p>\n")
    if !finding.fix.commands.isEmpty {
      let commands = finding.fix.commands.joined(separator: "\n")
      out.write("<pre>\(html: commands)</pre>\n")
    }
    if !finding.consequences.isEmpty {
      out.write("<h4>Consequences</h4>\n<ul>\n")
      for consequence in finding.consequences {
        let links = consequence.findings.map { "<a href=\"#\(html: $0)\">\(html: $0)</a>" }
        out.write(
          "<li><code>\(html: consequence.rule)</code>: \(links.joined(separator: ", "))</li>\n")
      }
      out.write("</ul>\n")
    }
    let references = finding.references.map { "\(html: $0)" }
    out.write(
      "<p class=\"dim\">Reference: <code>cnitriage explain \(html: finding.rule)</code>; "
        + references.joined(separator: "; ") + "</p>\n</details>\n")
  }

  private func evidence(_ finding: Finding, to out: inout some TextOutputStream) {
    guard !finding.evidence.isEmpty else { return }
    let more = finding.evidenceOmitted > 0 ? ", and \(finding.evidenceOmitted) more" : ""
    out.write(
      "<table class=\"evidence\"><caption>Evidence\(more)</caption>\n<thead><tr><th scope=\"col\">"
        + "Place</th><th scope=\"col\">What stands there</th></tr></thead>\n<tbody>\n")
    for evidence in finding.evidence {
      let time = evidence.time.map { "<span class=\"dim\">\(html: $0)</span> " } ?? ""
      out.write(
        "<tr><td><span class=\"place\">\(html: evidence.location)</span></td><td>\(time)"
          + "<code>\(html: evidence.excerpt ?? "")</code></td></tr>\n")
    }
    out.write("</tbody></table>\n")
  }

  /// A shape beside each word, for readers who don't see its colour.
  private static func shape(_ severity: Severity) -> String {
    switch severity {
    case .critical: "&#9632;"
    case .error: "&#9650;"
    case .warning: "&#9670;"
    case .info: "&#9679;"
    }
  }
}
