import Facts

/// The SQL that makes the tables.
enum StoreSchema {
  /// The tables that the store fills itself; their columns are all there is, without evidence.
  static let ownTables = [
    BundleItemRow.tableDescription, BundleInfoRow.tableDescription, ParseIssue.tableDescription,
  ]

  static func createTable(_ table: TableDescription, hasEvidence: Bool) -> String {
    createTable(
      table.name, (hasEvidence ? TableDescription.evidenceColumns : []) + table.columns)
  }

  static func createTable(_ table: PublishedTable) -> String {
    createTable(table.name, table.columns.map(\.description))
  }

  private static func createTable(_ name: String, _ columns: [ColumnDescription]) -> String {
    let list = columns.map { column in
      "\(quoted(column.name)) \(column.type.rawValue)\(column.isNullable ? "" : " NOT NULL")"
    }
    return "CREATE TABLE \(quoted(name)) (\(list.joined(separator: ", "))) STRICT"
  }

  static func insert(_ table: TableDescription, hasEvidence: Bool) -> String {
    let count = table.columns.count + (hasEvidence ? TableDescription.evidenceColumns.count : 0)
    let marks = Array(repeating: "?", count: count).joined(separator: ", ")
    return "INSERT INTO \(quoted(table.name)) VALUES (\(marks))"
  }

  static func quoted(_ name: String) -> String {
    "\"\(name)\""
  }
}
