import Facts
import IPAMEngine

/// F-17: security groups for pods are on, and the trunk ENI does not come.
struct TrunkMissing: FaultRule {
  private var signs: [Fault] = []
  private var hasTrunk = false
  private var startUs: Int64?
  private var isFull = false

  private static let times = 3
  private static let spanUs: Int64 = 120_000_000
  private static let remembered = 256

  mutating func begin(_ epoch: Epoch) {
    self = Self()
    startUs = epoch.hasStart ? epoch.startUs : nil
    isFull = epoch.grade == .full
  }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .trunkFound: hasTrunk = true
    case .interfaceType: if state.text(statement.text) == "trunk" { hasTrunk = true }
    case .noSlotForTrunk: note("no slot is left for it", state)
    case .room: if statement[.prefixes] ?? 0 > 0 { note("a slot is kept free for it", state) }
    case .reconcileStart:
      if let since = statement.durationUs, since <= 60_000_000 {
        note("ipamd looks for it at every tick", state)
      }
    default: break
    }
  }

  private mutating func note(_ why: String, _ state: borrowing ReplayState) {
    if signs.count >= Self.remembered { signs.removeFirst() }
    signs.append(state.fault(.trunkMissing, .strong, cause: why, "the trunk ENI is missing"))
  }

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard isFull, !hasTrunk, let end = state.now,
      !state.engine.datastores.contains(where: { $0.hasTrunk }),
      end - (startUs ?? .min / 2) >= Self.spanUs
    else { return }
    let late = signs.filter { end - ($0.firstUs ?? .min / 2) <= Self.spanUs }
    guard late.count >= Self.times, var fault = late.last else { return }
    fault.firstUs = signs.first?.firstUs
    fault.count = signs.count
    fault.detail += ": \(fault.cause ?? "")"
    found.append(fault)
  }
}
