/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Formats are written here and not taken from a date library, because every text of the lab must
/// be the same for the same moment on every machine and in every locale.
public struct Moment: Hashable, Comparable, Codable, Sendable {
  /// Microseconds since the epoch.
  public var microseconds: Int64

  /// Creates a moment from microseconds since the epoch.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Whole seconds since the epoch.
  public var seconds: Int64 { microseconds / 1_000_000 }

  /// Whether the left moment is earlier.
  public static func < (left: Self, right: Self) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The moment that many seconds later.
  public static func + (moment: Self, seconds: Double) -> Self {
    Self(microseconds: moment.microseconds + Int64(seconds * 1_000_000))
  }

  /// The moment that many seconds earlier.
  public static func - (moment: Self, seconds: Double) -> Self {
    moment + -seconds
  }

  /// The same moment with everything below a second cut off.
  var wholeSecond: Self {
    Self(microseconds: seconds * 1_000_000)
  }
}

extension Moment {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

  private struct Parts {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
    var fraction: Int64
    var weekday: String
  }

  // Civil date from a day count, by the usual era arithmetic on years that start in March.
  private var parts: Parts {
    let day = seconds / 86_400
    let rest = seconds % 86_400
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return Parts(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * marchMonth + 2) / 5 + 1, hour: rest / 3_600,
      minute: rest / 60 % 60, second: rest % 60, fraction: microseconds % 1_000_000,
      weekday: Self.days[Int(day % 7)])
  }

  private var dateAndTime: String {
    let parts = parts
    return "\(parts.year)-\(parts.month.padded(2))-\(parts.day.padded(2))T"
      + "\(parts.hour.padded(2)):\(parts.minute.padded(2)):\(parts.second.padded(2))"
  }

  /// As the CNI logs it: `2031-04-02T09:15:22.418Z`.
  public var milliseconds: String {
    "\(dateAndTime).\((parts.fraction / 1000).padded(3))Z"
  }

  /// As Kubernetes writes it: `2031-04-02T09:15:22Z`.
  public var zulu: String { "\(dateAndTime)Z" }

  /// As Go prints a time with its fraction: `2031-04-02T09:15:22.418514Z`.
  var goTime: String {
    let fraction = parts.fraction
    return fraction == 0 ? zulu : "\(dateAndTime).\(fraction.padded(6))Z"
  }

  /// As klog starts a line: `0402 09:15:22.418514`.
  var klog: String {
    let parts = parts
    return "\(parts.month.padded(2))\(parts.day.padded(2)) \(parts.hour.padded(2)):"
      + "\(parts.minute.padded(2)):\(parts.second.padded(2)).\(parts.fraction.padded(6))"
  }

  /// As systemd shows it: `Wed 2031-04-02 09:15:22 UTC`.
  var systemd: String {
    let parts = parts
    return "\(parts.weekday) \(parts.year)-\(parts.month.padded(2))-\(parts.day.padded(2)) "
      + "\(parts.hour.padded(2)):\(parts.minute.padded(2)):\(parts.second.padded(2)) UTC"
  }
}

extension BinaryInteger {
  /// The decimal text, filled up with zeros in front.
  func padded(_ width: Int) -> String {
    let text = String(self)
    return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
  }
}
