/// Writes points in time as RFC 3339 in UTC, without any library and without the machine's zone.
public enum RFC3339 {
  /// `2031-04-02T09:15:22.418Z` from microseconds since 1970; microseconds are cut to milliseconds.
  public static func string(microseconds: Int64) -> String {
    let (seconds, rest) = floorDivide(microseconds, 1_000_000)
    return dateAndTime(seconds, separators: true) + ".\(padded(rest / 1000, 3))Z"
  }

  /// `20310402T091522Z`, the form that file names carry.
  public static func compact(microseconds: Int64) -> String {
    dateAndTime(floorDivide(microseconds, 1_000_000).quotient, separators: false) + "Z"
  }

  private static func dateAndTime(_ seconds: Int64, separators: Bool) -> String {
    let (days, second) = floorDivide(seconds, 86_400)
    let (year, month, day) = civil(days)
    let dash = separators ? "-" : ""
    let colon = separators ? ":" : ""
    return
      "\(padded(year, 4))\(dash)\(padded(month, 2))\(dash)\(padded(day, 2))T"
      + "\(padded(second / 3600, 2))\(colon)\(padded(second / 60 % 60, 2))\(colon)"
      + "\(padded(second % 60, 2))"
  }

  /// The Gregorian date of a day counted from 1970-01-01, reckoned in years that begin in March so
  /// that the leap day comes last.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let (era, dayOfEra) = floorDivide(shifted, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floorDivide(
    _ value: Int64, _ divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
