/// One record of the JSON log that the CNI's components write: `{"level":…,"ts":…,"msg":…}`.
struct ZapLine {
  var level: Bytes?
  var time: Bytes?
  var message: Bytes
  /// Further members, each as ` key: value`; empty for most components.
  var others: Bytes
  /// Where the text goes on: several records may stand on one line.
  var end: Int

  /// Reads a record at the start of `bytes`; nil unless it is complete.
  init?(_ bytes: Bytes) {
    guard bytes.first == UInt8(ascii: "{") else { return nil }
    var at = bytes.startIndex + 1
    var message: Bytes?
    var others: [UInt8] = []
    Self.skipBlanks(bytes, &at)
    if at < bytes.endIndex, bytes[at] == UInt8(ascii: "}") { return nil }
    while true {
      Self.skipBlanks(bytes, &at)
      guard at < bytes.endIndex, bytes[at] == UInt8(ascii: "\""),
        let key = Self.string(bytes, &at)
      else { return nil }
      Self.skipBlanks(bytes, &at)
      guard at < bytes.endIndex, bytes[at] == UInt8(ascii: ":") else { return nil }
      at += 1
      Self.skipBlanks(bytes, &at)
      guard at < bytes.endIndex, let value = Self.value(bytes, &at) else { return nil }
      switch key.count {
      case 5 where key.equals("level"): level = value
      case 2 where key.equals("ts"): time = value
      case 3 where key.equals("msg"): message = value
      case 6 where key.equals("caller") || key.equals("logger"): break
      default: others += [0x20] + key + [UInt8(ascii: ":"), 0x20] + value
      }
      Self.skipBlanks(bytes, &at)
      guard at < bytes.endIndex else { return nil }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "}") { break }
      guard byte == UInt8(ascii: ",") else { return nil }
    }
    guard let message else { return nil }
    self.message = message
    self.others = others[...]
    end = at
  }

  private static func skipBlanks(_ bytes: Bytes, _ at: inout Int) {
    while at < bytes.endIndex, bytes[at].isWhitespace { at += 1 }
  }

  /// The value at `at`: a string without its quotes, anything else as it stands.
  private static func value(_ bytes: Bytes, _ at: inout Int) -> Bytes? {
    if bytes[at] == UInt8(ascii: "\"") { return string(bytes, &at) }
    var reader = JSONReader(bytes[at...], valueLimit: 10_000)
    do throws(JSONReader.Failure) {
      _ = try reader.value()
    } catch {
      return nil
    }
    defer { at = reader.index }
    return bytes[at..<reader.index]
  }

  /// The string whose opening quote is at `at`; escapes are resolved.
  private static func string(_ bytes: Bytes, _ at: inout Int) -> Bytes? {
    guard let (end, hasEscapes) = JSONReader.endOfString(bytes, from: at + 1) else { return nil }
    let text = bytes[(at + 1)..<end]
    at = end + 1
    return hasEscapes ? JSONReader.unescaped(text) : text
  }
}

/// Recognises a record that is written exactly as the components write it, which nearly all are:
/// four members in their order, no blanks between them, no escapes. That takes a few comparisons.
struct PlainZapLine {
  /// Places in the line of what the record holds.
  struct Places {
    var level: LogLevel?
    var time: Range<Int>
    var message: Range<Int>
  }

  private let start = Word.literal(#"{"level""#)
  private let debug = Word.literal("debug")
  private let info = Word.literal("info")
  private let time = Word.literal(#"","ts":""#)
  private let caller = Word.literal(#"","calle"#)
  private let message = Word.literal(#"","msg":"#)
  /// The quotes around the names and values of four members.
  private let quotes = 16

  /// The record's parts; nil if the line is anything else. Sixteen quotes and no backslash mean
  /// that the message holds neither.
  func places(_ line: Bytes, _ marks: LineMarks) -> Places? {
    guard !marks.hasBackslash, marks.quotes == quotes else { return nil }
    let span = line.span
    let end = span.count - 2
    guard end > 64, span[end] == UInt8(ascii: "\""), span[end + 1] == UInt8(ascii: "}"),
      Word.load(span, 0) == start, span[8] == UInt8(ascii: ":"), span[9] == UInt8(ascii: "\""),
      let levelEnd = Self.quote(span, 10, end), levelEnd + 8 < end,
      Word.load(span, levelEnd) == time,
      let timeEnd = Self.quote(span, levelEnd + 8, end), timeEnd + 12 < end,
      Word.load(span, timeEnd) == caller, span[timeEnd + 8] == UInt8(ascii: "r"),
      span[timeEnd + 9] == UInt8(ascii: "\""), span[timeEnd + 10] == UInt8(ascii: ":"),
      span[timeEnd + 11] == UInt8(ascii: "\""),
      let callerEnd = Self.quote(span, timeEnd + 12, end), callerEnd + 9 <= end,
      Word.load(span, callerEnd) == message, span[callerEnd + 8] == UInt8(ascii: "\"")
    else { return nil }
    let base = line.startIndex
    let word = Word.load(span, 10)
    let level: LogLevel? =
      if levelEnd == 15, word & 0xff_ffff_ffff == debug {
        .debug
      } else if levelEnd == 14, word & 0xffff_ffff == info {
        .info
      } else {
        LogLevel(line[base + 10..<base + levelEnd])
      }
    return Places(
      level: level,
      time: base + levelEnd + 8..<base + timeEnd,
      message: base + callerEnd + 9..<base + end)
  }

  /// The next quote before `end`.
  private static func quote(_ span: Span<UInt8>, _ from: Int, _ end: Int) -> Int? {
    var at = from
    while at < end {
      if span[at] == UInt8(ascii: "\"") { return at }
      at += 1
    }
    return nil
  }
}
