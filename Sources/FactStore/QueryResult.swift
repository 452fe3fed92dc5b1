public import Facts

/// Bounds of one query.
public struct QueryLimits: Sendable, Hashable {
  /// Longest run.
  public var time: Duration
  /// Most rows that are returned.
  public var rows: Int

  /// Bounds that fit a rule, unless stated otherwise.
  public init(time: Duration = .seconds(10), rows: Int = 10_000) {
    self.time = time
    self.rows = rows
  }
}

/// The rows that a query returned.
public struct QueryResult: Sendable, Hashable {
  /// The names of the columns.
  public let columns: [String]
  /// The values, row by row.
  public let rows: [[FactValue]]
  /// Whether there were more rows than the limit allows.
  public let isTruncated: Bool

  /// Holds a result.
  public init(columns: [String], rows: [[FactValue]], isTruncated: Bool) {
    self.columns = columns
    self.rows = rows
    self.isTruncated = isTruncated
  }
}
