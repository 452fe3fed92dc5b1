/// A point in time on a clock that never runs backwards.
///
/// The origin is the caller's choice: a replay counts from 1970, a simulation from its start. Only
/// differences matter to the engine.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since the caller's origin; the checkpoint file of ipamd has the same resolution.
  public var nanoseconds: Int64

  /// The moment `nanoseconds` after the caller's origin.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The moment `seconds` after the caller's origin.
  public static func seconds(_ seconds: Int) -> Instant {
    Instant(nanoseconds: Int64(seconds) * 1_000_000_000)
  }

  /// The moment `milliseconds` after the caller's origin.
  public static func milliseconds(_ milliseconds: Int) -> Instant {
    Instant(nanoseconds: Int64(milliseconds) * 1_000_000)
  }

  /// Earlier is less.
  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The moment `interval` later; saturates at the ends of the range.
  public static func + (left: Instant, right: Interval) -> Instant {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
    guard overflow else { return Instant(nanoseconds: sum) }
    return Instant(nanoseconds: right.nanoseconds < 0 ? .min : .max)
  }

  /// The time from `right` to `left`; saturates at the ends of the range.
  public static func - (left: Instant, right: Instant) -> Interval {
    let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
    guard overflow else { return Interval(nanoseconds: difference) }
    return Interval(nanoseconds: right.nanoseconds < 0 ? .max : .min)
  }
}

/// A length of time; may be negative.
public struct Interval: Hashable, Comparable, Sendable {
  /// Length in nanoseconds.
  public var nanoseconds: Int64

  /// A length of `nanoseconds`.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// A length of `seconds`; saturates instead of overflowing.
  public static func seconds(_ seconds: Int) -> Interval {
    let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    guard overflow else { return Interval(nanoseconds: product) }
    return Interval(nanoseconds: seconds < 0 ? .min : .max)
  }

  /// A length of `milliseconds`.
  public static func milliseconds(_ milliseconds: Int) -> Interval {
    Interval(nanoseconds: Int64(milliseconds) * 1_000_000)
  }

  /// Shorter is less.
  public static func < (left: Interval, right: Interval) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
