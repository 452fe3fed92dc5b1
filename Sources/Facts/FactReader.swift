public import BundleModel

/// Reads the artifacts of one format once, from start to end, and fills every table that has facts
/// in them.
///
/// A table that shares its artifacts with no other is its own reader: see ``FactTable``.
public protocol FactReader: SendableMetatype {
  /// The artifacts that it reads.
  static var artifacts: [ArtifactID] { get }
  /// The tables that it fills. Another reader may fill some of them from other artifacts.
  static var tables: [any FactRow.Type] { get }
  /// Reads one member. What cannot be read becomes an issue; only a broken source throws.
  static func read(
    _ input: inout ArtifactInput, into sinks: inout TableSinks
  ) throws(ParseError)
}

extension FactTable {
  /// The artifacts that its declaration names.
  public static var artifacts: [ArtifactID] { schema.artifacts }
  /// Itself.
  public static var tables: [any FactRow.Type] { [Self.self] }
  /// Reads one member into the table's own sink.
  public static func read(
    _ input: inout ArtifactInput, into sinks: inout TableSinks
  ) throws(ParseError) {
    var rows = sinks.sink(of: Self.self)
    defer { sinks.replace(rows) }
    try parse(&input, into: &rows)
  }
}

/// The sinks of all tables that one reader fills from one member.
public struct TableSinks {
  private var sinks: [(table: ObjectIdentifier, sink: any AnyRowSink)] = []

  /// Starts without a sink.
  public init() {}

  /// Opens the sink of a table. Every table of a reader needs one before the reader starts.
  public mutating func open<Row: FactRow>(_ sink: RowSink<Row>) {
    sinks.append((ObjectIdentifier(Row.self), sink))
  }

  /// The issues of all tables.
  public var issues: [ParseIssue] { sinks.flatMap(\.sink.issues) }

  /// What became of each table's rows, in the order in which the sinks were opened.
  public var tallies: [SinkTally] {
    sinks.map {
      SinkTally(
        table: $0.sink.tableName, rows: $0.sink.count, issues: $0.sink.issues,
        issueCount: $0.sink.issueCount)
    }
  }

  /// A copy of a table's sink, to be handed back through `replace` once it took its rows.
  func sink<Row: FactRow>(of table: Row.Type) -> RowSink<Row> {
    let found = sinks.first { $0.table == ObjectIdentifier(Row.self) }?.sink as? RowSink<Row>
    guard let found else { preconditionFailure("\(Row.schema.name) has no open sink") }
    return found
  }

  mutating func replace<Row: FactRow>(_ sink: RowSink<Row>) {
    guard let index = sinks.firstIndex(where: { $0.table == ObjectIdentifier(Row.self) }) else {
      preconditionFailure("\(Row.schema.name) has no open sink")
    }
    sinks[index].sink = sink
  }
}

/// What became of one table's rows in one member.
public struct SinkTally: Sendable {
  /// The table's name.
  public let table: String
  /// How many rows were taken.
  public let rows: Int
  /// The first issues, word by word.
  public let issues: [ParseIssue]
  /// How many issues there were in all.
  public let issueCount: Int
}

/// A sink without its row's type.
private protocol AnyRowSink {
  var tableName: String { get }
  var count: Int { get }
  var issues: [ParseIssue] { get }
  var issueCount: Int { get }
}

extension RowSink: AnyRowSink {
  fileprivate var tableName: String { Row.schema.name }
}
