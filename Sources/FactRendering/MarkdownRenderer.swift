public import Facts
import ReportRendering

/// Rows as a table in Markdown.
public struct MarkdownRenderer: RowRenderer {
  /// Makes the renderer.
  public init() {}

  /// Writes the head.
  public mutating func begin(_ columns: [String], to out: inout [UInt8]) {
    line(columns, to: &out)
    out += ("|" + String(repeating: "---|", count: columns.count) + "\n").utf8
  }

  /// Writes a line of the table.
  public mutating func add(_ row: [FactValue], to out: inout [UInt8]) {
    line(row.map { ValueText.shown($0) }, to: &out)
  }

  /// Writes nothing.
  public mutating func end(to out: inout [UInt8]) {}

  private func line(_ cells: [String], to out: inout [UInt8]) {
    out += ("| " + cells.map(Self.escaped).joined(separator: " | ") + " |\n").utf8
  }

  /// Text that Markdown shows as it is: no markup, no cells of its own, nothing for a terminal.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in "\(terminal: text)".unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "!", "#":
        escaped += "\\"
        escaped.unicodeScalars.append(scalar)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
