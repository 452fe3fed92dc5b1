/// Where a table's parser puts its rows. Adds the evidence columns and keeps the bounds.
public struct RowSink<Row: FactRow> {
  /// The member that is read, as evidence of its rows.
  public let path: String
  /// How many rows were taken.
  public private(set) var count = 0
  /// Whether the bound was reached, so that further rows are refused.
  public private(set) var isFull = false
  /// The first issues, word by word.
  public private(set) var issues: [ParseIssue] = []
  /// How many issues there were in all.
  public private(set) var issueCount = 0

  private let limit: Int
  private let receive: (Located<Row>) -> Void

  /// Makes a sink that hands every row on.
  public init(
    path: String, limit: Int = FactLimits.rowsPerMember,
    receive: @escaping (Located<Row>) -> Void
  ) {
    self.path = path
    self.limit = limit
    self.receive = receive
  }

  /// Takes a row that was read from a line of the member; nil where lines mean nothing.
  public mutating func append(_ row: Row, line: Int?) {
    append(row, path: path, line: line)
  }

  /// Takes a row whose evidence is in another member.
  public mutating func append(_ row: Row, path: String, line: Int?) {
    guard count < limit else {
      if !isFull {
        isFull = true
        unreadable("more than \(limit) rows: the rest is left out", line: line)
      }
      return
    }
    count += 1
    receive(Located(path: path, line: line, row: row))
  }

  /// Notes something that could not be read, and why.
  public mutating func unreadable(_ reason: String, line: Int?) {
    issueCount += 1
    guard issues.count < FactLimits.issuesPerMember else { return }
    issues.append(ParseIssue(path: path, line: line, table: Row.schema.name, reason: reason))
  }
}
