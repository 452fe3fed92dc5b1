import Dispatch
import Facts
import GRDB
import Synchronization

/// Takes the rows of one member from the reader that makes them to the database. Few rows are
/// written when the member ends; many of them on another thread, while the reader goes on.
final class RowFeed {
  /// Rows that are handed over at once.
  static let batchRows = 512
  /// Batches that may wait for the database.
  private static let waitingBatches = 4

  private let store: FactStore
  private let tables: [any FactRow.Type]
  private var lists: [any RowList] = []
  private var count = 0
  private var writing: Writing?

  init(_ store: FactStore, _ tables: [any FactRow.Type]) {
    self.store = store
    self.tables = tables
  }

  /// Opens a sink for each table.
  func sinks(_ path: String) -> TableSinks {
    var sinks = TableSinks()
    for table in tables { open(table, path, &sinks) }
    return sinks
  }

  private func open<Row: FactRow>(_ table: Row.Type, _ path: String, _ sinks: inout TableSinks) {
    let list = RowsOfTable<Row>()
    lists.append(list)
    sinks.open(
      RowSink<Row>(path: path) { row in
        list.rows.append(row)
        self.count += 1
        if self.count >= Self.batchRows { self.handOver() }
      })
  }

  private func handOver() {
    let batch = lists.map { $0.take() }
    count = 0
    let running = writing ?? Writing(store, tables, Self.waitingBatches)
    writing = running
    // A database that fails says so in `finish`; what it doesn't take is of no use.
    _ = running.queue.put(batch)
  }

  /// Writes what is left; throws what went wrong in the database since the first row.
  func finish() throws {
    let rest = lists.map { $0.take() }
    guard let writing else {
      try store.queue.write { database in
        let writers = try tables.map { try store.writer(of: $0, database) }
        for (rows, writer) in zip(rest, writers) { rows.write(with: writer) }
        try store.finish(writers)
      }
      return
    }
    _ = writing.queue.put(rest)
    try writing.end()
  }

  /// The thread that owns the database while rows of the member come in.
  private final class Writing: Sendable {
    let queue: BoundedQueue<[any RowBatch]?>
    private let ended = DispatchSemaphore(value: 0)
    private let failure = Mutex<(any Error)?>(nil)

    init(_ store: FactStore, _ tables: [any FactRow.Type], _ capacity: Int) {
      queue = BoundedQueue(capacity: capacity)
      DispatchQueue.global().async {
        self.write(store, tables)
        self.queue.stop()
        self.ended.signal()
      }
    }

    private func write(_ store: FactStore, _ tables: [any FactRow.Type]) {
      do {
        try store.queue.write { database in
          let writers = try tables.map { try store.writer(of: $0, database) }
          while let batch = queue.take() {
            for (rows, writer) in zip(batch, writers) { rows.write(with: writer) }
            for writer in writers { try writer.check() }
          }
          try store.finish(writers)
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }

    /// Waits until the last row is in the database.
    func end() throws {
      _ = queue.put(nil)
      ended.wait()
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }
}

extension FactStore {
  fileprivate func writer<Row: FactRow>(
    of table: Row.Type, _ database: Database
  ) throws -> any TableWriter {
    let isSource = derivedTables.contains { derived in derived.sources.contains { $0 == table } }
    return try RowWriter<Row>(database, keeps: isSource)
  }

  /// Checks that everything was written, and gives the rows that other tables need away.
  fileprivate func finish(_ writers: [any TableWriter]) throws {
    for writer in writers { try writer.check() }
    pending.withLock { pending in
      for writer in writers where writer.keeps {
        writer.handOver(to: &pending.facts)
        pending.isStale = true
      }
    }
  }
}

/// Rows of one table on their way, without their type.
private protocol RowBatch: Sendable {
  func write(with writer: any TableWriter)
}

private struct Batch<Row: FactRow>: RowBatch {
  var rows: [Located<Row>]

  func write(with writer: any TableWriter) {
    guard let writer = writer as? RowWriter<Row> else {
      preconditionFailure("writers stand in the order of the tables")
    }
    for row in rows { writer.write(row) }
  }
}

/// Where rows of one table gather, without their type.
private protocol RowList {
  func take() -> any RowBatch
}

private final class RowsOfTable<Row: FactRow>: RowList {
  var rows: [Located<Row>] = []

  func take() -> any RowBatch {
    defer { rows = [] }
    return Batch(rows: rows)
  }
}
