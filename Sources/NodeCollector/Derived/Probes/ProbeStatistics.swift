/// The figures of a series. All samples count, failures and timeouts too: a timeout stands with its
/// limit, which is less than what it would have taken.
struct ProbeStatistics: Sendable, Encodable, Equatable {
  var n: Int
  var ok: Int
  var fail: Int
  var timeout: Int
  /// The figures in nanoseconds; `nil` without samples.
  var min: UInt64?
  var p50: UInt64?
  var p90: UInt64?
  /// `nil` below 20 samples, where it would only be the maximum.
  var p95: UInt64?
  /// `nil` below 100 samples, for the same reason.
  var p99: UInt64?
  var max: UInt64?
  var mean: UInt64?
  /// Standard deviation of all samples.
  var stddev: UInt64?
  /// The first sample, which pays for cold caches.
  var first: UInt64?

  enum CodingKeys: String, CodingKey {
    case n, ok, fail, timeout, min, p50, p90, p95, p99, max, mean, stddev
    case first = "first_ns"
  }

  init(_ samples: [ProbeSample]) {
    n = samples.count
    ok = samples.count { $0.outcome == .ok }
    fail = samples.count { $0.outcome == .fail }
    timeout = samples.count { $0.outcome == .timeout }
    first = samples.first?.durationNanoseconds
    let sorted = samples.map(\.durationNanoseconds).sorted()
    guard let least = sorted.first, let most = sorted.last else { return }
    min = least
    max = most
    p50 = Self.nearestRank(sorted, percent: 50)
    p90 = Self.nearestRank(sorted, percent: 90)
    p95 = n >= 20 ? Self.nearestRank(sorted, percent: 95) : nil
    p99 = n >= 100 ? Self.nearestRank(sorted, percent: 99) : nil
    let average = sorted.reduce(0.0) { $0 + Double($1) } / Double(n)
    let squares = sorted.reduce(0.0) { sum, value in
      let distance = Double(value) - average
      return sum + distance * distance
    }
    mean = UInt64(average.rounded())
    stddev = UInt64((squares / Double(n)).squareRoot().rounded())
  }

  /// The smallest sample that at least so many percent of all samples don't exceed.
  static func nearestRank(_ sorted: [UInt64], percent: Int) -> UInt64? {
    guard !sorted.isEmpty else { return nil }
    let rank = (percent * sorted.count + 99) / 100
    return sorted[Swift.max(1, rank) - 1]
  }
}
