/// Something that went wrong with the pool.
public struct Fault: Sendable {
  /// Its number in the catalogue, such as `F-10`.
  public var id: ID
  /// How sure it is.
  public var confidence: Confidence
  /// When it was seen first, in microseconds since 1970 UTC.
  public var firstUs: Int64?
  /// When it was seen last.
  public var lastUs: Int64?
  /// How often.
  public var count: Int
  /// What it is about: an ENI, an address, a pod.
  public var subject: String?
  /// Why it happened, in one word.
  public var cause: String?
  /// What was seen, in a sentence.
  public var detail: String
  /// The process.
  public var epoch: Int
  /// The log.
  public var place: LogPlace
  /// Line of the log.
  public var line: Int

  /// How sure a fault is.
  public enum Confidence: String, Sendable, Comparable {
    /// Proved by the bundle.
    case proved = "A"
    /// Strong evidence.
    case strong = "B"
    /// A hint.
    case hint = "C"

    /// The surer first.
    public static func < (left: Confidence, right: Confidence) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// The faults that can be found.
  public enum ID: String, Sendable, CaseIterable {
    case leakedAddress = "F-01"
    case assignedTwice = "F-02"
    case unknownPod = "F-03"
    case notGrowing = "F-04"
    case eniNotReleased = "F-05"
    case cooldownViolated = "F-06"
    case checkpointDiffers = "F-07"
    case countersDrifted = "F-08"
    case unmanagedInflated = "F-09"
    case addressesExhausted = "F-10"
    case permissionMissing = "F-11"
    case orphanedENI = "F-12"
    case removedOutside = "F-13"
    case reconcileFlapping = "F-14"
    case restartLoop = "F-15"
    case primaryInPool = "F-16"
    case trunkMissing = "F-17"
    case versionMismatch = "F-18"
    case routingMismatch = "F-19"
    case staleAfterRestart = "F-20"
    case modeLeftovers = "F-21"
    case slowRequest = "F-22"
    case contradictorySettings = "F-23"
    case evidenceGap = "F-24"

    /// Its name in tables and reports, such as `addresses_exhausted`.
    public var name: String {
      switch self {
      case .leakedAddress: "leaked_address"
      case .assignedTwice: "assigned_twice"
      case .unknownPod: "unknown_pod"
      case .notGrowing: "not_growing"
      case .eniNotReleased: "eni_not_released"
      case .cooldownViolated: "cooldown_violated"
      case .checkpointDiffers: "checkpoint_differs"
      case .countersDrifted: "counters_drifted"
      case .unmanagedInflated: "unmanaged_inflated"
      case .addressesExhausted: "addresses_exhausted"
      case .permissionMissing: "permission_missing"
      case .orphanedENI: "orphaned_eni"
      case .removedOutside: "removed_outside"
      case .reconcileFlapping: "reconcile_flapping"
      case .restartLoop: "restart_loop"
      case .primaryInPool: "primary_in_pool"
      case .trunkMissing: "trunk_missing"
      case .versionMismatch: "version_mismatch"
      case .routingMismatch: "routing_mismatch"
      case .staleAfterRestart: "stale_after_restart"
      case .modeLeftovers: "mode_leftovers"
      case .slowRequest: "slow_request"
      case .contradictorySettings: "contradictory_settings"
      case .evidenceGap: "evidence_gap"
      }
    }
  }
}

/// Faults in the order in which they were found.
struct FaultList {
  private(set) var list: [Fault] = []

  mutating func append(_ fault: Fault) {
    guard list.count < 10_000 else { return }
    list.append(fault)
  }

  /// Counts the newest fault of a kind once more; whether there is one.
  @discardableResult
  mutating func extend(_ id: Fault.ID, subject: String? = nil, at timeUs: Int64?) -> Bool {
    guard let index = list.lastIndex(where: { $0.id == id }),
      subject == nil || list[index].subject == subject
    else { return false }
    if subject == nil { list[index].count += 1 }
    list[index].lastUs = timeUs
    return true
  }

  /// Counts the newest fault of the same cause once more, if it is not too long ago.
  mutating func extend(_ fault: Fault, within spanUs: Int64) -> Bool {
    guard
      let index = list.lastIndex(where: { $0.id == fault.id && $0.epoch == fault.epoch }),
      list[index].cause == fault.cause, let last = list[index].lastUs, let now = fault.firstUs,
      now - last <= spanUs
    else { return false }
    list[index].count += fault.count
    list[index].lastUs = fault.lastUs
    return true
  }

  /// Makes a hint strong evidence.
  mutating func confirm(_ index: Int, _ detail: String) {
    guard list.indices.contains(index) else { return }
    list[index].confidence = .strong
    list[index].detail += "; \(detail)"
  }

  /// In the order of the catalogue, then of time.
  func sorted() -> [Fault] {
    list.sorted {
      ($0.id.rawValue, $0.firstUs ?? .min, $0.line) < ($1.id.rawValue, $1.firstUs ?? .min, $1.line)
    }
  }
}
