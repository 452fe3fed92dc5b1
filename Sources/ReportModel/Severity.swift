/// How bad a finding is. The order of the cases is the order of reports: worst first.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
  /// Pods cannot start, or pod traffic is broken, now.
  case critical
  /// A class of traffic or operation is broken, or will break at the next ordinary event.
  case error
  /// Degraded, or a known hazard that waits for load.
  case warning
  /// Worth knowing while reading the bundle; never fails a gate by itself.
  case info

  /// A worse severity is greater.
  public static func < (left: Severity, right: Severity) -> Bool {
    left.weight < right.weight
  }

  private var weight: Int {
    switch self {
    case .critical: 3
    case .error: 2
    case .warning: 1
    case .info: 0
    }
  }
}

/// How much a claim can be trusted, apart from whether it was detected rightly.
public enum Confidence: String, Sendable, Codable, CaseIterable {
  /// Read in shipped sources or measured.
  case high
  /// Stated by maintainers, or reported independently by several people.
  case medium
  /// Inferred.
  case low

  /// The next weaker degree.
  public var lowered: Confidence {
    self == .high ? .medium : .low
  }
}
