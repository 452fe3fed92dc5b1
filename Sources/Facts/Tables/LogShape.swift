import BundleModel

/// A shape of log records that stand for no known event: counted, so that nothing is dropped in
/// silence, and not kept one by one.
public struct LogShape: FactRow {
  var source: String
  var level: String?
  var shape: String?
  var count: Int64
  var firstUs: Int64?
  var lastUs: Int64?
  var example: String

  /// The declaration of `log_shape`.
  public static let schema = Schema<Self>(
    "log_shape",
    "Shapes of log records without a known event, one row each. `line` is that of the first one.",
    from: ComponentLog.artifacts + HostLog.artifacts,
    columns: [
      Column("source", \.source, LogSource.columnSummary),
      Column("level", \.level, "debug, info, warn, error, fatal, panic or trace."),
      Column(
        "shape", \.shape,
        "The message with * for words that hold digits, cut at 200 bytes; NULL for all further shapes together."
      ),
      Column("count", \.count, "Records of this shape."),
      Column("first_us", \.firstUs, "When the first one was written, microseconds since 1970 UTC."),
      Column("last_us", \.lastUs, "When the last one was written, microseconds since 1970 UTC."),
      Column("example", \.example, "The message of the first one."),
    ])
}

/// Counts shapes, up to a bound on their number.
struct ShapeCounts {
  private struct Entry {
    var row: LogShape
    var line: Int
    var level: LogLevel?
    var shape: [UInt8]
  }

  private let source: String
  private let limit: Int
  private var shape = MessageShape()
  private var entries: [Entry] = []
  private var places: [UInt64: Int] = [:]
  private var overflow: Entry?
  /// Shapes of messages that were seen, by a number made of the message: most repeat word by word.
  private var recent = [Recent](repeating: Recent(hash: 0, place: -1), count: Self.recentCount)

  private struct Recent {
    var hash: UInt64
    var place: Int
  }

  private static let recentCount = 1024

  init(_ source: String, limit: Int = FactLimits.shapesPerMember) {
    self.source = source
    self.limit = limit
  }

  /// Counts a whole record whose very message was counted before, unless it may get a row; answers
  /// whether it did.
  mutating func again(_ hash: UInt64, _ level: LogLevel?, _ timeUs: Int64?) -> Bool {
    let slot = recent[Int(hash & UInt64(Self.recentCount - 1))]
    guard slot.hash == hash, slot.place >= 0, entries[slot.place].level == level,
      entries[slot.place].row.count >= Int64(FactLimits.rowsPerShape)
    else { return false }
    _ = Self.count(timeUs, &entries[slot.place].row)
    return true
  }

  /// Takes a record in and answers how many of its shape there were up to now.
  mutating func add(_ record: LogRecord, _ message: UInt64) -> Int64 {
    shape.read(record.message)
    let hash = Word.hash(shape.bytes[...], seed: record.level?.number ?? 0)
    if let place = places[hash], entries[place].level == record.level,
      entries[place].shape == shape.bytes
    {
      recent[Int(message & UInt64(Self.recentCount - 1))] = Recent(hash: message, place: place)
      return Self.count(record.timeUs, &entries[place].row)
    }
    guard entries.count < limit, places[hash] == nil else {
      var further =
        overflow
        ?? Entry(row: row(record, level: nil, shape: nil, count: 0), line: record.line, shape: [])
      defer { overflow = further }
      return Self.count(record.timeUs, &further.row)
    }
    places[hash] = entries.count
    let text = String(shape.bytes[...])
    entries.append(
      Entry(
        row: row(record, level: record.level, shape: text, count: 1), line: record.line,
        level: record.level, shape: Array(shape.bytes[...])))
    return 1
  }

  private func row(
    _ record: LogRecord, level: LogLevel?, shape: String?, count: Int64
  ) -> LogShape {
    LogShape(
      source: source, level: level?.text, shape: shape, count: count,
      firstUs: record.timeUs, lastUs: record.timeUs,
      example: String.text(of: record.message, limit: FactLimits.shapeBytes))
  }

  private static func count(_ timeUs: Int64?, _ row: inout LogShape) -> Int64 {
    row.count += 1
    if let us = timeUs {
      row.lastUs = us
      if row.firstUs == nil { row.firstUs = us }
    }
    return row.count
  }

  /// Writes a row for each shape.
  func write(into sink: inout RowSink<LogShape>) {
    for entry in entries { sink.append(entry.row, line: entry.line) }
    if let overflow { sink.append(overflow.row, line: overflow.line) }
  }
}
