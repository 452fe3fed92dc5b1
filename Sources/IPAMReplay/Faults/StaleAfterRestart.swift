import Facts
import IPAMEngine

/// F-20: after a restart ipamd took addresses in that it had just given back, because the metadata
/// still showed them.
struct StaleAfterRestart: FaultRule {
  private var returned: [CIDR: Int64] = [:]
  private var pending: [CIDR: Int64] = [:]
  private var before: [CIDR: Int64] = [:]
  private var isStarting = false
  private var readded: [CIDR: Int] = [:]

  private static let spanUs: Int64 = 600_000_000
  private static let remembered = 20_000

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    let now = state.now ?? 0
    switch statement.kind {
    case .processStart:
      before = returned.filter { now - $0.value <= Self.spanUs }
      returned = [:]
      pending = [:]
      readded = [:]
      isStarting = true
    case .restoreBegins, .nodeInitDone: isStarting = false
    case .cidrRemoved:
      guard let cidr = state.cidr(statement) else { return }
      if state.pass.isShrinking {
        if pending.count > Self.remembered { pending = [:] }
        pending[cidr] = now
      } else if state.reconcile.isOpen, let index = readded.removeValue(forKey: cidr) {
        found.confirm(index, "\(cidr) was swept out again by reconcile")
      }
    case .unassignOK:
      if returned.count > Self.remembered { returned = [:] }
      returned.merge(pending) { $1 }
      pending = [:]
    case .unassignError: pending = [:]
    case .cidrAdded:
      guard isStarting, let cidr = state.cidr(statement), before[cidr] != nil else { return }
      readded[cidr] = found.list.count
      found.append(
        state.fault(
          .staleAfterRestart, .hint, subject: "\(cidr)", cause: "quirk Q-13",
          "\(cidr) was given back before the restart and taken in again at the start"))
    default: break
    }
  }
}
