import Facts
import GRDB
import GRDBSQLite

// The only file of this target that talks to the C interface of SQLite.

/// The bounds that SQLite itself must keep.
extension Database {
  /// Forbids attaching databases, and bounds statements and values.
  func applyLimits() {
    guard let handle = unsafe sqliteConnection else { return }
    _ = unsafe sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    _ = unsafe sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20)
    _ = unsafe sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 200)
    _ = unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20)
  }

  /// Byte offset at which SQLite found the last error of this connection; nil if it has none.
  var errorOffset: Int? {
    guard let handle = unsafe sqliteConnection else { return nil }
    let offset = unsafe sqlite3_error_offset(handle)
    return offset >= 0 ? Int(offset) : nil
  }

  /// Runs `body` and interrupts any statement in it once `deadline` has passed or somebody asks to
  /// give up. A progress handler
  /// rather than a timer: nothing has to be cancelled, and nothing can fire too late.
  func withDeadline<Result>(
    _ deadline: ContinuousClock.Instant,
    isCancelled: @escaping @Sendable () -> Bool = { false }, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let handle = unsafe sqliteConnection else { return try body() }
    let box = DeadlineBox(deadline, isCancelled)
    let context = unsafe Unmanaged.passUnretained(box).toOpaque()
    unsafe sqlite3_progress_handler(
      handle, 1000,
      { context in
        guard let context = unsafe context else { return 0 }
        let box = unsafe Unmanaged<DeadlineBox>.fromOpaque(context).takeUnretainedValue()
        return ContinuousClock.now > box.deadline || box.isCancelled() ? 1 : 0
      }, context)
    defer {
      unsafe sqlite3_progress_handler(handle, 0, nil, nil)
      // Keeps the box alive while SQLite holds its address.
      withExtendedLifetime(box) {}
    }
    return try body()
  }
}

private final class DeadlineBox {
  let deadline: ContinuousClock.Instant
  let isCancelled: @Sendable () -> Bool

  init(_ deadline: ContinuousClock.Instant, _ isCancelled: @escaping @Sendable () -> Bool) {
    self.deadline = deadline
    self.isCancelled = isCancelled
  }
}

/// The memory that SQLite takes in this process.
enum SQLiteMemory {
  /// Runs `body` while SQLite may take at most this many bytes more than it has now; statements that
  /// need more fail. The bound is the process's, so that it is lifted afterwards.
  static func withLimit<Result>(
    toFurther bytes: Int?, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let bytes else { return try body() }
    _ = sqlite3_hard_heap_limit64(sqlite3_memory_used() + Int64(bytes))
    defer { _ = sqlite3_hard_heap_limit64(0) }
    return try body()
  }
}

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
