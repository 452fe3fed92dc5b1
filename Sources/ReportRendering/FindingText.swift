import ReportModel

/// Writes one finding in full.
struct FindingText {
  let style: TextStyle
  /// Cells of a place before its excerpt stands on the same line.
  private static let placeWidth = 40

  /// Places that are shown unless everything was asked for.
  private static let shortEvidence = 6

  /// From this width on, evidence and excerpt share a line and headings carry more.
  private var isWide: Bool { style.width >= 100 }

  func write(_ finding: Finding, to out: inout some TextOutputStream) {
    heading(finding, to: &out)
    out.write("  " + style.wrapped(finding.message, indent: 2) + "\n")
    if style.showsDetails { out.write("  " + style.wrapped(finding.why, indent: 2) + "\n") }
    evidence(finding, to: &out)
    if !finding.consequences.isEmpty {
      let text = finding.consequences.map {
        $0.count > 1 ? "\($0.rule) (\($0.count) times)" : $0.rule
      }
      out.write(
        "  Consequences  "
          + style.wrapped(text.joined(separator: ", "), indent: 16, width: style.width) + "\n")
    }
    out.write("  Fix\n    " + style.wrapped(finding.fix.text, indent: 4) + "\n")
    for command in finding.fix.commands {
      out.write("      " + style.shown(command) + "\n")
    }
    out.write("  Reference  cnitriage explain \(style.shown(finding.rule))\n")
  }

  private func heading(_ finding: Finding, to out: inout some TextOutputStream) {
    let word = finding.severity.rawValue.uppercased()
    var rest = "  " + style.shown(finding.rule)
    if let cause = finding.cause { rest += "  cause: " + style.shown(cause) }
    if finding.isResolved { rest += "  resolved" }
    var line = style.painted(word, TextRenderer.role(finding.severity)) + rest
    if isWide {
      var tail = style.shown(finding.subject.key)
      if finding.count > 1 { tail += "   \(finding.count) times" }
      if let first = finding.firstSeen {
        tail += (finding.count > 1 ? ", first " : "   ") + TextRenderer(style).spaced(first)
      }
      let used = word.cellCount + rest.cellCount
      let gap = max(3, 54 - used)
      if used + gap + tail.cellCount <= style.width {
        line += String(repeating: " ", count: gap) + tail
      }
    }
    out.write(line + "\n")
  }

  private func evidence(_ finding: Finding, to out: inout some TextOutputStream) {
    guard !finding.evidence.isEmpty else { return }
    let shown = finding.evidence.prefix(style.showsDetails ? Int.max : Self.shortEvidence)
    let omitted = finding.evidenceOmitted + finding.evidence.count - shown.count
    if isWide {
      let width = min(
        44, shown.reduce(0) { max($0, style.shown($1.location).cellCount) })
      for (index, evidence) in shown.enumerated() {
        let place = style.shown(evidence.location).padded(to: width)
        out.write(index == 0 ? "  Evidence  " : "            ")
        out.write(style.painted(place, .dim))
        let room = style.width - 14 - max(width, place.cellCount)
        out.write(excerpt(evidence).map { "  " + style.cut($0, to: max(20, room)) } ?? "")
        out.write("\n")
      }
    } else {
      out.write("  Evidence\n")
      for evidence in shown { narrow(evidence, to: &out) }
    }
    if omitted > 0 {
      out.write("    and \(omitted) more\n")
    }
  }

  private func narrow(_ evidence: Evidence, to out: inout some TextOutputStream) {
    let place = style.shown(evidence.location)
    out.write("    " + style.painted(place, .dim))
    guard let text = excerpt(evidence) else {
      out.write("\n")
      return
    }
    let shown = style.shown(text)
    let fits =
      place.cellCount < Self.placeWidth
      && 4 + Self.placeWidth + shown.cellCount <= style.width
    if fits {
      out.write(String(repeating: " ", count: Self.placeWidth - place.cellCount) + shown + "\n")
    } else {
      out.write("\n      " + style.cut(text, to: style.width - 6) + "\n")
    }
  }

  /// The excerpt, behind the time that it carries.
  private func excerpt(_ evidence: Evidence) -> String? {
    guard let time = evidence.time else { return evidence.excerpt }
    let clock = String(time.dropFirst(11))
    return evidence.excerpt.map { "\(clock)  \($0)" } ?? clock
  }
}
