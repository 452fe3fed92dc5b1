import BundleModel

/// A table whose items are gathered twice, because an entry of one reading alone says nothing on a
/// busy node.
protocol RereadTable: FactTable {
  /// The items of the second reading.
  static var again: [ArtifactID] { get }
}

/// The second reading of a table: same columns, name ending in `_again`.
struct Again<First: RereadTable>: FactTable {
  var first: First

  static var schema: Schema<Self> {
    let first = First.schema
    return Schema(
      first.name + "_again", "Second reading: " + first.description.summary, from: First.again,
      columns: first.columns.map { $0.lifted(by: \.first) })
  }

  static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var found: [Located<First>] = []
    var sink = RowSink<First>(path: rows.path) { found.append($0) }
    try First.parse(&input, into: &sink)
    for row in found { rows.append(Self(first: row.row), line: row.line) }
    for issue in sink.issues { rows.unreadable(issue.reason, line: issue.line) }
  }
}

extension Column {
  /// The column of a row that stands inside another one.
  func lifted<Outer>(by part: @escaping @Sendable (Outer) -> Row) -> Column<Outer> {
    Column<Outer>(description) { value(part($0)) }
  }
}

extension IPRule: RereadTable {
  static var again: [ArtifactID] { [.policyRulesAgain, .policyRules6Again] }
}

extension IPRoute: RereadTable {
  static var again: [ArtifactID] { [.routesAgain, .routes6Again] }
}
