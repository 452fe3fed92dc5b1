public import ReportModel

/// Writes a report for a terminal: the answer first, then findings by severity, each with its
/// evidence.
public struct TextRenderer: ReportRenderer {
  let style: TextStyle

  /// Makes the renderer.
  public init(_ style: TextStyle = TextStyle()) {
    self.style = style
  }

  /// Writes the report.
  public func render(_ report: Report, to out: inout some TextOutputStream) {
    header(report, to: &out)
    counts(report.summary, to: &out)
    rootCauses(report, to: &out)
    findings(report, to: &out)
    notEvaluated(report, to: &out)
    if style.showsPassed { passed(report, to: &out) }
    if style.showsSuppressed { suppressed(report, to: &out) }
    if style.showsNotApplicable { notApplicable(report, to: &out) }
    notices(report, to: &out)
    ending(report, to: &out)
  }

  private func header(_ report: Report, to out: inout some TextOutputStream) {
    let rules = report.tool.ruleCount == 1 ? "1 rule" : "\(report.tool.ruleCount) rules"
    out.write(
      style.painted("cnitriage \(terminal: report.tool.version)", .heading)
        + "  analyze  \(rules)\n\n")
    for input in report.inputs {
      let node = input.node
      row("Node", [node.host, node.id, node.type, node.zone], or: input.name, to: &out)
      row(
        "Software",
        [
          node.cni.map { "VPC CNI \($0)" }, node.kubelet.map { "kubelet \($0)" }, node.os,
          node.kernel.map { "kernel \($0)" }, node.iptables,
        ], or: nil, to: &out)
      row("Covers", [covers(input.window)], or: nil, to: &out)
    }
    out.write("\n")
  }

  /// A labelled line of the header; without any value it falls away.
  private func row(
    _ label: String, _ values: [String?], or fallback: String?, to out: inout some TextOutputStream
  ) {
    var known = values.compactMap { $0 }
    if known.isEmpty, let fallback { known = [fallback] }
    guard !known.isEmpty else { return }
    var lines = [""]
    for value in known.map({ style.cut($0, to: style.width - 10) }) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = value
      } else if 12 + last.cellCount + value.cellCount <= style.width {
        lines[lines.count - 1] += "  " + value
      } else {
        lines.append(value)
      }
    }
    let indent = "\n" + String(repeating: " ", count: 10)
    out.write(style.painted(label.padded(to: 10), .dim) + lines.joined(separator: indent) + "\n")
  }

  private func covers(_ window: Report.Window) -> String? {
    guard let to = window.to else { return nil }
    guard let from = window.from else { return spaced(to) }
    let end = from.prefix(10) == to.prefix(10) ? String(to.dropFirst(11)) : spaced(to)
    return "\(spaced(from)) to \(end)"
  }

  func spaced(_ time: String) -> String {
    String(time.map { $0 == "T" ? " " : $0 })
  }

  private func counts(_ summary: Report.Summary, to out: inout some TextOutputStream) {
    let found = Severity.allCases.filter { summary[$0] > 0 }.map {
      style.painted("\(summary[$0]) \($0.rawValue)", Self.role($0))
    }
    out.write((found.isEmpty ? style.painted("no findings", .good) : found.joined(separator: "  ")))
    out.write("\n")
    let rest = [
      (summary.passed, "passed"), (summary.absorbed, "folded into a cause"),
      (summary.notEvaluated, "not evaluated"), (summary.notApplicable, "not applicable"),
      (summary.suppressed, "suppressed"), (summary.baseline, "known to the baseline"),
    ]
    out.write(rest.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: "  ") + "\n")
  }

  private func rootCauses(_ report: Report, to out: inout some TextOutputStream) {
    for cause in report.rootCauses {
      out.write("\n" + style.painted("LIKELY ROOT CAUSE", .heading))
      out.write(" (confidence \(cause.confidence.rawValue))\n")
      out.write("  " + style.wrapped(cause.text, indent: 2) + "\n")
      guard !cause.chain.isEmpty else { continue }
      let chain = "Explains " + cause.chain.joined(separator: ", ")
      out.write("  " + style.wrapped(chain, indent: 2) + "\n")
    }
  }

  private func findings(_ report: Report, to out: inout some TextOutputStream) {
    let shown = report.findings.filter { $0.absorbedBy == nil && $0.suppressed == nil }
    let full = shown.filter { style.showsDetails || $0.severity >= .error }
    let short = shown.filter { !style.showsDetails && $0.severity < .error }
    for finding in full {
      out.write("\n")
      FindingText(style: style).write(finding, to: &out)
    }
    if !short.isEmpty { out.write("\n") }
    let width = short.reduce(0) { max($0, $1.rule.cellCount) }
    for finding in short {
      let word = finding.severity.rawValue.uppercased().padded(to: 9)
      let rule = style.shown(finding.rule).padded(to: width)
      let room = style.width - 9 - width - 2
      out.write(
        style.painted(word, Self.role(finding.severity)) + rule + "  "
          + style.cut(finding.message, to: max(20, room)) + "\n")
    }
  }

  private func notEvaluated(_ report: Report, to out: inout some TextOutputStream) {
    let entries = report.notEvaluated.map { ($0.rule, $0.text) }
    list("NOT EVALUATED", entries, to: &out)
  }

  private func passed(_ report: Report, to out: inout some TextOutputStream) {
    list("PASSED", report.passed.map { ($0.rule, "not found: \($0.title)") }, to: &out)
  }

  private func suppressed(_ report: Report, to out: inout some TextOutputStream) {
    let entries = report.findings.compactMap { finding in
      finding.suppressed.map { (finding.rule, "\(finding.subject.key): \($0.reason)") }
    }
    list("SUPPRESSED", entries, to: &out)
  }

  private func notApplicable(_ report: Report, to out: inout some TextOutputStream) {
    list("NOT APPLICABLE", report.notApplicable.map { ($0.rule, $0.text) }, to: &out)
  }

  private func list(
    _ title: String, _ entries: [(String, String)], to out: inout some TextOutputStream
  ) {
    guard !entries.isEmpty else { return }
    out.write("\n" + style.painted(title, .heading) + "\n")
    let width = entries.reduce(0) { max($0, $1.0.cellCount) }
    for (rule, text) in entries {
      let indent = width + 4
      out.write("  " + style.shown(rule).padded(to: width) + "  ")
      out.write(style.wrapped(text, indent: indent, width: style.width) + "\n")
    }
  }

  private func notices(_ report: Report, to out: inout some TextOutputStream) {
    let lines = report.notices + report.errors.map { "\($0.code): \($0.message)" }
    guard !lines.isEmpty else { return }
    out.write("\n" + style.painted("NOTICES", .heading) + "\n")
    for line in lines { out.write("  " + style.wrapped(line, indent: 2) + "\n") }
  }

  private func ending(_ report: Report, to out: inout some TextOutputStream) {
    let hasShort = report.findings.contains {
      $0.absorbedBy == nil && $0.suppressed == nil && $0.severity < .error
    }
    let hint = hasShort && !style.showsDetails ? "Details of all findings: --details.  " : ""
    let strict = report.exit.strict ? " --strict" : ""
    out.write(
      "\n\(hint)Threshold --fail-on \(report.exit.failOn)\(strict): exit \(report.exit.code).\n")
  }

  static func role(_ severity: Severity) -> TextStyle.Role {
    switch severity {
    case .critical: .critical
    case .error: .error
    case .warning: .warning
    case .info: .info
    }
  }
}
