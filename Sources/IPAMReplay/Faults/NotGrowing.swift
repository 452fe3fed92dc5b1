import Facts
import IPAMEngine

/// F-04: the pool is below its target for several ticks although it could grow, and no line says why.
struct NotGrowing: FaultRule {
  /// A pass of the pool loop that should have grown the pool.
  private var isDue = false
  private var hasOutcome = false
  private var streak = 0
  private var first: Fault?
  private var blockedUntilGrowth = false

  /// Passes in a row before it is a fault.
  private static let passes = 3
  /// Times no further apart are one fault.
  private static let sameUs: Int64 = 600_000_000

  mutating func begin(_ epoch: Epoch) { self = Self() }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .tick: tick(state, &found)
    case .cidrAdded, .assignTry, .assignOK, .assignError, .assignRetry, .assignNewError, .createTry,
      .created, .createError, .nothingToAllocate, .backoff, .cordoned, .terminating,
      .eniLimitReached, .subnetEmpty, .increaseError, .increaseFailed, .eniConfigError, .freeTry,
      .detachError, .deleteError, .eniWait:
      hasOutcome = true
    case .room: if statement[.prefixes] ?? 0 > 0 { hasOutcome = true }
    default: break
    }
  }

  private mutating func tick(_ state: borrowing ReplayState, _ found: inout FaultList) {
    if isDue, !hasOutcome, state.trust.isProved {
      streak += 1
    } else if isDue || !state.trust.isProved {
      close(&found)
    }
    hasOutcome = state.growth.isBlocked
    isDue = Self.isLow(state)
    if !isDue { close(&found) }
    if isDue, streak == 0, first == nil { first = Self.fault(state) }
    if isDue { first?.lastUs = state.now }
  }

  private static func isLow(_ state: borrowing ReplayState) -> Bool {
    guard state.trust.isProved, state.judgesDecisions, !state.engine.isTerminating,
      let decisions = state.engine.decisions(),
      !state.engine.profile.maxPodsGate || state.engine.policy.maxPods < .max
    else { return false }
    return decisions.isLow && state.engine.canGrow(card: decisions.card)
  }

  private static func fault(_ state: borrowing ReplayState) -> Fault {
    let statistics = state.engine.datastores[0].statistics
    return state.fault(
      .notGrowing, .strong,
      "the pool has \(statistics.available) of \(statistics.total) addresses free, less than its"
        + " settings ask for, and could grow")
  }

  private mutating func close(_ found: inout FaultList) {
    if streak >= Self.passes, var fault = first {
      fault.count = streak
      if !found.extend(fault, within: Self.sameUs) { found.append(fault) }
    }
    streak = 0
    first = nil
  }

  mutating func end(
    _ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    close(&found)
  }
}
