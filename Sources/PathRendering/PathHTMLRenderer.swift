import PacketPath
import ReportModel
import ReportRendering

/// Draws the way of a packet as a page that loads nothing and has no script: a box for each step,
/// one below the other.
public struct PathHTMLRenderer: Sendable {
  /// Makes the renderer.
  public init() {}

  /// The page.
  public func text(_ report: PathReport) -> String {
    var ends: [String] = []
    if let from = report.names.from { ends.append("from \(from)") }
    if let to = report.names.to { ends.append("to \(to)") }
    ends.append("on \(report.node)")
    var out = HTMLPage.head(title: "\(report.node): way of a packet")
    out += "<header>\n<h1>\(html: report.question)</h1>\n"
    out += "<p>\(html: ends.joined(separator: " "))</p>\n</header>\n<main>\n"
    out += way("The packet", report.forward)
    if let reply = report.reply { out += way("The answer", reply) }
    return out + "</main>\n</body>\n</html>\n"
  }

  private func way(_ title: String, _ way: PathReport.Way) -> String {
    "<section><h2>\(html: "\(title): \(way.packet.text)")</h2>\n"
      + HTMLWay.text(drawn(way)) + "</section>\n"
  }

  private func drawn(_ way: PathReport.Way) -> Report.Way {
    var packet = way.packet.text
    var mark = way.packet.mark
    let steps = way.steps.map { step in
      var changes: [String] = []
      if step.packet != packet { changes.append("now \(step.packet)") }
      if step.mark != mark { changes.append("mark 0x\(String(step.mark, radix: 16))") }
      (packet, mark) = (step.packet, step.mark)
      return Report.WayStep(
        place: step.place, text: step.text,
        change: changes.isEmpty ? nil : changes.joined(separator: ", "),
        location: step.source.isEmpty ? nil : step.source, isCause: step == way.cause)
    }
    return Report.Way(
      question: "path", direction: "forward", packets: 1, packet: way.packet.text,
      verdict: way.word, detail: way.detail, steps: steps)
  }
}
