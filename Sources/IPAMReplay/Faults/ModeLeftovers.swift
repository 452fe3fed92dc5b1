import Facts
import IPAMEngine

/// F-21: addresses of the other mode are left on the ENIs without a pod.
struct ModeLeftovers: FaultRule {
  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {}

  mutating func end(
    _ epoch: Epoch, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard epoch.end == .running, state.trust.isProved, let store = state.engine.datastores.first,
      store.mode != .prefixV6
    else { return }
    let other: AddressKind = store.mode == .prefix ? .single : .prefix
    var idle = 0
    var isStuck = false
    for eni in store.eniIDs {
      let left = store.idleCIDRs(of: eni, kind: other).count
      idle += left
      let limit = state.engine.policy.cidrLimitPerENI
      if left > 0, limit > 0, store.cidrCount(of: eni) >= limit { isStuck = true }
    }
    guard idle > 0 else { return }
    let what = other == .single ? "single addresses" : "prefixes"
    found.append(
      state.fault(
        .modeLeftovers, isStuck ? .strong : .hint, cause: isStuck ? "slots_used_up" : "quirk Q-8",
        isStuck
          ? "\(idle) \(what) of the other mode use up the slots of an ENI without a pod"
          : "\(idle) \(what) of the other mode are left without a pod"))
  }
}
