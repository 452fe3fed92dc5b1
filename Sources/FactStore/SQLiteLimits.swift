import GRDB
import GRDBSQLite

/// The bounds that SQLite itself must keep. With the binding of rows all that talks to its C
/// interface.
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
