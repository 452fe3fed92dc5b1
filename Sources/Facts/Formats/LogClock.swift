/// Reads the time stamps of a log, whose records mostly share their minute with the one before.
struct LogClock {
  private var date: UInt64 = 0
  private var hour: UInt64 = 0
  private var minuteUs: Int64?

  /// Microseconds since 1970; nil for what is no time stamp.
  mutating func microseconds(_ text: Bytes) -> Int64? {
    // `2031-04-02T09:15:22.418Z`
    let span = text.span
    guard span.count == 24, span[23] == UInt8(ascii: "Z"), span[16] == UInt8(ascii: ":"),
      span[19] == UInt8(ascii: "."), let second = Self.number(span, 17, 2), second < 60,
      let fraction = Self.number(span, 20, 3)
    else { return Timestamp.iso8601(text)?.us }
    let date = Word.load(span, 0)
    let hour = Word.load(span, 8)
    if date != self.date || hour != self.hour || minuteUs == nil {
      self.date = date
      self.hour = hour
      minuteUs = Timestamp.iso8601(text).map { $0.us - second * 1_000_000 - fraction * 1000 }
    }
    return minuteUs.map { $0 + second * 1_000_000 + fraction * 1000 }
  }

  /// The same for a time of the minute that was asked for last; nil for any other.
  func microseconds(inSameMinute span: Span<UInt8>) -> Int64? {
    guard let minuteUs, span.count == 24, span[23] == UInt8(ascii: "Z"),
      span[16] == UInt8(ascii: ":"), span[19] == UInt8(ascii: "."),
      Word.load(span, 0) == date, Word.load(span, 8) == hour,
      let second = Self.number(span, 17, 2), second < 60,
      let fraction = Self.number(span, 20, 3)
    else { return nil }
    return minuteUs + second * 1_000_000 + fraction * 1000
  }

  private static func number(_ span: Span<UInt8>, _ from: Int, _ count: Int) -> Int64? {
    var value: Int64 = 0
    for index in from..<from + count {
      guard span[index].isASCIIDigit else { return nil }
      value = value * 10 + Int64(span[index] - UInt8(ascii: "0"))
    }
    return value
  }
}
