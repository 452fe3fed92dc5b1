import Facts
import GRDB

extension FactStore {
  /// The names of the tables that a query reads, also through views and subqueries.
  public func tablesRead(by sql: String) throws(FactStoreError) -> Set<String> {
    try queue.prepared(sql) { statement in
      let region = statement.databaseRegion
      return Set(
        tables.map(\.name).filter {
          region.isModified(byEventsOfKind: .delete(tableName: $0))
        })
    }
  }

  /// Proves that the text is one query that compiles against the tables.
  ///
  /// - Returns: The names of its columns.
  @discardableResult
  public func check(_ sql: String) throws(FactStoreError) -> [String] {
    try queue.prepared(sql) { $0.columnNames }
  }

  /// Runs one query. Nothing that it says can write, attach or leave its bounds.
  public func query(
    _ sql: String, limits: QueryLimits = QueryLimits()
  ) throws(FactStoreError) -> QueryResult {
    try finishLoading()
    let deadline = ContinuousClock.now + limits.time
    return try queue.prepared(sql, deadline: deadline) { statement in
      let columns = statement.columnNames
      var rows: [[FactValue]] = []
      var isTruncated = false
      let cursor = try Row.fetchCursor(statement)
      while let row = try cursor.next() {
        if rows.count == limits.rows {
          isTruncated = true
          break
        }
        rows.append(row.databaseValues.map { FactValue($0) })
      }
      return QueryResult(columns: columns, rows: rows, isTruncated: isTruncated)
    }
  }
}
