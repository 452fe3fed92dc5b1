import PacketPath
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
    var out = HTMLPage.head(title: "\(report.node): way of a packet", style: Self.style)
    out += "<header>\n<h1>\(html: report.question)</h1>\n"
    out += "<p>\(html: ends.joined(separator: " "))</p>\n</header>\n<main>\n"
    out += way("The packet", report.forward)
    if let reply = report.reply { out += way("The answer", reply) }
    return out + "</main>\n</body>\n</html>\n"
  }

  private func way(_ title: String, _ way: PathReport.Way) -> String {
    let isGood = way.word == "delivered"
    var out = "<section><h2>\(html: "\(title): \(way.packet.text)")</h2>\n<ol class=\"way\">\n"
    var packet = way.packet.text
    var mark = way.packet.mark
    for step in way.steps {
      out += step == way.cause ? "<li class=\"cause\">" : "<li>"
      out += "<b>\(html: step.place)</b><code>\(html: step.text)</code>"
      var changes: [String] = []
      if step.packet != packet { changes.append("now \(step.packet)") }
      if step.mark != mark { changes.append("mark 0x\(String(step.mark, radix: 16))") }
      (packet, mark) = (step.packet, step.mark)
      if !changes.isEmpty { out += "<em>\(html: changes.joined(separator: ", "))</em>" }
      if !step.source.isEmpty { out += "<small>\(html: step.source)</small>" }
      out += "</li>\n"
    }
    out += "<li class=\"\(isGood ? "good" : "bad")\"><b>\(html: way.word)</b>"
    return out + "<span>\(html: way.detail)</span></li>\n</ol></section>\n"
  }

  private static let style = """
    .way{list-style:none;padding:0}
    .way li{position:relative;border:1px solid #8a929a;border-radius:6px;padding:.5rem .8rem;
    margin:0 0 1.4rem}
    .way li:not(:last-child)::after{content:"";position:absolute;left:1.6rem;bottom:-1.4rem;
    height:1.4rem;border-left:2px solid #8a929a}
    .way b,.way code,.way em,.way small,.way span{display:block;overflow-wrap:anywhere}
    .way .cause{border:2px solid #b3261e}
    .way .bad{border:2px solid #b3261e}
    .way .good{border:2px solid #1a7f37}
    @media print{.way li{break-inside:avoid}}
    """
}
