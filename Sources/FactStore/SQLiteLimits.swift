import GRDB
import GRDBSQLite

/// The bounds that SQLite itself must keep. The only file of this target that talks to its C
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

  /// Runs `body` and interrupts any statement in it once `deadline` has passed. A progress handler
  /// rather than a timer: nothing has to be cancelled, and nothing can fire too late.
  func withDeadline<Result>(
    _ deadline: ContinuousClock.Instant, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let handle = unsafe sqliteConnection else { return try body() }
    let box = DeadlineBox(deadline)
    let context = unsafe Unmanaged.passUnretained(box).toOpaque()
    unsafe sqlite3_progress_handler(
      handle, 1000,
      { context in
        guard let context = unsafe context else { return 0 }
        let box = unsafe Unmanaged<DeadlineBox>.fromOpaque(context).takeUnretainedValue()
        return ContinuousClock.now > box.deadline ? 1 : 0
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

  init(_ deadline: ContinuousClock.Instant) {
    self.deadline = deadline
  }
}
