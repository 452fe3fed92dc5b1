/// One record of the JSON log that the CNI's components write: `{"level":…,"ts":…,"msg":…}`.
struct ZapLine {
  var level: Bytes?
  var time: Bytes?
  var message: Bytes
  /// Where the text goes on: several records may stand on one line.
  var end: Int

  /// Reads a record at the start of `bytes`; nil unless it is complete.
  init?(_ bytes: Bytes) {
    guard bytes.first == UInt8(ascii: "{") else { return nil }
    var at = bytes.startIndex + 1
    var message: Bytes?
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
      guard at < bytes.endIndex else { return nil }
      if bytes[at] == UInt8(ascii: "\"") {
        guard let value = Self.string(bytes, &at) else { return nil }
        switch key.count {
        case 5 where key.equals("level"): level = value
        case 2 where key.equals("ts"): time = value
        case 3 where key.equals("msg"): message = value
        default: break
        }
      } else {
        var reader = JSONReader(bytes[at...], valueLimit: 10_000)
        do throws(JSONReader.Failure) {
          _ = try reader.value()
        } catch {
          return nil
        }
        at = reader.index
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
    end = at
  }

  private static func skipBlanks(_ bytes: Bytes, _ at: inout Int) {
    while at < bytes.endIndex, bytes[at].isWhitespace { at += 1 }
  }

  /// The string whose opening quote is at `at`; escapes are resolved.
  private static func string(_ bytes: Bytes, _ at: inout Int) -> Bytes? {
    guard let (end, hasEscapes) = JSONReader.endOfString(bytes, from: at + 1) else { return nil }
    let text = bytes[(at + 1)..<end]
    at = end + 1
    return hasEscapes ? JSONReader.unescaped(text) : text
  }
}
