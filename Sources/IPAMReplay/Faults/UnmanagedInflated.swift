import Facts
import IPAMEngine

/// F-09: ipamd counts more unmanaged ENIs than there are, which lowers the number it will attach.
struct UnmanagedInflated: FaultRule {
  private var unmanaged: Set<String> = []
  private var isListed = false
  private var open: Fault?

  mutating func begin(_ epoch: Epoch) { self = Self(isListed: epoch.hasStart) }

  private init(isListed: Bool) { self.isListed = isListed }

  init() {}

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .eniSkipped, .eniUnmanaged: unmanaged.insert(state.text(statement.eni))
    case .reconcileEnd: isListed = true
    case .room:
      guard let counted = statement[.cooling], isListed else { return }
      judge(counted > unmanaged.count, counted, state, &found)
    case .eniLimitReached:
      guard state.engine.profile.unmanagedCountAccumulates, isListed, state.trust.isProved,
        state.epoch?.knowsENILimit == true, let store = state.engine.datastores.first
      else { return }
      let limit = state.engine.policy.capacity.maxENI
      let isWrong =
        !state.engine.configuration.podENI
        && store.eniCount < limit - unmanaged.count
      judge(isWrong, limit - store.eniCount, state, &found)
    default: break
    }
  }

  private mutating func judge(
    _ isWrong: Bool, _ counted: Int, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard isWrong else { return }
    guard open == nil else {
      found.extend(.unmanagedInflated, at: state.now)
      return
    }
    let fault = state.fault(
      .unmanagedInflated, .proved, cause: "quirk Q-2",
      "ipamd counts \(counted) unmanaged ENIs where its log names \(unmanaged.count)")
    open = fault
    found.append(fault)
  }
}
