import Facts
import GRDB

/// A writer without its row's type.
protocol TableWriter {
  /// Whether the rows are remembered for tables that are computed from them.
  var keeps: Bool { get }
  /// Throws the first failure, if there was one.
  func check() throws
  /// Gives the remembered rows away.
  func handOver(to facts: inout DerivedInput)
}

/// Writes the rows of one table through one prepared statement, and remembers the first failure:
/// the parser that produces the rows cannot do anything about it.
final class RowWriter<Row: FactRow>: TableWriter {
  let keeps: Bool

  private var kept: [Located<Row>] = []

  private let statement: Statement
  private let schema: Schema<Row>
  /// The member of the row before, which most rows share.
  private var path: String?
  private var failure: (any Error)?

  init(_ database: Database, keeps: Bool = false) throws {
    schema = Row.schema
    self.keeps = keeps
    statement = try database.makeStatement(
      sql: StoreSchema.insert(Row.tableDescription, hasEvidence: true))
  }

  func write(_ row: Located<Row>) {
    guard failure == nil else { return }
    if keeps { kept.append(row) }
    bind(row)
    do {
      try RowBinder(statement).insert()
    } catch {
      failure = error
    }
  }

  private func bind(_ row: Located<Row>) {
    let binder = RowBinder(statement)
    if row.path != path {
      path = row.path
      binder.bind(.text(row.path), at: 1)
    }
    binder.bind(row.line.map { .integer(Int64($0)) } ?? .null, at: 2)
    var place = 3
    schema.forEachValue(of: row.row) { value in
      binder.bind(value, at: place)
      place += 1
    }
  }

  func check() throws {
    if let failure { throw failure }
  }

  func handOver(to facts: inout DerivedInput) {
    facts.add(kept)
    kept = []
  }
}

extension FactValue {
  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let value): value.databaseValue
    case .real(let value): value.databaseValue
    case .text(let value): value.databaseValue
    }
  }

  init(_ value: DatabaseValue) {
    self =
      switch value.storage {
      case .null: .null
      case .int64(let value): .integer(value)
      case .double(let value): .real(value)
      case .string(let value): .text(value)
      case .blob(let value): .text(String(decoding: value, as: UTF8.self))
      }
  }
}
