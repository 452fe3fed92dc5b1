import Facts
import GRDB
import GRDBSQLite

/// Binds values to a statement that inserts rows, without a common type for them in between: making
/// those values costs more than writing the row.
struct RowBinder {
  private let statement: Statement

  init(_ statement: Statement) {
    self.statement = statement
  }

  /// Binds a value to a place, counted from 1; the others keep theirs.
  func bind(_ value: FactValue, at place: Int) {
    let place = Int32(place)
    switch value {
    case .null: unsafe sqlite3_bind_null(statement.sqliteStatement, place)
    case .integer(let value): unsafe sqlite3_bind_int64(statement.sqliteStatement, place, value)
    case .real(let value): unsafe sqlite3_bind_double(statement.sqliteStatement, place, value)
    case .text(let value): bind(value, at: place)
    }
  }

  private func bind(_ text: String, at place: Int32) {
    var text = text
    // SQLite takes no address for no text at all.
    guard !text.isEmpty else {
      unsafe sqlite3_bind_text(statement.sqliteStatement, place, "", 0, Self.copies)
      return
    }
    text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
        _ = unsafe sqlite3_bind_text(
          statement.sqliteStatement, place, bytes.baseAddress, Int32(clamping: bytes.count),
          Self.copies)
      }
    }
  }

  /// Tells SQLite to copy the bytes (`SQLITE_TRANSIENT`).
  private static var copies: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  /// Inserts a row of the values that are bound.
  func insert() throws {
    let result = unsafe sqlite3_step(statement.sqliteStatement)
    guard result == SQLITE_DONE else {
      let database = unsafe sqlite3_db_handle(statement.sqliteStatement)
      let message = unsafe String(cString: sqlite3_errmsg(database))
      unsafe sqlite3_reset(statement.sqliteStatement)
      throw DatabaseError(
        resultCode: ResultCode(rawValue: result), message: message, sql: statement.sql)
    }
    unsafe sqlite3_reset(statement.sqliteStatement)
  }
}
