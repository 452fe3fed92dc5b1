/// Points in time as text spells them, as microseconds since 1970 UTC.
enum Timestamp {
  /// `2031-04-02T09:15:22.418Z`, `+0900`, `+09:00`, a blank for the `T`, a comma before the
  /// fraction; without a zone UTC is meant. The result also says where the text goes on.
  static func iso8601(_ bytes: Bytes) -> (us: Int64, end: Int)? {
    let span = bytes.span
    guard span.count >= 19, span[4] == UInt8(ascii: "-"), span[7] == UInt8(ascii: "-"),
      span[10] == UInt8(ascii: "T") || span[10] == 0x20, span[13] == UInt8(ascii: ":"),
      span[16] == UInt8(ascii: ":"),
      let year = digits(span, 0, 4), let month = digits(span, 5, 2), let day = digits(span, 8, 2),
      let hour = digits(span, 11, 2), let minute = digits(span, 14, 2),
      let second = digits(span, 17, 2), hour < 24, minute < 60, second <= 60,
      let days = days(year, month, day)
    else { return nil }
    var at = 19
    var fraction: Int64 = 0
    if at < span.count, span[at] == UInt8(ascii: ".") || span[at] == UInt8(ascii: ",") {
      at += 1
      var scale: Int64 = 100_000
      while at < span.count, span[at].isASCIIDigit {
        fraction += Int64(span[at] - UInt8(ascii: "0")) * scale
        scale /= 10
        at += 1
      }
    }
    var us = (days * 86400 + hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    if at < span.count, span[at] == UInt8(ascii: "Z") {
      at += 1
    } else if at < span.count, span[at] == UInt8(ascii: "+") || span[at] == UInt8(ascii: "-") {
      guard let (offset, length) = zone(span, at) else { return nil }
      us -= offset * 1_000_000
      at += length
    }
    return (us, bytes.startIndex + at)
  }

  /// A time stamp that takes up the whole text. Zero times, which Go prints for "never", are nil.
  static func whole(_ text: String?) -> Int64? {
    guard let text, !text.hasPrefix("0001-01-01") else { return nil }
    let bytes = Array(text.utf8)[...]
    guard let (us, end) = iso8601(bytes), end == bytes.endIndex else { return nil }
    return us
  }

  /// `Apr 02 09:21:31` or `Apr  2 09:21:31`; the year is the latest one that is not in the future
  /// of `reference`.
  static func syslog(_ bytes: Bytes, reference: Int64?) -> (us: Int64, end: Int)? {
    let span = bytes.span
    guard span.count >= 15, let reference, let month = month(span, 0), span[3] == 0x20,
      span[6] == 0x20, span[9] == UInt8(ascii: ":"), span[12] == UInt8(ascii: ":"),
      let day = span[4] == 0x20 ? digits(span, 5, 1) : digits(span, 4, 2),
      let time = clock(span, 7),
      let us = latest(month, day, time * 1_000_000, reference)
    else { return nil }
    return (us, bytes.startIndex + 15)
  }

  /// `Wed Apr  2 09:22:10 2031`, as ctime(3) prints it; counted as UTC.
  static func ctime(_ bytes: Bytes) -> Int64? {
    let span = bytes.span
    guard span.count == 24, let month = month(span, 4),
      let day = span[8] == 0x20 ? digits(span, 9, 1) : digits(span, 8, 2), span[13] == 0x3a,
      span[16] == 0x3a, let time = clock(span, 11), let year = digits(span, 20, 4),
      let days = days(year, month, day)
    else { return nil }
    return (days * 86_400 + time) * 1_000_000
  }

  /// `0402 09:21:31.658123` of a klog line, behind its level letter.
  static func klog(_ bytes: Bytes, reference: Int64?) -> (us: Int64?, end: Int)? {
    let span = bytes.span
    guard span.count >= 20, let month = digits(span, 0, 2), let day = digits(span, 2, 2),
      span[4] == 0x20, span[7] == UInt8(ascii: ":"), span[10] == UInt8(ascii: ":"),
      span[13] == UInt8(ascii: "."), let time = clock(span, 5), let us = digits(span, 14, 6),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let end = bytes.startIndex + 20
    guard let reference else { return (nil, end) }
    return (latest(month, day, time * 1_000_000 + us, reference), end)
  }

  /// `Wed 2031-04-02 09:15:19 UTC` or `@1932887719` as systemctl prints it. Other zones than UTC are
  /// not known here.
  static func systemd(_ text: String) -> Int64? {
    if text.hasPrefix("@") {
      let (us, overflow) = (Int64(text.dropFirst()) ?? 0).multipliedReportingOverflow(by: 1_000_000)
      return overflow || us <= 0 ? nil : us
    }
    let words = text.split(separator: " ")
    guard words.count == 4, words[3] == "UTC" || words[3] == "GMT" else { return nil }
    return whole("\(words[1])T\(words[2])Z")
  }

  /// `Wed, 02 Apr 2031 09:15:00 +0000`, as kubectl prints times for people, in the form of
  /// ISO 8601.
  static func rfc1123(_ text: String) -> String? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[0].hasSuffix(","), words[1].utf8.count == 2,
      words[3].utf8.count == 4
    else { return nil }
    let name = Array(words[2].utf8)
    guard name.count == 3, let month = month(name.span, 0) else { return nil }
    let zone = words[5] == "UTC" || words[5] == "GMT" ? "Z" : String(words[5])
    let iso = "\(words[3])-\(month < 10 ? "0" : "")\(month)-\(words[1])T\(words[4])\(zone)"
    return whole(iso) == nil ? nil : iso
  }

  /// A moment that lies `age` before `reference`: `36s`, `3m7s`, `2d3h`.
  static func before(_ reference: Int64?, age: Substring) -> Int64? {
    guard let reference else { return nil }
    var rest = age
    var days = 0.0
    if let mark = rest.firstIndex(of: "d"), let number = Double(rest[..<mark]) {
      days = number
      rest = rest[rest.index(after: mark)...]
    }
    guard let seconds = rest.isEmpty && days > 0 ? 0 : GoDuration.seconds(rest),
      let us = Int64(exactly: ((days * 86_400 + seconds) * 1_000_000).rounded())
    else { return nil }
    let (moment, overflow) = reference.subtractingReportingOverflow(us)
    return overflow ? nil : moment
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar.
  static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    guard (1...12).contains(month), (1...31).contains(day), (1...9999).contains(year) else {
      return nil
    }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func latest(
    _ month: Int64, _ day: Int64, _ time: Int64, _ reference: Int64
  ) -> Int64? {
    // A year has at least 365 days, so this may be one too late, never too early.
    let guess = 1970 + reference / (365 * 86_400_000_000) + 1
    for year in stride(from: guess, through: guess - 3, by: -1) {
      guard let days = days(year, month, day) else { return nil }
      let us = days * 86_400_000_000 + time
      // A day of grace: the reference may be in another zone than the line.
      if us <= reference + 86_400_000_000 { return us }
    }
    return nil
  }

  private static func clock(_ span: Span<UInt8>, _ at: Int) -> Int64? {
    guard let hour = digits(span, at, 2), let minute = digits(span, at + 3, 2),
      let second = digits(span, at + 6, 2), hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private static func zone(_ span: Span<UInt8>, _ at: Int) -> (seconds: Int64, length: Int)? {
    guard at + 5 <= span.count, let hours = digits(span, at + 1, 2) else { return nil }
    let hasColon = span[at + 3] == UInt8(ascii: ":")
    guard at + (hasColon ? 6 : 5) <= span.count,
      let minutes = digits(span, at + (hasColon ? 4 : 3), 2)
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return (span[at] == UInt8(ascii: "-") ? -seconds : seconds, hasColon ? 6 : 5)
  }

  private static func digits(_ span: Span<UInt8>, _ at: Int, _ count: Int) -> Int64? {
    guard at + count <= span.count else { return nil }
    var value: Int64 = 0
    for index in at..<at + count {
      guard span[index].isASCIIDigit else { return nil }
      value = value * 10 + Int64(span[index] - UInt8(ascii: "0"))
    }
    return value
  }

  private static let months = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)

  private static func month(_ span: Span<UInt8>, _ at: Int) -> Int64? {
    for month in 0..<12
    where (0..<3).allSatisfy({ span[at + $0] | 0x20 == months[month * 3 + $0] }) {
      return Int64(month + 1)
    }
    return nil
  }
}
