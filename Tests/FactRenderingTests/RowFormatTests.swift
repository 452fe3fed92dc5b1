import FactRendering
import Facts
import Foundation
import ReportRendering
import TestSupport
import Testing

/// Rows that hold everything that a format may stumble over.
private let columns = ["name", "count", "share", "note"]
private let rows: [[FactValue]] = [
  [.text("plain"), .integer(7), .real(0.5), .text("nothing special")],
  [.text("NULL and empty"), .null, .null, .text("")],
  [.text("lines"), .integer(-1), .real(1e300), .text("one\ntwo\r\nthree\ttab")],
  [.text("quotes"), .integer(.max), .real(.infinity), .text(#"say "hi", it's a \ | `x` <b>*&*"#)],
  [.text("control"), .integer(0), .real(0), .text("\u{1B}[31mred\u{7}\u{0}\u{9B}2J\u{202E}gnp")],
  [.text("wide 漢字"), .integer(12), .real(-2), .text("節點名稱很長很長很長很長很長很長很長很長很長很長")],
  [.text("combining e\u{301}"), .integer(3), .real(3), .text("🚀 and 😀")],
]

private func text(
  _ format: RowFormat, _ columns: [String] = columns, _ rows: [[FactValue]] = rows,
  style: TextStyle = TextStyle(), isForTerminal: Bool = false
) -> String {
  var renderer = format.renderer(style, isForTerminal: isForTerminal)
  var out: [UInt8] = []
  renderer.begin(columns, to: &out)
  for row in rows { renderer.add(row, to: &out) }
  renderer.end(to: &out)
  return String(decoding: out, as: UTF8.self)
}

@Suite("Rows in every format")
struct RowFormatTests {
  @Test("each format looks as its golden file", arguments: RowFormat.allCases)
  func golden(_ format: RowFormat) throws {
    try expectGolden(text(format), "rows/mixed.\(format.rawValue)")
  }

  @Test("a table in ASCII and one with colours look as their golden files")
  func styles() throws {
    try expectGolden(text(.table, style: TextStyle(isASCII: true)), "rows/mixed-ascii.table")
    try expectGolden(text(.table, style: TextStyle(isColoured: true)), "rows/mixed-colour.table")
  }

  @Test("CSV for a terminal drives nothing")
  func terminalCSV() throws {
    let shown = text(.csv, isForTerminal: true)
    #expect(!shown.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" || $0 == "\u{7}" })
    #expect(text(.csv).contains("\u{1B}[31mred"))
  }

  @Test("nothing but CSV for files holds a control character", arguments: RowFormat.allCases)
  func harmless(_ format: RowFormat) {
    let shown = text(format, isForTerminal: true)
    #expect(!shown.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x9B })
  }

  @Test("JSON is read back as what it was", arguments: [RowFormat.json, .jsonl])
  func parses(_ format: RowFormat) throws {
    let lines =
      format == .json
      ? [text(format)] : text(format).split(separator: "\n").map(String.init)
    var objects: [[String: Any]] = []
    for line in lines {
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      if let list = value as? [[String: Any]] { objects += list }
      if let object = value as? [String: Any] { objects.append(object) }
    }
    #expect(objects.count == rows.count)
    for (object, row) in zip(objects, rows) {
      guard case .text(let note) = row[3] else { continue }
      #expect(object["note"] as? String == note)
    }
    #expect(objects[3]["count"] as? Int64 == .max)
    #expect(objects[1]["count"] is NSNull && objects[3]["share"] is NSNull)
  }

  @Test("no row is an empty document, and equal names stay apart")
  func empty() {
    #expect(text(.json, ["a"], []) == "[]\n")
    #expect(text(.jsonl, ["a"], []) == "")
    #expect(text(.csv, ["a"], []) == "a\n")
    #expect(text(.table, ["a"], []) == "a\n")
    #expect(
      text(.jsonl, ["a", "a", "a_2"], [[.integer(1), .integer(2), .integer(3)]])
        == "{\"a\":1,\"a_3\":2,\"a_2\":3}\n")
  }

  @Test("a lone NULL is a line that readers see")
  func loneNull() {
    #expect(text(.csv, ["a"], [[.null], [.text("")], [.text("x")]]) == "a\n\"\"\n\"\"\nx\n")
  }
}

extension RowFormatTests {
  private func widest(_ text: String) -> Int {
    text.split(separator: "\n").map { line in
      line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 && $1.value < 0xFFE0 ? 2 : 1) }
    }.max() ?? 0
  }

  @Test("a table fits its width, and numbers are whole", arguments: [40, 60, 80, 120])
  func width(_ cells: Int) {
    let shown = text(.table, style: TextStyle(width: cells))
    if shown.hasPrefix("row 1") { return }
    #expect(widest(shown) <= cells)
    #expect(shown.contains(String(Int64.max)))
  }

  @Test("a table with more columns than fit becomes one line for each value")
  func records() throws {
    let names = (1...20).map { "column_\($0)" }
    let row = names.map { FactValue.text("value of \($0)") }
    try expectGolden(text(.table, names, [row, row]), "rows/records.table")
  }

  @Test("rows after those that were measured are cut to the same columns")
  func streaming() {
    let many = (0..<1500).map { number in
      [FactValue.integer(Int64(number)), .text(number < 1200 ? "short" : "much longer than short")]
    }
    let lines = text(.table, ["n", "word"], many).split(separator: "\n")
    #expect(lines.count == 1501)
    #expect(lines[1] == "  0  short" && lines[1500] == "1499  much…")
  }
}
