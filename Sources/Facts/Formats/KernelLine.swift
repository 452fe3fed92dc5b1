/// A message of the kernel in all forms of dmesg, of our collector, and inside a journal.
struct KernelLine {
  /// Microseconds since boot.
  var bootUs: Int64?
  /// Microseconds since 1970, where a wall clock was printed; its zone is the node's.
  var timeUs: Int64?
  var level: LogLevel?
  var message: Bytes
  /// Whether it looks like one of our records and is none.
  var isDamaged = false

  /// `{"boot_us":…,"level":…,"message":"…"}`, `[ 8123.551200] text`,
  /// `[Wed Apr  2 09:22:10 2031] text`, each perhaps with `<4>` in front; any other text as it stands.
  init(_ line: Bytes) {
    if line.first == UInt8(ascii: "{") {
      var reader = JSONReader(line)
      // What only looks like a record is a message as it stands.
      if let record = try? reader.value(), let text = record["message"]?.string {
        message = Array(text.utf8)[...]
        bootUs = record["boot_us"]?.integer
        level = record["level"]?.integer.flatMap(SyslogLevel.level)
        return
      }
      isDamaged = true
    }
    message = line
    readPriority()
    guard message.first == UInt8(ascii: "["),
      let close = message.prefix(48).firstIndex(of: UInt8(ascii: "]"))
    else { return }
    let stamp = message[(message.startIndex + 1)..<close].trimmed
    if let us = Self.sinceBoot(stamp) {
      bootUs = us
    } else if let us = Timestamp.ctime(stamp) {
      timeUs = us
    } else {
      return
    }
    message = message[(close + 1)...].drop { $0 == 0x20 }
  }

  /// `<4>`: facility and level in one number.
  private mutating func readPriority() {
    guard message.first == UInt8(ascii: "<"),
      let close = message.prefix(5).firstIndex(of: UInt8(ascii: ">")),
      let priority = message[(message.startIndex + 1)..<close].integer, priority >= 0
    else { return }
    level = SyslogLevel.level(priority & 7)
    message = message[(close + 1)...]
  }

  /// `8123.551200`: seconds with six digits behind the point.
  private static func sinceBoot(_ stamp: Bytes) -> Int64? {
    guard let (whole, fraction) = stamp.cut(at: UInt8(ascii: ".")), fraction.count == 6,
      let seconds = whole.integer, let micros = fraction.integer, micros >= 0,
      (0..<1_000_000_000_000).contains(seconds)
    else { return nil }
    return seconds * 1_000_000 + micros
  }
}
