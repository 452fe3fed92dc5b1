/// Why the store refused or failed: what happened, why, and what to do.
public struct FactStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public let kind: Kind
  /// What SQLite or the store says.
  public let reason: String
  /// Byte offset in the SQL text at which the trouble starts, if SQLite knows it.
  public let position: Int?

  /// Describes a failure.
  public init(_ kind: Kind, _ reason: String, position: Int? = nil) {
    self.kind = kind
    self.reason = reason
    self.position = position
  }

  /// The kinds of failure, each with its own remedy.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The database could not be made: choose another path.
    case open
    /// Rows could not be written: the disk is full or the file was changed by others.
    case write
    /// The member's bytes could not be read to the end: rows read so far are kept.
    case input
    /// The statement is not one SELECT: rewrite it.
    case refused
    /// The statement does not compile: correct it at `position`.
    case syntax
    /// The statement ran into its time limit: make it cheaper or raise the limit.
    case timeLimit
    /// The statement needs more memory than it may take: make it cheaper.
    case memoryLimit
    /// Somebody asked to give up.
    case cancelled
    /// The statement failed while it ran.
    case execution
    /// The table is not one of this store's.
    case unknownTable
  }

  /// What happened and where.
  public var description: String {
    guard let position else { return reason }
    return "\(reason) (at byte \(position + 1) of the statement)"
  }

  /// What to do about it.
  public var remedy: String {
    switch kind {
    case .open: "Choose a path in a folder that exists, for a file that does not."
    case .write: "Make room on the disk, or leave the database in memory."
    case .input: "Fetch the bundle again; what was read up to here is used."
    case .refused: "Write one SELECT, or WITH … SELECT."
    case .syntax: "Correct the statement; `facts` lists every table and column."
    case .timeLimit: "Narrow the query, or raise its time limit."
    case .memoryLimit: "Narrow the query, or let it sort and group fewer rows."
    case .cancelled: "Start again."
    case .execution: "Correct the statement."
    case .unknownTable: "Hand the table to the store when it is made."
    }
  }
}
