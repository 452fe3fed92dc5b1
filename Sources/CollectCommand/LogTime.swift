import BundleModel
import NodeCollector

/// Reads the two ends of the log window.
enum LogTime {
  /// The moment that a text stands for, in microseconds since 1970; `nil` for `all`. A span counts
  /// back from now.
  static func parse(_ text: String, option: String, now: Int64) throws(CollectError) -> Int64? {
    if text == "all" { return nil }
    if text.last?.isLetter == true, let span = SpanArgument(argument: text) {
      return now - Int64(span.seconds * 1_000_000)
    }
    if let time = RFC3339.microseconds(of: text) { return time }
    throw CollectError(
      code: "E102", kind: .usage, what: "`\(option) \(text)` is not a duration or time",
      why: "accepted: 90m, 24h, 7d, an RFC 3339 time such as 2031-04-02T09:15:22Z, or all",
      remedy: "\(option) 24h")
  }
}
