import Facts
import IPAMEngine

/// F-05: an ENI stays although nothing needs it, and no line says why.
struct ENINotReleased: FaultRule {
  private var due: [ENIID] = []
  private var kept: Set<ENIID> = []
  private var isExcused = false
  private var streaks: [ENIID: (count: Int, fault: Fault)] = [:]

  private static let passes = 3

  mutating func begin(_ epoch: Epoch) { self = Self() }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .tick: tick(state, &found)
    case .eniKept: kept.insert(ENIID(state.text(statement.eni)))
    case .eniDeletable, .cordoned, .terminating, .eniFreeFailed, .freeTry, .increase:
      isExcused = true
    default: break
    }
  }

  private mutating func tick(_ state: borrowing ReplayState, _ found: inout FaultList) {
    for eni in due {
      if isExcused || kept.contains(eni) || !state.trust.isProved {
        close(eni, &found)
      } else {
        streaks[eni]?.count += 1
        streaks[eni]?.fault.lastUs = state.now
      }
    }
    kept = []
    isExcused = state.growth.isBlocked
    if !due.isEmpty || !isSettled(state) { due = Self.releasable(state) }
    for eni in streaks.keys.sorted() where !due.contains(eni) { close(eni, &found) }
    for eni in due where streaks[eni] == nil {
      streaks[eni] = (
        0,
        state.fault(
          .eniNotReleased, .strong, subject: eni.name,
          "\(eni) has no pod and no address in cooldown, and the settings do not need it")
      )
    }
  }

  /// Whether nothing has changed since no ENI was releasable, and time alone changes nothing more.
  private func isSettled(_ state: borrowing ReplayState) -> Bool {
    guard let now = state.now, state.trust.isProved, state.judgesDecisions else { return false }
    return now > state.lastChangeUs && now - state.lastChangeUs > Self.settlingUs
  }

  /// Longer than an ENI is too young and an address cools in any setting that is in use.
  private static let settlingUs: Int64 = 900_000_000

  private static func releasable(_ state: borrowing ReplayState) -> [ENIID] {
    guard state.trust.isProved, state.judgesDecisions, let card = state.engine.firstCard
    else { return [] }
    let inferred = state.trust.inferredENIs
    return state.engine.releasableENIs(card: card).filter { !inferred.contains($0) }
  }

  private mutating func close(_ eni: ENIID, _ found: inout FaultList) {
    guard let streak = streaks.removeValue(forKey: eni), streak.count >= Self.passes else { return }
    var fault = streak.fault
    fault.count = streak.count
    found.append(fault)
  }

  mutating func end(
    _ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    for eni in streaks.keys.sorted() { close(eni, &found) }
  }
}
