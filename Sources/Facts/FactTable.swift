/// A row of a table whose columns are declared next to its properties.
public protocol FactRow: Sendable, SendableMetatype {
  /// The table's declaration.
  static var schema: Schema<Self> { get }
}

/// A table that is filled by reading artifacts, each on its own.
public protocol FactTable: FactRow, FactReader {
  /// Reads one member. What cannot be read becomes an issue in `rows`; only a broken source throws.
  static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError)
}

/// A table that is computed from rows of other tables once everything is loaded.
///
/// For facts that SQL expresses badly, such as "which of these files wins".
public protocol DerivedTable: FactRow {
  /// The tables whose rows it needs.
  static var sources: [any FactRow.Type] { get }
  /// Computes the rows. Every row carries the evidence of the source row that decides it.
  static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>)
}

/// A row with the place it was read from.
public struct Located<Row: Sendable>: Sendable {
  /// Path of the bundle member.
  public let path: String
  /// Line in that member, counted from 1.
  public let line: Int?
  /// The row.
  public let row: Row

  /// Joins a row and its place.
  public init(path: String, line: Int?, row: Row) {
    self.path = path
    self.line = line
    self.row = row
  }
}

/// The rows that a derived table may look at.
public struct DerivedInput: Sendable {
  private var tables: [String: any Sendable] = [:]

  /// Starts without rows.
  public init() {}

  /// Adds a row of a source table.
  public mutating func add<Row: FactRow>(_ row: Located<Row>) {
    add([row])
  }

  /// Adds rows of a source table, in the order in which they were read.
  public mutating func add<Row: FactRow>(_ rows: [Located<Row>]) {
    let name = Row.schema.name
    // Taken out first, so that the array is appended to in place.
    var known = tables.removeValue(forKey: name) as? [Located<Row>] ?? []
    known.append(contentsOf: rows)
    tables[name] = known
  }

  /// Every row of a table, in the order in which they were read.
  public func rows<Row: FactRow>(_ table: Row.Type) -> [Located<Row>] {
    tables[table.schema.name] as? [Located<Row>] ?? []
  }
}
