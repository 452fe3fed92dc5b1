import BundleModel
import Facts
import GRDB

/// Published tables as views before the tables of one bundle: nothing is copied, and statements that
/// were written for the tables mean the same.
enum PublishedViews {
  /// Makes the views and what they need. They belong to the connection and are in no file.
  static func create(
    _ tables: [PublishedTable], of origin: FactOrigin, in database: Database
  ) throws {
    try database.execute(
      sql: "CREATE TEMP TABLE fact_origin (bundle_id, cluster, node_id, collected_at)")
    // Names out of a bundle are values here, never a part of a statement.
    try database.execute(
      sql: "INSERT INTO fact_origin VALUES (?, ?, ?, ?)",
      arguments: [
        origin.bundleID, origin.cluster, origin.nodeID,
        origin.collectedAtUs.map { RFC3339.string(microseconds: $0) },
      ])
    for table in tables {
      let list = table.columns.map { column in
        "\(expression(column)) AS \(StoreSchema.quoted(column.name))"
      }
      let name = StoreSchema.quoted(table.name)
      try database.execute(
        sql: "CREATE TEMP VIEW \(name) AS SELECT \(list.joined(separator: ", ")) FROM main.\(name)")
    }
  }

  private static func expression(_ column: PublishedColumn) -> String {
    switch column.source {
    case .bundle: "(SELECT \(column.name) FROM temp.fact_origin)"
    case .fact: StoreSchema.quoted(column.name)
    case .time(let name): "rfc3339(\(StoreSchema.quoted(name)))"
    case .addressKey(let name): "address_key(\(StoreSchema.quoted(name)))"
    }
  }
}
