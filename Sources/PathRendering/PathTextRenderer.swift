import PacketPath
public import ReportRendering

/// Writes the way of a packet for a terminal: the verdict first, then each step with its line.
public struct PathTextRenderer: Sendable {
  private let style: TextStyle

  /// Makes the renderer.
  public init(_ style: TextStyle) {
    self.style = style
  }

  /// The report's text.
  public func text(_ report: PathReport) -> String {
    var out = style.painted(style.cut(style.shown(report.question), to: style.width), .heading)
    out += "\n"
    var ends: [String] = []
    if let from = report.names.from { ends.append("from \(from)") }
    if let to = report.names.to { ends.append("to \(to)") }
    ends.append("on \(report.node)")
    out += style.wrapped(style.shown(ends.joined(separator: " ")), indent: 0) + "\n\n"
    out += way(report.forward)
    if let reply = report.reply {
      out +=
        "\n" + style.painted("THE ANSWER", .heading) + "  \(style.shown(reply.packet.text))\n\n"
      out += way(reply)
    }
    return out
  }

  private func way(_ way: PathReport.Way) -> String {
    var out =
      way.word.uppercased() + "  " + style.wrapped(style.shown(way.detail), indent: 2) + "\n"
    if let cause = way.cause, !cause.source.isEmpty {
      out += "  " + style.painted(style.shown(cause.source), .dim) + "\n"
    }
    if way.receivers.count > 1 {
      let shown = way.receivers.prefix(6).joined(separator: ", ")
      let more = way.receivers.count > 6 ? " and \(way.receivers.count - 6) more" : ""
      out += "  " + style.wrapped("chance decides among \(shown)\(more)", indent: 2) + "\n"
    }
    guard !way.steps.isEmpty else { return out }
    out += "\n"
    var packet = way.packet.text
    var mark = way.packet.mark
    for (index, step) in way.steps.enumerated() {
      let number = String(index + 1)
      out += String(repeating: " ", count: max(0, 2 - number.count)) + number + "  "
      out += style.painted(style.shown(step.place), .heading) + "\n"
      out += "    " + style.wrapped(style.shown(step.text), indent: 4) + "\n"
      var changes: [String] = []
      if step.packet != packet { changes.append("now \(step.packet)") }
      if step.mark != mark { changes.append("mark 0x\(String(step.mark, radix: 16))") }
      (packet, mark) = (step.packet, step.mark)
      if !changes.isEmpty {
        out +=
          "    " + style.wrapped(style.shown(changes.joined(separator: ", ")), indent: 4) + "\n"
      }
      if !step.source.isEmpty {
        out += "    " + style.painted(style.shown(step.source), .dim) + "\n"
      }
    }
    return out
  }
}
