/// From which severity on a finding fails the run.
public enum FailOn: Sendable, Equatable, CustomStringConvertible {
  /// This severity and worse ones.
  case severity(Severity)
  /// Any finding.
  case any
  /// No finding.
  case none

  /// Reads the word of the command line or of a saved report.
  public init?(_ word: String) {
    switch word {
    case "any": self = .any
    case "none": self = .none
    default:
      guard let severity = Severity(rawValue: word) else { return nil }
      self = .severity(severity)
    }
  }

  /// The word of the command line.
  public var description: String {
    switch self {
    case .severity(let severity): severity.rawValue
    case .any: "any"
    case .none: "none"
    }
  }

  /// Whether a finding of this severity fails the run.
  public func fails(_ severity: Severity) -> Bool {
    switch self {
    case .severity(let threshold): severity >= threshold
    case .any: true
    case .none: false
    }
  }
}

extension Report {
  /// What the process ends with and why.
  public struct Exit: Sendable, Codable, Equatable {
    /// The threshold, in the word of the command line.
    public var failOn: String
    /// Whether missing evidence fails the run.
    public var strict: Bool
    /// 0: nothing at or above the threshold; 1: findings at or above it; 4: evidence is missing
    /// and the run was strict.
    public var code: Int

    enum CodingKeys: String, CodingKey {
      case strict, code
      case failOn = "fail_on"
    }

    /// Judges findings: what counts is neither suppressed nor known to a baseline. Findings that
    /// another one explains count, since their cause is as bad.
    public init(
      failOn: FailOn, strict: Bool, findings: [Finding], isIncomplete: Bool
    ) {
      self.failOn = failOn.description
      self.strict = strict
      if findings.contains(where: { $0.suppressed == nil && failOn.fails($0.severity) }) {
        code = 1
      } else {
        code = strict && isIncomplete ? 4 : 0
      }
    }
  }
}
