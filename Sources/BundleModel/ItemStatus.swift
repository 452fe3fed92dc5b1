/// How gathering one item went. Failure is data: a bundle states it, rules reason about it.
public enum ItemStatus: String, Sendable, Codable, CaseIterable {
  /// Complete and not empty.
  case ok
  /// Succeeded with zero bytes, which is itself a fact (no rules, no pods).
  case empty
  /// Cut by its cap, or some members of a group failed.
  case partial
  /// The deadline was hit; what had arrived is kept.
  case timeout
  /// Ran and said no: a non-zero exit code or a bad HTTP status.
  case failed
  /// Could not be run for a reason inside the collector.
  case error
  /// The source does not exist: no such file, program or listener.
  case missing
  /// The source exists but lacks this function.
  case unsupported
  /// Permission was refused.
  case denied
  /// Left out by selection, by a guard or by the platform.
  case skipped
  /// Not reached, because the run was stopped.
  case aborted
  /// Writing failed for lack of space.
  case diskFull = "disk_full"

  /// Whether the stored bytes, perhaps none, can be relied on for what they contain.
  public var isUsable: Bool {
    switch self {
    case .ok, .empty, .partial: true
    default: false
    }
  }

  /// Whether the stored bytes are all there is, so that absence in them is a fact.
  public var isComplete: Bool {
    self == .ok || self == .empty
  }
}
