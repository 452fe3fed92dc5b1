/// The source of an artifact's bytes failed, so that reading it cannot go on.
public struct ParseError: Error, Sendable, CustomStringConvertible {
  /// What the source said.
  public let reason: String

  /// Wraps the source's words.
  public init(reason: String) {
    self.reason = reason
  }

  /// The source's words.
  public var description: String { reason }
}

/// A line or value that could not be read: kept as a row, counted, shown; never dropped.
public struct ParseIssue: Sendable, Hashable {
  /// Path of the bundle member.
  public let path: String
  /// Line in that member, counted from 1.
  public let line: Int?
  /// The table that wanted it; nil when the damage is the member's own.
  public let table: String?
  /// Why it could not be read.
  public let reason: String

  /// Describes an issue.
  public init(path: String, line: Int?, table: String?, reason: String) {
    self.path = path
    self.line = line
    self.table = table
    self.reason = reason
  }
}
