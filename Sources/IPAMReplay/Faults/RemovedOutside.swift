import Facts
import IPAMEngine

/// F-13: somebody else took an ENI or an address away, with pods on it or without.
struct RemovedOutside: FaultRule {
  private var isReconciling = false
  private var hasFailed = false
  private var taken: CIDR?
  private var takenENI: String?
  private var removed: (fault: Fault, cidr: CIDR)?
  private var isRelease = false
  private var returned: [CIDR: Int64] = [:]
  /// Sandboxes that asked for their DEL, and the address that was taken from one that had not.
  private var asking: Set<String> = []
  private var orphan: IPAddress?

  /// How long the metadata may still show what ipamd gave back itself.
  private static let returnedUs: Int64 = 60_000_000

  mutating func begin(_ epoch: Epoch) { self = Self() }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    if !state.isFull { seeAtInfo(statement, state, &found) }
    switch statement.kind {
    case .reconcileStart:
      isReconciling = true
      hasFailed = false
    case .reconcileEnd: isReconciling = false
    case .reconcileFailed: hasFailed = true
    case .eniRemovalForced:
      guard !hasFailed, let pods = statement.number, pods > 0 else { return }
      let eni = state.text(statement.eni)
      found.append(
        state.fault(
          .removedOutside, .proved, subject: eni,
          "\(eni) left the instance while \(pods) pods had addresses of it"))
    case .addressRemovalForced:
      let address = state.address(statement).map { "\($0)" } ?? ""
      found.append(
        state.fault(
          .removedOutside, .proved, subject: address,
          "\(address) was taken from its ENI while a pod had it"))
    case .reconcileENIRemoved: removeENI(statement, state, &found)
    case .reconcileCIDRRemoved: taken = state.cidr(statement)
    case .unassigned:
      guard isReconciling, !hasFailed, let cidr = taken, let address = state.address(statement),
        cidr.contains(address)
      else { return }
      found.append(
        state.fault(
          .removedOutside, .proved, subject: "\(address)",
          "\(address) was taken from its ENI while a pod had it"))
      taken = nil
    case .cidrRemoved: removeCIDR(statement, state, &found)
    default: break
    }
  }

  /// Without the lines of level debug nothing says that reconcile is at work: an address is taken
  /// from a sandbox that did not ask for it, and in the next line its CIDR or ENI goes.
  private mutating func seeAtInfo(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    let taken = orphan.take()
    switch statement.kind {
    case .deleteRequest:
      if asking.count >= 4096 { asking = [] }
      asking.insert(state.container(of: statement))
    case .unassigned:
      guard asking.remove(state.container(of: statement)) == nil else { return }
      orphan = state.address(statement)
    case .cidrRemoved, .eniRemoved:
      guard let address = taken,
        state.cidr(statement)?.contains(address) ?? (statement.kind == .eniRemoved)
      else { return }
      found.append(
        state.fault(
          .removedOutside, .strong, subject: "\(address)",
          "\(address) was taken from a pod that had not given it back"))
    default: break
    }
  }

  private mutating func removeENI(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard !hasFailed else { return }
    let eni = state.text(statement.eni)
    // Pods on it are told by the line that forces their removal.
    if found.extend(.removedOutside, subject: eni, at: state.now) { return }
    found.append(
      state.fault(
        .removedOutside, .hint, subject: eni, "\(eni) left the instance without ipamd"))
  }

  private mutating func removeCIDR(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard let cidr = state.cidr(statement), let now = state.now else { return }
    guard isReconciling else {
      if returned.count > 10_000 { returned = [:] }
      returned[cidr] = now
      return
    }
    defer { taken = nil }
    guard taken == cidr, !hasFailed, now - (returned[cidr] ?? .min / 2) > Self.returnedUs else {
      return
    }
    found.append(
      state.fault(
        .removedOutside, .hint, subject: "\(cidr)",
        "\(cidr) was taken from its ENI without ipamd; no pod had it"))
  }
}
