/// What repeats of a log statement mean.
enum Repetition: Sendable {
  /// Every statement is an event of its own, and ends what was stated before.
  case event
  /// A statement about the present. Repeats are one row as long as no event and no other statement
  /// about the same thing comes in between, so that nothing changed within a row.
  case state
  /// An entry of a list that is written over and over. Repeats are one row until the member ends,
  /// or until an event takes the entry's subject away.
  case listing
}

/// A row that may stand for several equal statements.
protocol RepeatableRow: FactRow {
  /// How many statements it stands for.
  var count: Int64 { get set }
  /// When the last of them was written, in microseconds since 1970.
  var lastUs: Int64? { get set }
  /// The line of the last of them; nil for a single one.
  var lastLine: Int64? { get set }
}

/// Rows that are held back because their statement may be repeated. Memory is bounded: when too many
/// are open, all of them are closed.
struct Repeats<Row: RepeatableRow, Tag> {
  /// A statement and what tells it from others.
  struct Statement {
    var row: Row
    /// The line on which it was made first.
    var line: Int
    /// Its bytes: numbers that are made of texts tell nothing for certain.
    var text: Bytes
    /// A number made of them.
    var hash: UInt64
    /// What it is about; a new statement about the same thing ends it.
    var topic: UInt64
    /// Things without which it means nothing.
    var subjects: (UInt64, UInt64)
    /// What the caller knows it by.
    var tag: Tag
  }

  private var states: Pile
  private var listings: Pile

  init(states: Int = 256, listings: Int = FactLimits.openRepeats) {
    self.states = Pile(limit: states)
    self.listings = Pile(limit: listings)
  }

  /// Counts a statement that is open already; answers its tag.
  mutating func again(_ text: Bytes, _ hash: UInt64, timeUs: Int64?, line: Int) -> Tag? {
    // A text is always of one kind, so that the order in which they are asked means nothing.
    if let place = states.recentPlace(text, hash) { return states.count(place, timeUs, line) }
    if let place = listings.recentPlace(text, hash) { return listings.count(place, timeUs, line) }
    if let place = states.place(text, hash) { return states.count(place, timeUs, line) }
    guard let place = listings.place(text, hash) else { return nil }
    return listings.count(place, timeUs, line)
  }

  /// Holds a row back.
  mutating func hold(
    _ statement: Statement, as repetition: Repetition, into rows: inout RowSink<Row>
  ) {
    if repetition == .state {
      states.close(&rows) { $0.topic == statement.topic }
      states.append(statement, &rows)
    } else {
      listings.append(statement, &rows)
    }
  }

  /// An event ends all statements about the present.
  mutating func closeStates(into rows: inout RowSink<Row>) {
    states.closeAll(&rows)
  }

  /// Ends what was stated about something that is gone.
  mutating func close(about subject: UInt64, into rows: inout RowSink<Row>) {
    states.close(&rows) { $0.subjects.0 == subject || $0.subjects.1 == subject }
    listings.close(&rows) { $0.subjects.0 == subject || $0.subjects.1 == subject }
  }

  /// Ends everything.
  mutating func closeAll(into rows: inout RowSink<Row>) {
    states.closeAll(&rows)
    listings.closeAll(&rows)
  }
}

extension Repeats {
  /// Statements of one kind.
  private struct Pile {
    private static var recentCount: Int { 1024 }

    private(set) var open: [Statement] = []
    private var places: [UInt64: Int] = [:]
    /// Where statements were found last, by the end of their hash: fewer steps than the dictionary's.
    private var recent = [Int32](repeating: -1, count: Self.recentCount)
    let limit: Int

    init(limit: Int) {
      self.limit = limit
    }

    /// The place of a statement, if it was found there before.
    func recentPlace(_ text: Bytes, _ hash: UInt64) -> Int? {
      let place = Int(recent[Self.slot(hash)])
      guard place >= 0, place < open.count, open[place].hash == hash,
        Word.areEqual(open[place].text, text)
      else { return nil }
      return place
    }

    mutating func place(_ text: Bytes, _ hash: UInt64) -> Int? {
      guard let place = places[hash], Word.areEqual(open[place].text, text) else { return nil }
      recent[Self.slot(hash)] = Int32(truncatingIfNeeded: place)
      return place
    }

    private static func slot(_ hash: UInt64) -> Int {
      Int(truncatingIfNeeded: hash) & (recentCount - 1)
    }

    mutating func count(_ place: Int, _ timeUs: Int64?, _ line: Int) -> Tag {
      open[place].row.count += 1
      if let timeUs { open[place].row.lastUs = timeUs }
      open[place].row.lastLine = Int64(line)
      return open[place].tag
    }

    mutating func append(_ statement: Statement, _ rows: inout RowSink<Row>) {
      // Two texts with one number can't both be looked for.
      if places[statement.hash] != nil { close(&rows) { $0.hash == statement.hash } }
      if open.count >= limit { closeAll(&rows) }
      places[statement.hash] = open.count
      var statement = statement
      // The text is a part of a chunk that should not be kept for its sake.
      statement.text = Array(statement.text)[...]
      open.append(statement)
    }

    mutating func close(_ rows: inout RowSink<Row>, where isClosed: (Statement) -> Bool) {
      guard open.contains(where: isClosed) else { return }
      for statement in open where isClosed(statement) {
        rows.append(statement.row, line: statement.line)
      }
      open.removeAll(where: isClosed)
      places.removeAll(keepingCapacity: true)
      for (place, statement) in open.enumerated() { places[statement.hash] = place }
    }

    mutating func closeAll(_ rows: inout RowSink<Row>) {
      guard !open.isEmpty else { return }
      for statement in open { rows.append(statement.row, line: statement.line) }
      open.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
    }
  }
}
