import BundleModel
import Facts

/// What every table says about one member, as tests look at it.
struct ParsedRows {
  var tables: [(table: TableDescription, rows: [Located<[FactValue]>])] = []
  var issues: [ParseIssue] = []
  var derived = DerivedInput()

  /// Feeds one member to every table that reads its item.
  static func of(
    _ artifact: ArtifactID, _ bytes: [UInt8], path: String? = nil, origin: String? = nil,
    chunk: Int? = nil
  ) throws -> ParsedRows {
    var parsed = ParsedRows()
    try parsed.add(artifact, bytes, path: path, origin: origin, chunk: chunk)
    return parsed
  }

  /// As a store loads it: every table reads the same input, from its beginning.
  mutating func add(
    _ artifact: ArtifactID, _ bytes: [UInt8], path: String? = nil, origin: String? = nil,
    chunk: Int? = nil
  ) throws {
    let path = path ?? Catalog.artifact(artifact)?.path ?? "x"
    let readers = FactCatalog.readers.filter { $0.artifacts.contains(artifact) }
    var input = Self.input(artifact, bytes, path, origin, chunk)
    if readers.count > 1 { try input.makeRewindable() }
    for reader in readers {
      input.rewind()
      var sinks = TableSinks()
      let taken = reader.tables.map { Self.open($0, path, &sinks) }
      try reader.read(&input, into: &sinks)
      for rows in taken { rows.handOver(to: &self) }
      issues += sinks.issues
    }
  }

  private static func input(
    _ artifact: ArtifactID, _ bytes: [UInt8], _ path: String, _ origin: String?, _ chunk: Int?
  ) -> ArtifactInput {
    let reference: Int64 = 1_932_888_000_000_000  // 2031-04-02T09:20:00Z
    guard let chunk else {
      return ArtifactInput(
        artifact: artifact, path: path, origin: origin, referenceTimeUs: reference, bytes: bytes)
    }
    var rest = bytes[...]
    return ArtifactInput(
      artifact: artifact, path: path, origin: origin, referenceTimeUs: reference
    ) {
      defer { rest = rest.dropFirst(chunk) }
      return rest.isEmpty ? nil : rest.prefix(chunk)
    }
  }

  private static func open<Row: FactRow>(
    _ table: Row.Type, _ path: String, _ sinks: inout TableSinks
  ) -> any TakenRows {
    let taken = RowsOfTable<Row>()
    sinks.open(RowSink<Row>(path: path) { taken.rows.append($0) })
    return taken
  }

  /// The rows of a table that is computed from what was read.
  func derive<Table: DerivedTable>(_ table: Table.Type) -> [Located<[FactValue]>] {
    var rows: [Located<[FactValue]>] = []
    var sink = RowSink<Table>(path: "") {
      rows.append(Located(path: $0.path, line: $0.line, row: Table.schema.values(of: $0.row)))
    }
    table.derive(from: derived, into: &sink)
    return rows
  }

  /// The rows of one table.
  func rows(_ name: String) -> [[FactValue]] {
    tables.filter { $0.table.name == name }.flatMap { $0.rows.map(\.row) }
  }

  /// The rows of one table, reduced to some columns, as plain text.
  func texts(_ name: String, _ columns: String...) -> [[String]] {
    tables.filter { $0.table.name == name }.flatMap { table, rows in
      let places = columns.map { column in table.columns.firstIndex { $0.name == column } }
      return rows.map { row in places.map { $0.map { row.row[$0].text } ?? "no such column" } }
    }
  }

  /// Everything as JSON, one row on a line.
  var golden: String {
    var lines: [String] = []
    for (table, rows) in tables where !rows.isEmpty {
      lines.append("  \"\(table.name)\": [")
      for (index, row) in rows.enumerated() {
        var members = [("line", row.line.map { FactValue.integer(Int64($0)) } ?? .null)]
        members += zip(table.columns.map(\.name), row.row)
        let text = members.map { "\"\($0)\": \($1.json)" }.joined(separator: ", ")
        lines.append("    {\(text)}" + (index + 1 < rows.count ? "," : ""))
      }
      lines.append("  ],")
    }
    lines.append("  \"issues\": [")
    for (index, issue) in issues.enumerated() {
      let line = issue.line.map { String($0) } ?? "null"
      lines.append(
        "    {\"table\": \"\(issue.table ?? "")\", \"line\": \(line), "
          + "\"reason\": \(FactValue.text(issue.reason).json)}"
          + (index + 1 < issues.count ? "," : ""))
    }
    lines.append("  ]")
    return "{\n" + lines.joined(separator: "\n") + "\n}\n"
  }
}

/// The rows that one table got, without their type.
private protocol TakenRows {
  func handOver(to parsed: inout ParsedRows)
}

private final class RowsOfTable<Row: FactRow>: TakenRows {
  var rows: [Located<Row>] = []

  func handOver(to parsed: inout ParsedRows) {
    parsed.derived.add(rows)
    let values = rows.map {
      Located(path: $0.path, line: $0.line, row: Row.schema.values(of: $0.row))
    }
    parsed.tables.append((Row.tableDescription, values))
  }
}

extension FactValue {
  var text: String {
    switch self {
    case .null: "NULL"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let value): value
    }
  }

  var json: String {
    switch self {
    case .null: return "null"
    case .integer, .real: return text
    case .text(let value):
      var result = "\""
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20:
          result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: result.unicodeScalars.append(scalar)
        }
      }
      return result + "\""
    }
  }
}
