/// Durations as Go prints them: `5s`, `1m30s`, `500ms`.
enum GoDuration {
  /// The duration in seconds; nil for anything else.
  static func seconds(_ text: Substring) -> Double? {
    var rest = text
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !($0 == "." || ("0"..."9").contains($0)) }
      rest = rest.dropFirst(unit.count)
      guard let value = Double(number), let factor = units[String(unit)] else { return nil }
      total += value * factor
    }
    return total
  }

  private static let units: [String: Double] = [
    "h": 3600, "m": 60, "s": 1, "ms": 0.001, "us": 0.000_001, "µs": 0.000_001,
    "ns": 0.000_000_001,
  ]
}
