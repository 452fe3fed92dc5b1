public import Facts
import GRDB

/// Published tables that can be asked and not changed.
public struct PublishedFacts: Sendable {
  /// Every table, in the order of the documentation.
  public let tables: [PublishedTable]
  let queue: DatabaseQueue

  init(queue: DatabaseQueue, tables: [PublishedTable]) {
    self.queue = queue
    self.tables = tables
  }

  /// How a query ended that did not fail.
  public enum Ending: Sendable, Hashable {
    /// With its last row.
    case complete
    /// At the limit of rows: there is at least one more.
    case rowLimit
    /// Because the receiver wanted no more.
    case stopped
  }

  /// Proves that the text is one query that compiles against the tables.
  ///
  /// - Returns: The names of its columns.
  @discardableResult
  public func check(_ sql: String) throws(FactStoreError) -> [String] {
    try queue.prepared(sql) { $0.columnNames }
  }

  /// Runs one query and hands its rows on one by one, so that memory does not grow with them.
  ///
  /// - Parameters:
  ///   - sql: one SELECT.
  ///   - limits: when to stop.
  ///   - memoryBytes: how much more memory SQLite may take than it has now; `nil` for any.
  ///   - isCancelled: asked now and then whether to give up.
  ///   - columns: gets the names of the columns before the first row.
  ///   - row: gets every row, and says whether it wants more.
  public func forEachRow(
    of sql: String, limits: QueryLimits = QueryLimits(), memoryBytes: Int? = 1 << 30,
    isCancelled: @escaping @Sendable () -> Bool = { false }, columns: ([String]) -> Void,
    row: ([FactValue]) -> Bool
  ) throws(FactStoreError) -> Ending {
    let deadline = ContinuousClock.now + limits.time
    return try queue.prepared(sql, deadline: deadline, isCancelled: isCancelled) { statement in
      columns(statement.columnNames)
      return try SQLiteMemory.withLimit(toFurther: memoryBytes) {
        var count = 0
        let cursor = try Row.fetchCursor(statement)
        while let values = try cursor.next() {
          if count == limits.rows { return .rowLimit }
          count += 1
          guard row(values.databaseValues.map { FactValue($0) }) else { return .stopped }
        }
        return .complete
      }
    }
  }

  /// How many rows a table has.
  public func rowCount(of table: PublishedTable) throws(FactStoreError) -> Int64 {
    var count: Int64 = 0
    _ = try forEachRow(
      of: "SELECT count(*) FROM \(StoreSchema.quoted(table.name))", columns: { _ in },
      row: { row in
        if case .integer(let value) = row.first { count = value }
        return true
      })
    return count
  }

  /// Hands on every row of a table, in the order of its columns and of the evidence.
  public func forEachRow(
    of table: PublishedTable, isCancelled: @escaping @Sendable () -> Bool = { false },
    row: ([FactValue]) -> Bool
  ) throws(FactStoreError) -> Ending {
    let list = table.columns.map { StoreSchema.quoted($0.name) }.joined(separator: ", ")
    return try forEachRow(
      of: "SELECT \(list) FROM \(StoreSchema.quoted(table.name))",
      limits: QueryLimits(time: .seconds(24 * 3600), rows: Int.max), memoryBytes: nil,
      isCancelled: isCancelled, columns: { _ in }, row: row)
  }
}
