/// One record of a component's log, whatever its encoding.
struct LogRecord {
  /// The line on which it starts.
  var line: Int
  /// Level in small letters: debug, info, warn, error, fatal, panic, trace; nil if unknown.
  var level: String?
  /// Microseconds since 1970; nil if the record does not say.
  var timeUs: Int64?
  var message: Bytes
  /// Why it is not a whole record; nil for a good one.
  var damage: String?
}

/// Reads the logs of ipamd and of the plugin in all their encodings: text with a time and a level
/// (to 1.6.0), JSON lines (since), with what panics and copying put in between.
struct LogReader {
  private var pending: (bytes: Bytes, line: Int)?

  /// The next record; nil at the end.
  mutating func next(_ input: inout ArtifactInput) throws(ParseError) -> LogRecord? {
    while let (bytes, line) = try take(&input) {
      var text = bytes
      while let first = text.first, first.isWhitespace { text = text.dropFirst() }
      guard let first = text.first else { continue }
      if first == UInt8(ascii: "{") { return try json(text, line, &input) }
      if first.isASCIIDigit, let record = try dated(text, line, &input) { return record }
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
    guard let line = try input.nextLine() else { return nil }
    return (line, input.lineNumber)
  }

  private mutating func json(
    _ text: Bytes, _ line: Int, _ input: inout ArtifactInput
  ) throws(ParseError) -> LogRecord {
    if let zap = ZapLine(text) {
      let rest = text[zap.end...]
      if rest.contains(where: { !$0.isWhitespace }) { pending = (rest, line) }
      return record(zap, line)
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
        return record(zap, line)
      }
    }
    return LogRecord(line: line, message: joined[...], damage: "a JSON record is damaged")
  }

  private func record(_ zap: ZapLine, _ line: Int) -> LogRecord {
    LogRecord(
      line: line, level: zap.level.map(Self.level),
      timeUs: zap.time.flatMap { Timestamp.iso8601($0)?.us }, message: zap.message)
  }

  /// `2031-04-02T09:15:22.418Z [DEBUG]<tab>message`, with lines behind it that start with a tab.
  private mutating func dated(
    _ text: Bytes, _ line: Int, _ input: inout ArtifactInput
  ) throws(ParseError) -> LogRecord? {
    guard let (us, end) = Timestamp.iso8601(text) else { return nil }
    var rest = text[end...].trimmed
    var level: String?
    if rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")) {
      level = Self.level(rest[(rest.startIndex + 1)..<close])
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
      line: line, level: level, timeUs: us, message: message.isEmpty ? rest : message[...])
  }

  /// Text that belongs to no encoding, such as a panic with its stack: kept as one record.
  private mutating func block(
    _ text: Bytes, _ line: Int, _ input: inout ArtifactInput
  ) throws(ParseError) -> LogRecord {
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
      line: line, level: isPanic ? "panic" : nil, timeUs: nil, message: message[...],
      damage: isPanic ? nil : "neither a JSON record nor a line with a time")
  }

  private static func startsRecord(_ line: Bytes) -> Bool {
    guard let first = line.first else { return false }
    if first == UInt8(ascii: "{") { return true }
    return first.isASCIIDigit && Timestamp.iso8601(line) != nil
  }

  private static func level(_ bytes: Bytes) -> String {
    switch bytes.count {
    case 4 where bytes.equals("info"): "info"
    case 5 where bytes.equals("debug"): "debug"
    default: String(bytes).lowercased()
    }
  }
}
