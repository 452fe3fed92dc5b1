/// A line of a journal, without its prefix.
struct JournalLine {
  var timeUs: Int64?
  /// The program that wrote it.
  var identifier: Bytes?
  /// Its level, where the form of the journal says so.
  var level: LogLevel?
  var message: Bytes
  /// How often the message was written, where rsyslog took repeats together.
  var count: Int64 = 1

  /// Longest name of a program.
  private static let identifierBytes = 64

  /// Reads `short-iso`, `short-iso-precise`, `short` and `json` lines, and rsyslog's with and without
  /// a zone; nil for the journal's own remarks. Text without a prefix is a message as it stands.
  init?(_ line: Bytes, reference: Int64?) {
    if line.starts("-- ") { return nil }
    if line.first == UInt8(ascii: "{"), let entry = Self(json: line) {
      self = entry
      return
    }
    var rest = line
    if let (us, end) = Timestamp.iso8601(line) {
      timeUs = us
      rest = line[end...]
    } else if let (us, end) = Timestamp.syslog(line, reference: reference) {
      timeUs = us
      rest = line[end...]
    } else {
      message = line
      return
    }
    // Host and identifier: ` node kubelet[3456]: message`.
    rest = rest.drop { $0 == 0x20 }
    guard let (_, afterHost) = rest.cut(at: 0x20) else {
      message = rest
      return
    }
    message = afterHost
    if let (tag, text) = afterHost.cut(at: 0x3a), tag.count <= Self.identifierBytes,
      !tag.contains(0x20)
    {
      identifier = tag.prefix { $0 != UInt8(ascii: "[") }
      message = text.first == 0x20 ? text.dropFirst() : text
    }
    unfold()
  }

  /// `{"__REALTIME_TIMESTAMP":"…","SYSLOG_IDENTIFIER":"kubelet","MESSAGE":"…"}`; a message that is
  /// no text is a list of bytes.
  private init?(json line: Bytes) {
    var reader = JSONReader(line)
    // A line that only looks like an entry is a message as it stands.
    guard let entry = try? reader.value(), let text = entry["MESSAGE"] else { return nil }
    if let string = text.string {
      message = Array(string.utf8)[...]
    } else if let list = text.array {
      message = list.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }[...]
    } else {
      return nil
    }
    timeUs = (entry["_SOURCE_REALTIME_TIMESTAMP"] ?? entry["__REALTIME_TIMESTAMP"])?.integer
    let name = entry["SYSLOG_IDENTIFIER"]?.filledString ?? entry["_COMM"]?.filledString
    identifier = name.map { Array($0.utf8)[...] }
    level = entry["PRIORITY"]?.integer.flatMap(SyslogLevel.level)
  }

  /// `message repeated 3 times: [ text]`.
  private mutating func unfold() {
    guard message.starts("message repeated "), message.last == UInt8(ascii: "]"),
      let times = message.firstRange(of: Array(" times: [".utf8)),
      let count = message[(message.startIndex + 17)..<times.lowerBound].integer, count > 0
    else { return }
    self.count = count
    message = message[times.upperBound...].dropLast().drop { $0 == 0x20 }
  }
}

/// The levels of syslog.
enum SyslogLevel {
  /// The level of a number from 0 (emergency) to 7 (debug); nil for other numbers.
  static func level(_ number: Int64) -> LogLevel? {
    switch number {
    case 0, 1, 2: .fatal
    case 3: .error
    case 4: .warn
    case 5, 6: .info
    case 7: .debug
    default: nil
    }
  }
}

/// A line that the kubelet and other Kubernetes programs log.
struct KlogLine {
  var level: LogLevel
  var timeUs: Int64?
  var message: Bytes

  /// `E0402 09:21:40.002001    3456 log.go:32] message`; nil for anything else.
  init?(_ line: Bytes, reference: Int64?) {
    guard let letter = line.first, let level = LogLevel(klog: letter),
      let (us, end) = Timestamp.klog(line.dropFirst(), reference: reference),
      let close = line[end...].firstRange(of: Array("] ".utf8))
    else { return nil }
    self.level = level
    timeUs = us
    message = line[close.upperBound...]
  }

  /// The value of `key="…"`, `key=word` or `key=<` with lines behind it up to ` >`; escapes of a
  /// quoted value are resolved.
  static func value(_ key: String, in message: Bytes) -> String? {
    let mark = Array((key + "=").utf8)
    var from = message.startIndex
    while let found = message.firstRange(of: mark, from: from) {
      from = found.upperBound
      guard found.lowerBound == message.startIndex || message[found.lowerBound - 1].isWhitespace,
        found.upperBound < message.endIndex
      else { continue }
      let rest = message[found.upperBound...]
      if rest.first == UInt8(ascii: "\"") {
        let start = found.upperBound + 1
        guard let (end, _) = JSONReader.endOfString(message, from: start) else { return nil }
        return String(JSONReader.unescaped(message[start..<end]))
      }
      if rest.starts("<\n") { return block(rest.dropFirst(2)) }
      let word = rest.prefix { !$0.isWhitespace }
      return word.isEmpty ? nil : String(word)
    }
    return nil
  }

  /// The lines of a value, without their indent, up to the one that closes it.
  private static func block(_ text: Bytes) -> String? {
    var lines: [String] = []
    for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
      if line.trimmed.starts(">") { break }
      lines.append(String(line.starts("#011") ? line.dropFirst(4) : line.trimmed))
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }
}
