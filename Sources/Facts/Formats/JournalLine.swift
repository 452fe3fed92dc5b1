/// A line of a journal, without its prefix.
struct JournalLine {
  var timeUs: Int64?
  var identifier: Bytes?
  var message: Bytes

  /// Reads `short-iso`, `short-iso-precise` and `short` lines; nil for the journal's own remarks.
  /// Text without a prefix is a message as it stands.
  init?(_ line: Bytes, reference: Int64?) {
    if line.starts("-- ") { return nil }
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
    while rest.first == 0x20 { rest = rest.dropFirst() }
    guard let (_, afterHost) = rest.cut(at: 0x20), let (tag, text) = afterHost.cut(at: 0x3a) else {
      message = rest
      return
    }
    identifier = tag.prefix { $0 != UInt8(ascii: "[") }
    message = text.first == 0x20 ? text.dropFirst() : text
  }
}

/// A line that the kubelet and other Kubernetes programs log.
struct KlogLine {
  var level: String
  var timeUs: Int64?
  var message: Bytes

  /// `E0402 09:21:40.002001    3456 log.go:32] message`; nil for anything else.
  init?(_ line: Bytes, reference: Int64?) {
    guard let letter = line.first, let level = Self.levels[letter],
      let (us, end) = Timestamp.klog(line.dropFirst(), reference: reference),
      let close = line[end...].firstRange(of: Array("] ".utf8))
    else { return nil }
    self.level = level
    timeUs = us
    message = line[close.upperBound...]
  }

  private static let levels: [UInt8: String] = [
    UInt8(ascii: "I"): "info", UInt8(ascii: "W"): "warn", UInt8(ascii: "E"): "error",
    UInt8(ascii: "F"): "fatal",
  ]

  /// The value of `key="…"` or `key=word`; escapes of a quoted value are resolved.
  static func value(_ key: String, in message: Bytes) -> String? {
    let mark = Array((key + "=").utf8)
    var from = message.startIndex
    while let found = message.firstRange(of: mark, from: from) {
      from = found.upperBound
      guard found.lowerBound == message.startIndex || message[found.lowerBound - 1].isWhitespace,
        found.upperBound < message.endIndex
      else { continue }
      if message[found.upperBound] == UInt8(ascii: "\"") {
        let start = found.upperBound + 1
        guard let (end, _) = JSONReader.endOfString(message, from: start) else { return nil }
        return String(JSONReader.unescaped(message[start..<end]))
      }
      let word = message[found.upperBound...].prefix { !$0.isWhitespace }
      return word.isEmpty ? nil : String(word)
    }
    return nil
  }
}
