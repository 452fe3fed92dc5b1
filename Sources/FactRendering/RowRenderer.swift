public import Facts
public import ReportRendering

/// Writes rows as they come; memory does not grow with their number.
public protocol RowRenderer {
  /// Starts with the names of the columns.
  mutating func begin(_ columns: [String], to out: inout [UInt8])
  /// Writes a row.
  mutating func add(_ row: [FactValue], to out: inout [UInt8])
  /// Ends the document.
  mutating func end(to out: inout [UInt8])
}

extension RowFormat {
  /// The renderer of a format. `style` matters to tables only; `isForTerminal` says whether control
  /// characters must not get through.
  public func renderer(_ style: TextStyle, isForTerminal: Bool) -> any RowRenderer {
    switch self {
    case .table: TableRenderer(style)
    case .json: JSONRowRenderer(isDocument: true)
    case .jsonl: JSONRowRenderer(isDocument: false)
    case .csv: CSVRenderer(isForTerminal: isForTerminal)
    case .markdown: MarkdownRenderer()
    }
  }
}

/// Texts of values that are the same in every format.
enum ValueText {
  /// A number as SQL and JSON read it back; `nil` for what JSON cannot write.
  static func finite(_ value: Double) -> String? {
    value.isFinite ? "\(value)" : nil
  }

  /// The value for a person; NULL is the word.
  static func shown(_ value: FactValue) -> String {
    switch value {
    case .null: "NULL"
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .text(let text): text
    }
  }
}
