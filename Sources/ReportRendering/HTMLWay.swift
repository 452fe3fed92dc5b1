package import ReportModel

/// Draws the way of a packet: a box for each step, one below the other.
package enum HTMLWay {
  /// The drawing.
  package static func text(_ way: Report.Way) -> String {
    var out = "<ol class=\"way\">\n"
    for step in way.steps {
      out += step.isCause ? "<li class=\"cause\">" : "<li>"
      out += "<b>\(html: step.place)</b><code>\(html: step.text)</code>"
      if let change = step.change { out += "<em>\(html: change)</em>" }
      if let location = step.location { out += "<small>\(html: location)</small>" }
      out += "</li>\n"
    }
    let role = way.verdict == "delivered" ? "good" : "bad"
    out += "<li class=\"\(role)\"><b>\(html: way.verdict)</b>"
    return out + "<span>\(html: way.detail)</span></li>\n</ol>\n"
  }
}

/// What the report says about packets.
enum HTMLPackets {
  static func write(_ packets: Report.Packets, to out: inout some TextOutputStream) {
    out.write("<section>\n<h2>Packets</h2>\n")
    out.write(
      "<p>What the node's kernel does with the packets that every node must let through, "
        + "concluded from its routes, rules and switches.</p>\n")
    table(packets, to: &out)
    for way in packets.ways {
      let more = way.packets > 1 ? ", and \(way.packets - 1) like it" : ""
      let name = words(way.question, way.direction)
      out.write(
        "<details class=\"list\"><summary><span class=\"critical\">\(html: way.verdict)</span> "
          + "\(html: name): <code>\(html: way.packet)</code>\(more)</summary>\n")
      out.write(HTMLWay.text(way) + "</details>\n")
    }
    if packets.omittedWays > 0 { out.write("<p>\(packets.omittedWays) more ways.</p>\n") }
    out.write("</section>\n")
  }

  private static func table(_ packets: Report.Packets, to out: inout some TextOutputStream) {
    out.write("<table>\n<caption>Packets by what becomes of them</caption>\n<thead><tr>")
    out.write("<th scope=\"col\">Packet</th>")
    for head in ["delivered", "dropped", "rejected", "rerouted", "cannot tell"] {
      out.write("<th scope=\"col\" class=\"number\">\(head)</th>")
    }
    out.write("</tr></thead>\n<tbody>\n")
    for question in packets.questions {
      out.write("<tr><td>\(html: words(question.name, question.direction))</td>")
      out.write("<td class=\"number\">\(question.delivered)</td>")
      for count in [question.dropped, question.rejected, question.rerouted] {
        out.write("<td class=\"number\(count > 0 ? " critical" : "")\">\(count)</td>")
      }
      out.write("<td class=\"number\">\(question.unknown)</td></tr>\n")
    }
    out.write("</tbody></table>\n")
  }

  private static func words(_ question: String, _ direction: String) -> String {
    let text = String(question.map { $0 == "_" ? " " : $0 })
    return direction == "reply" ? "\(text), the answer" : text
  }
}
