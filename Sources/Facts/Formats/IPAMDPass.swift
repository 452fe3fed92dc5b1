/// Turns the records of one ipamd log into rows, in one pass and with little memory.
struct IPAMDPass {
  private var classifier = IPAMDEvent.Classifier()
  private var repeats = Repeats<IPAMDEvent, Tag>()
  /// Takes down every statement, if somebody wants that.
  private(set) var journal: IPAMDJournal?
  /// The last entry that a reconcile run wanted to add, as it was written.
  private var adding: Bytes = []
  private let known = Bytes("IP already in DS".utf8)
  /// The last look of a reconcile run at an ENI.
  private var reconciling: Bytes = []

  /// What is known of a statement that is held back.
  private struct Tag {
    /// Its shape.
    var pattern: Int
    /// Its place in the journal; negative if it is not in it.
    var place: Int
  }

  init(journal: IPAMDJournal? = nil) {
    self.journal = journal
  }

  /// Takes a record and a number made of its message in; answers whether it stands for a known
  /// event.
  mutating func take(
    _ record: LogRecord, _ hash: UInt64, into rows: inout RowSink<IPAMDEvent>
  ) -> Bool {
    let message = record.message
    journal?.observe(record)
    if let tag = repeats.again(message, hash, timeUs: record.timeUs, line: record.line) {
      if tag.place >= 0 { journal?.repeat(tag.place, record) }
      note(message, classifier.context(tag.pattern))
      return true
    }
    if Word.areEqual(message, known), !adding.isEmpty {
      if let pattern = classifier.match(message) { _ = takeDown(record, pattern) }
      takeKnown(record, &rows)
      return true
    }
    guard let pattern = classifier.match(message) else { return false }
    let place = takeDown(record, pattern)
    let repetition = classifier.repetition(pattern)
    if case .event = repetition {
      let row = classifier.row(record, pattern)
      end(with: row, &rows)
      rows.append(row, line: record.line)
    } else {
      state(record, hash, Tag(pattern: pattern, place: place), as: repetition, &rows)
    }
    return true
  }

  /// Writes a row for a record of no known event.
  mutating func keep(_ record: LogRecord, into rows: inout RowSink<IPAMDEvent>) {
    // Gaps of an earlier record mean nothing here.
    _ = classifier.match(record.message)
    var row = classifier.row(record, nil)
    if record.level == .panic, record.encoding == .plain {
      row.event = "PANIC"
      repeats.closeStates(into: &rows)
    }
    rows.append(row, line: record.line)
  }

  mutating func finish(into rows: inout RowSink<IPAMDEvent>) {
    repeats.closeAll(into: &rows)
  }

  /// Adds the record that was matched last to the journal; answers its place there.
  private mutating func takeDown(_ record: LogRecord, _ pattern: Int) -> Int {
    guard journal != nil else { return -1 }
    return classifier.takeDown(record, pattern, in: &journal) ?? -1
  }

  /// The pool has what the record before wanted to add: that one names it.
  private mutating func takeKnown(_ record: LogRecord, _ rows: inout RowSink<IPAMDEvent>) {
    let hash = Word.hash(adding, seed: 3)
    let isRepeat = repeats.again(adding, hash, timeUs: record.timeUs, line: record.line) != nil
    guard !isRepeat, let pattern = classifier.match(record.message) else { return }
    var row = classifier.row(record, pattern)
    if let entry = classifier.row(of: adding) {
      row.address = entry.address
      row.eni = entry.eni
    }
    hold(row, record, Tag(pattern: pattern, place: -1), adding, hash, as: .listing, &rows)
  }

  private mutating func state(
    _ record: LogRecord, _ hash: UInt64, _ tag: Tag, as repetition: Repetition,
    _ rows: inout RowSink<IPAMDEvent>
  ) {
    let pattern = tag.pattern
    let context = classifier.context(pattern)
    var statement = classifier.statement(record.message)
    if context == .mismatch { statement += reconciling }
    let isWhole = statement.count == record.message.count
    let hash = isWhole ? hash : Word.hash(statement)
    if !isWhole,
      repeats.again(statement, hash, timeUs: record.timeUs, line: record.line) != nil
    {
      return
    }
    var row = classifier.row(record, pattern)
    if context == .mismatch { row.eni = classifier.row(of: reconciling)?.eni }
    hold(row, record, tag, statement, hash, as: repetition, &rows)
    note(record.message, context)
  }

  private mutating func hold(
    _ row: IPAMDEvent, _ record: LogRecord, _ tag: Tag, _ text: Bytes, _ hash: UInt64,
    as repetition: Repetition, _ rows: inout RowSink<IPAMDEvent>
  ) {
    var topic = hash
    if classifier.isStatistic(tag.pattern) {
      let card = UInt64(truncatingIfNeeded: row.networkCard ?? -1) & 0xffff
      topic = Self.number(row.eni, UInt64(tag.pattern) << 16 | card)
    }
    repeats.hold(
      Repeats.Statement(
        row: row, line: record.line, text: text, hash: hash, topic: topic,
        subjects: (Self.number(row.address, 1), Self.number(row.eni, 2)), tag: tag),
      as: repetition, into: &rows)
  }

  /// An event ends statements about the present, and about what it takes away.
  private mutating func end(with row: IPAMDEvent, _ rows: inout RowSink<IPAMDEvent>) {
    repeats.closeStates(into: &rows)
    guard let event = row.event else { return }
    if event == "PROC_START" {
      repeats.closeAll(into: &rows)
    } else if IPAMDPatterns.removals.contains(event) {
      if let address = row.address {
        repeats.close(about: Self.number(address, 1), into: &rows)
      } else if let eni = row.eni {
        repeats.close(about: Self.number(eni, 2), into: &rows)
      }
    }
  }

  /// Remembers what the next records are about.
  private mutating func note(_ message: Bytes, _ context: IPAMDEvent.Context) {
    switch context {
    case .adding: adding = message
    case .reconciling: reconciling = message
    case .mismatch, .setting, .none: break
    }
  }

  /// A number for a subject. Releases differ in whether a single address has a length behind it.
  private static func number(_ text: String?, _ seed: UInt64) -> UInt64 {
    guard let text else { return seed }
    var bytes = Array(text.utf8)[...]
    if bytes.hasSuffix("/32") { bytes = bytes.dropLast(3) }
    if bytes.hasSuffix("/128") { bytes = bytes.dropLast(4) }
    return Word.hash(bytes, seed: seed)
  }
}
