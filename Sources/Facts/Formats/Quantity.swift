/// Amounts of resources as Kubernetes writes them: `25m`, `0.5`, `574Mi`, `1G`, `128974848`.
enum Quantity {
  /// An amount of processors in thousandths; nil for anything else.
  static func millicores(_ text: String?) -> Int64? {
    guard let text else { return nil }
    if text.hasSuffix("m") { return Int64(text.dropLast()) }
    return value(text).flatMap { Int64(exactly: ($0 * 1000).rounded()) }
  }

  /// An amount of memory in bytes; nil for anything else.
  static func bytes(_ text: String?) -> Int64? {
    text.flatMap(value).flatMap { Int64(exactly: $0.rounded()) }
  }

  private static func value(_ text: String) -> Double? {
    for (suffix, factor) in units where text.hasSuffix(suffix) {
      return Double(text.dropLast(suffix.count)).map { $0 * factor }
    }
    return Double(text)
  }

  private static let units: [(String, Double)] = [
    ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776), ("k", 1e3),
    ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("m", 1e-3),
  ]
}
