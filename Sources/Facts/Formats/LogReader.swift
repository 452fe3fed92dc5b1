/// One record of a component's log, whatever its encoding.
struct LogRecord {
  /// The line on which it starts.
  var line: Int
  var level: LogLevel?
  /// Microseconds since 1970; nil if the record does not say.
  var timeUs: Int64?
  var message: Bytes
  /// A number made of the message, if somebody made it already.
  var hash: UInt64?
  /// Further members of a JSON record, each as ` key: value`.
  var others: Bytes = []
  var encoding: Encoding
  /// Why it is not a whole record; nil for a good one.
  var damage: String?

  enum Encoding: Int, CaseIterable {
    /// A JSON object on a line.
    case json
    /// A time, a level in brackets, and the message.
    case text
    /// `time="…" level=info msg="…"`.
    case logfmt
    /// A line of klog.
    case klog
    /// Neither of these.
    case plain
  }
}

/// Reads the logs of the CNI's components in all their encodings: text with a time and a level
/// (to 1.6.0), JSON lines (since), logfmt and klog of container output, with what panics and copying
/// put in between.
struct LogReader {
  private let isWrapped: Bool
  private let acceptsPlainText: Bool
  private let plain = PlainZapLine()
  private var pending: (bytes: Bytes, line: Int)?
  private var container = ContainerLines()
  private var clock = LogClock()
  private var repeated = RepeatedLines()

  /// - Parameters:
  ///   - isWrapped: whether a container's runtime put its own wrapping around every line.
  ///   - acceptsPlainText: whether lines without any encoding are what the component writes.
  init(isWrapped: Bool = false, acceptsPlainText: Bool = false) {
    self.isWrapped = isWrapped
    self.acceptsPlainText = acceptsPlainText
  }

  /// The next record, if it is a line that was read before but for its time.
  mutating func nextRepeat(_ input: inout ArtifactInput) -> RepeatedLines.Repeat? {
    guard pending == nil, !isWrapped else { return nil }
    return repeated.next(&input, clock)
  }

  /// What a line says that was read before.
  func record(of line: RepeatedLines.Repeat) -> LogRecord {
    LogRecord(
      line: line.line, level: line.level, timeUs: line.timeUs,
      message: repeated.message(of: line), hash: line.hash, encoding: .json)
  }

  /// The next record; nil at the end.
  mutating func next(_ input: inout ArtifactInput) throws(ParseError) -> LogRecord? {
    if pending == nil, !isWrapped {
      guard let line = try input.nextLine() else { return nil }
      if let places = plain.places(line, input.lineMarks) {
        let message = line[places.message]
        let record = LogRecord(
          line: input.lineNumber, level: places.level,
          timeUs: clock.microseconds(line[places.time]), message: message,
          hash: Word.hash(message), encoding: .json)
        repeated.learn(line, record)
        return record
      }
      pending = (line, input.lineNumber)
    }
    while let (bytes, line) = try take(&input) {
      var text = bytes
      while let first = text.first, first.isWhitespace { text = text.dropFirst() }
      guard let first = text.first else { continue }
      if first == UInt8(ascii: "{") { return try json(text, line, &input) }
      if first.isASCIIDigit, let record = try dated(text, line, &input) { return record }
      if let record = logfmt(text, line) ?? klog(text, line, input.referenceTimeUs) {
        return record
      }
      if ShellPrompt.matches(text) { continue }
      return try block(text, line, &input)
    }
    return nil
  }

  private mutating func take(
    _ input: inout ArtifactInput
  ) throws(ParseError) -> (bytes: Bytes, line: Int)? {
    if let pending {
      self.pending = nil
      return pending
    }
    if isWrapped { return try container.next(&input) }
    guard let line = try input.nextLine() else { return nil }
    return (line, input.lineNumber)
  }

  private mutating func json(
    _ text: Bytes, _ line: Int, _ input: inout ArtifactInput
  ) throws(ParseError) -> LogRecord {
    let written = container.timeUs
    if let zap = ZapLine(text) {
      let rest = text[zap.end...]
      if rest.contains(where: { !$0.isWhitespace }) { pending = (rest, line) }
      var record = record(zap, line, written)
      if !isWrapped, rest.isEmpty, zap.others.isEmpty {
        record.hash = Word.hash(record.message)
        repeated.learn(text, record)
      }
      return record
    }
    // Two processes that write at once put the start of one record before another one.
    if let next = text.firstRange(of: Self.recordMark, from: text.startIndex + 1) {
      pending = (text[next.lowerBound...], line)
      return LogRecord(
        line: line, timeUs: written, message: text[..<next.lowerBound], encoding: .json,
        damage: "a JSON record ends in another one")
    }
    // A copy from a terminal breaks records at a fixed width, and jq prints one key per line.
    // Most broken lines are just cut, so the next line is looked at before anything is joined.
    var joined = [UInt8](text)
    for _ in 0..<FactLimits.wrappedLines where joined.count < FactLimits.lineBytes {
      guard let (next, number) = try take(&input) else { break }
      guard !Self.startsRecord(next) else {
        pending = (next, number)
        break
      }
      joined.append(contentsOf: next)
      if next.contains(UInt8(ascii: "}")), let zap = ZapLine(joined[...]) {
        let rest = joined[zap.end...]
        if rest.contains(where: { !$0.isWhitespace }) { pending = (rest, number) }
        var whole = record(zap, line, written)
        whole.damage = "a JSON record was broken over lines; it was put together again"
        return whole
      }
    }
    return LogRecord(
      line: line, timeUs: written, message: joined[...], encoding: .json,
      damage: "a JSON record is damaged")
  }

  private mutating func record(_ zap: ZapLine, _ line: Int, _ written: Int64?) -> LogRecord {
    LogRecord(
      line: line, level: zap.level.flatMap { LogLevel($0) },
      timeUs: zap.time.flatMap { clock.microseconds($0) } ?? written, message: zap.message,
      others: zap.others, encoding: .json)
  }

  /// `2031-04-02T09:15:22.418Z [DEBUG]<tab>message`, with lines behind it that start with a tab.
  private mutating func dated(
    _ text: Bytes, _ line: Int, _ input: inout ArtifactInput
  ) throws(ParseError) -> LogRecord? {
    guard let (us, end) = Timestamp.iso8601(text) else { return nil }
    var rest = text[end...].trimmed
    var level: LogLevel?
    if rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")) {
      level = LogLevel(rest[(rest.startIndex + 1)..<close])
      rest = rest[(close + 1)...].trimmed
    }
    var message = [UInt8]()
    while let (next, number) = try take(&input) {
      guard next.first == 0x09 else {
        pending = (next, number)
        break
      }
      if message.isEmpty { message = Array(rest) }
      guard message.count < FactLimits.lineBytes else { continue }
      message.append(0x0a)
      message.append(contentsOf: next)
    }
    return LogRecord(
      line: line, level: level, timeUs: us, message: message.isEmpty ? rest : message[...],
      encoding: .text)
  }

  /// `time="2031-04-02T09:15:19Z" level=info msg="Starting IPAM daemon... "`.
  private mutating func logfmt(_ text: Bytes, _ line: Int) -> LogRecord? {
    guard text.starts("time=") || text.starts("level="),
      let message = KlogLine.value("msg", in: text)
    else { return nil }
    let time = KlogLine.value("time", in: text).map { Array($0.utf8) }
    let level = KlogLine.value("level", in: text).map { Array($0.utf8) }
    let failure = KlogLine.value("error", in: text).map { ": " + $0 } ?? ""
    return LogRecord(
      line: line, level: level.flatMap { LogLevel($0[...]) },
      timeUs: time.flatMap { clock.microseconds($0[...]) } ?? container.timeUs,
      message: Array((message + failure).utf8)[...], encoding: .logfmt)
  }

  private func klog(_ text: Bytes, _ line: Int, _ reference: Int64?) -> LogRecord? {
    guard let klog = KlogLine(text, reference: container.timeUs ?? reference) else { return nil }
    return LogRecord(
      line: line, level: LogLevel(klog: text[text.startIndex]), timeUs: klog.timeUs,
      message: klog.message, encoding: .klog)
  }

  /// Text that belongs to no encoding, such as a panic with its stack: kept as one record.
  private mutating func block(
    _ text: Bytes, _ line: Int, _ input: inout ArtifactInput
  ) throws(ParseError) -> LogRecord {
    let written = container.timeUs
    let isPanic = text.starts("panic: ") || text.starts("fatal error: ")
    var message = Array(text)
    while let (next, number) = try take(&input) {
      let belongs = next.first == 0x09 || (isPanic && !Self.startsRecord(next))
      guard belongs, message.count < FactLimits.lineBytes else {
        pending = (next, number)
        break
      }
      message.append(0x0a)
      message.append(contentsOf: next)
    }
    return LogRecord(
      line: line, level: isPanic ? .panic : nil, timeUs: written, message: message[...],
      encoding: .plain,
      damage: isPanic || acceptsPlainText ? nil : "neither a JSON record nor a line with a time")
  }

  private static let recordMark = Array(#"{"level":"#.utf8)

  private static func startsRecord(_ line: Bytes) -> Bool {
    guard let first = line.first else { return false }
    if first == UInt8(ascii: "{") { return true }
    if first == UInt8(ascii: "t") { return line.starts("time=\"") }
    if first.isASCIILetter { return KlogLine(line, reference: nil) != nil }
    return first.isASCIIDigit && Timestamp.iso8601(line) != nil
  }
}
