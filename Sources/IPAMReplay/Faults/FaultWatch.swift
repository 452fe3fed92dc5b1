import Facts
import IPAMEngine

/// A rule that finds one kind of fault while statements are replayed.
///
/// A rule sees every statement after the pool took it over. What it reports rests on what the log
/// proves: lines may be missing, and a missing line is no fault of ipamd.
protocol FaultRule {
  /// A process begins.
  mutating func begin(_ epoch: Epoch)
  /// A statement was replayed.
  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList)
  /// The process has no more statements.
  mutating func end(_ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList)
  /// All logs are read.
  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList)
}

extension FaultRule {
  mutating func begin(_ epoch: Epoch) {}
  mutating func end(
    _ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {}
  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {}
}

/// All rules that watch a replay.
struct FaultWatch {
  private(set) var found = FaultList()

  private var notGrowing = NotGrowing()
  private var notReleased = ENINotReleased()
  private var cooldown = CooldownViolated()
  private var unmanaged = UnmanagedInflated()
  private var exhausted = AddressesExhausted()
  private var permission = PermissionMissing()
  private var orphans = OrphanedENI()
  private var removed = RemovedOutside()
  private var flapping = ReconcileFlapping()
  private var restarts = RestartLoop()
  private var trunk = TrunkMissing()
  private var version = VersionMismatch()
  private var stale = StaleAfterRestart()
  private var leftovers = ModeLeftovers()
  private var slow = SlowRequest()
  private var settings = ContradictorySettings()
  private var gaps = EvidenceGap()

  mutating func begin(_ epoch: Epoch) {
    notGrowing.begin(epoch)
    notReleased.begin(epoch)
    cooldown.begin(epoch)
    unmanaged.begin(epoch)
    exhausted.begin(epoch)
    orphans.begin(epoch)
    removed.begin(epoch)
    flapping.begin(epoch)
    restarts.begin(epoch)
    trunk.begin(epoch)
    version.begin(epoch)
    slow.begin(epoch)
  }

  mutating func see(_ statement: IPAMDStatement, _ state: borrowing ReplayState) {
    // Written out: this is done for millions of statements, most of which few rules look at.
    switch statement.kind {
    case .storeCounters, .cidrAdding, .cidrKnown, .addRequestFields, .poolStatistics: return
    default: break
    }
    notGrowing.see(statement, state, &found)
    notReleased.see(statement, state, &found)
    cooldown.see(statement, state, &found)
    unmanaged.see(statement, state, &found)
    exhausted.see(statement, state, &found)
    permission.see(statement, state, &found)
    orphans.see(statement, state, &found)
    removed.see(statement, state, &found)
    flapping.see(statement, state, &found)
    restarts.see(statement, state, &found)
    trunk.see(statement, state, &found)
    version.see(statement, state, &found)
    stale.see(statement, state, &found)
    slow.see(statement, state, &found)
  }

  mutating func end(_ epoch: Epoch, _ state: borrowing ReplayState) {
    notGrowing.end(epoch, state, &found)
    notReleased.end(epoch, state, &found)
    exhausted.end(epoch, state, &found)
    orphans.end(epoch, state, &found)
    leftovers.end(epoch, state, &found)
  }

  mutating func finish(_ state: borrowing ReplayState, _ epochs: [Epoch]) {
    cooldown.finish(epochs, state, &found)
    permission.finish(epochs, state, &found)
    flapping.finish(epochs, state, &found)
    restarts.finish(epochs, state, &found)
    trunk.finish(epochs, state, &found)
    version.finish(epochs, state, &found)
    slow.finish(epochs, state, &found)
    settings.finish(epochs, state, &found)
    gaps.finish(epochs, state, &found)
  }
}

extension ReplayState {
  /// A fault at the statement that was replayed last.
  func fault(
    _ id: Fault.ID, _ confidence: Fault.Confidence, subject: String? = nil, cause: String? = nil,
    _ detail: String
  ) -> Fault {
    Fault(
      id: id, confidence: confidence, firstUs: now, lastUs: now, count: 1, subject: subject,
      cause: cause, detail: detail, epoch: epochNumber, place: place, line: Int(line))
  }

  /// Id of the sandbox that a statement is about; some lines name its whole key.
  func container(of statement: IPAMDStatement) -> String {
    let key = text(statement.sandbox)
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[1]) : key
  }

  /// Whether no line is known to be missing since a moment.
  func isWhole(sinceUs: Int64) -> Bool {
    guard let lastGapUs else { return true }
    return lastGapUs < sinceUs
  }

  /// Whether decisions of this process can be judged at all.
  var judgesDecisions: Bool {
    hasJudgedEpoch && engine.storeCount == 1 && !growth.doubtsSettings
  }
}
