import Facts
import GRDB

/// Writes the rows of one table through one prepared statement, and remembers the first failure:
/// the parser that produces the rows cannot do anything about it.
final class RowWriter<Row: FactRow> {
  private(set) var kept: [Located<Row>] = []

  private let statement: Statement
  private let keeps: Bool
  private let schema: Schema<Row>
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
    var values: [DatabaseValue] = []
    values.reserveCapacity(schema.columns.count + 2)
    values.append(row.path.databaseValue)
    values.append(row.line.databaseValue)
    for value in schema.values(of: row.row) { values.append(value.databaseValue) }
    do {
      // The number of values is that of the columns: it needs no check for every row.
      statement.setUncheckedArguments(StatementArguments(values))
      try statement.execute()
    } catch {
      failure = error
    }
  }

  func finish() throws {
    if let failure { throw failure }
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
