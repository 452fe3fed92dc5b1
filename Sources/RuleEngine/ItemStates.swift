public import BundleModel

/// How gathering each item of a bundle went, summed up over the members of groups.
public struct ItemStates: Sendable {
  /// How one item went.
  public struct State: Sendable, Hashable {
    /// The status of all members together: `partial` when some are complete and some are not.
    public var status: ItemStatus
    /// Why it is not `ok`.
    public var reason: String?
    /// Paths of its members.
    public var paths: [String]
  }

  private var states: [ArtifactID: State] = [:]

  /// Starts with nothing gathered.
  public init() {}

  /// Takes one entry of a manifest in.
  public mutating func add(
    _ item: ArtifactID, status: ItemStatus, reason: String?, path: String?
  ) {
    let paths = path.map { [$0] } ?? []
    guard var known = states[item] else {
      states[item] = State(status: status, reason: reason, paths: paths)
      return
    }
    known.paths += paths
    if known.status != status, !(known.status.isComplete && status.isComplete) {
      // One member that can be relied on keeps the group usable, but no longer complete.
      let isUsable = known.status.isUsable || status.isUsable
      if isUsable {
        known.status = .partial
        known.reason = known.reason ?? reason
      }
    }
    states[item] = known
  }

  /// The state of an item; `nil` when the bundle doesn't mention it.
  public subscript(item: ArtifactID) -> State? { states[item] }
}

extension ItemStates.State {
  /// Whether the node rightly lacks the item, as opposed to a user who left it out.
  var isRightlyAbsent: Bool {
    switch status {
    case .missing, .unsupported: true
    case .skipped: !wasLeftOut
    default: false
    }
  }

  /// The collector words a choice of the user this way, and a guard of its own otherwise.
  private var wasLeftOut: Bool {
    reason?.hasPrefix("left out") == true || reason?.hasPrefix("not selected") == true
  }

  /// The state as the end of a sentence that begins with the item.
  var phrase: String {
    let words =
      switch status {
      case .ok: "is complete"
      case .empty: "is empty"
      case .partial: "is incomplete"
      case .timeout: "timed out"
      case .failed: "failed"
      case .error: "could not be gathered"
      case .missing: "is missing on the node"
      case .unsupported: "is not supported by the node"
      case .denied: "was denied"
      case .skipped: "was skipped"
      case .aborted: "was not reached"
      case .diskFull: "did not fit on the disk"
      }
    return reason.map { "\(words): \($0)" } ?? words
  }
}
