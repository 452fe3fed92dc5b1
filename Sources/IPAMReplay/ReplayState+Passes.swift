import Facts
import IPAMEngine

/// A pass of the pool loop while its lines are read.
struct PoolPass {
  /// Whether the pool is growing; what its last action was before.
  var growing: (Instant?)?
  /// Whether addresses are being given back.
  var isShrinking = false
  /// Whether the pass gave addresses back, or tried to.
  var hasShrunk = false
}

extension ReplayState {
  /// Takes in what a line says about the pool loop itself.
  mutating func applyPass(_ statement: IPAMDStatement) {
    switch statement.kind {
    case .low, .tick, .prefixSurplus: endGrowing()
    default: break
    }
    switch statement.kind {
    case .low, .tick: pass.hasShrunk = false
    case .increase:
      pass.growing = .some(engine.lastPoolAction)
      checkDecision()
    case .poolStatistics:
      if pass.growing != nil { observe(.poolAction) }
      finishListing(statement)
    case .nothingToAllocate: if pass.growing != nil { observe(.poolAction) }
    case .backoff, .eniLimitReached, .subnetEmpty, .increaseError, .increaseFailed: failGrowing()
    case .terminating, .cordoned:
      if text(statement.text).contains("attach any new") { failGrowing() }
    case .decrease: pass.isShrinking = true
    case .shrinkDone:
      pass.isShrinking = false
      pass.hasShrunk = true
      observe(.shrunk)
    case .freed, .freedBefore, .eniFreeFailed: if pass.hasShrunk { observe(.shrunk) }
    case .decreaseSkipped:
      anchor(statement.durationUs) {
        .lastActions(decrease: $0, poolAction: $1.lastPoolAction)
      } known: {
        $0.lastDecrease
      }
    case .reconcileStart, .reconcileEnd, .reconcileFailed, .reconcileENI, .reconcileForeignENI,
      .reconcileCooldownDropped:
      applyReconcile(statement)
    default: break
    }
  }

  private mutating func endGrowing() {
    pass.growing = nil
  }

  private mutating func failGrowing() {
    guard let before = pass.growing else { return }
    observe(.lastActions(decrease: engine.lastDecrease, poolAction: before))
    pass.growing = nil
  }

  /// Sets a time of ipamd's own that a line tells by how long ago it was.
  private mutating func anchor(
    _ sinceUs: Int64?, _ observation: (Instant, Engine) -> Observation,
    known: (Engine) -> Instant?
  ) {
    guard let sinceUs, sinceUs >= 0, sinceUs < Self.never else { return }
    let told = moment + Interval(nanoseconds: -sinceUs * 1000)
    if let own = known(engine), abs((own - told).nanoseconds) <= Self.anchorTolerance { return }
    observe(observation(told, engine))
  }

  /// What never happened was centuries ago by ipamd's count.
  private static let never: Int64 = 100 * 365 * 86_400 * 1_000_000
  /// Times of lines have milliseconds only, and are taken a little later.
  private static let anchorTolerance: Int64 = 50_000_000

  private mutating func applyReconcile(_ statement: IPAMDStatement) {
    switch statement.kind {
    case .reconcileStart:
      endGrowing()
      pass.hasShrunk = false
      anchor(statement.durationUs) {
        .lastActions(decrease: $1.lastDecrease, poolAction: $0)
      } known: {
        $0.lastPoolAction
      }
      reconcile.begin(lists: !trust.isProved)
      recountUnmanaged()
    case .reconcileForeignENI: recountUnmanaged()
    case .reconcileFailed: reconcile.fail()
    case .reconcileENI:
      guard let eni = eni(statement.eni) else { return }
      reconcile.eni = eni
      require(eni)
    case .reconcileEnd:
      reconcile.end()
      observe(.poolAction)
    case .reconcileCooldownDropped:
      if let cidr = cidr(statement) { observe(.reconcileCooldownDropped(cidr)) }
    default: break
    }
  }

  private mutating func recountUnmanaged() {
    guard !engine.profile.unmanagedCountAccumulates else { return }
    for card in engine.unmanagedCount.indices { setUnmanaged(0, card) }
  }
}
