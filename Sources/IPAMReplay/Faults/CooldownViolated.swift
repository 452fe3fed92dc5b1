import Facts
import IPAMEngine

/// F-06: an address was handed out before its cooldown was over.
struct CooldownViolated: FaultRule {
  private var releasedAt: [IPAddress: Int64] = [:]
  private var epoch: Epoch?

  /// Released addresses that are remembered; a pool has fewer.
  private static let remembered = 20_000
  private static let toleranceUs: Int64 = 200_000

  mutating func begin(_ epoch: Epoch) {
    releasedAt = [:]
    self.epoch = epoch
  }

  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    switch statement.kind {
    case .unassignDone:
      guard let address = state.address(statement), let now = state.now else { return }
      if releasedAt.count >= Self.remembered { releasedAt = [:] }
      releasedAt[address] = now
    case .cooldownEnds: if let address = state.address(statement) { releasedAt[address] = nil }
    case .cidrRemoved, .excludedCIDRRemoved:
      guard let cidr = state.cidr(statement) else { return }
      if cidr.isPrefix {
        releasedAt = releasedAt.filter { !cidr.contains($0.key) }
      } else {
        releasedAt[cidr.base] = nil
      }
    case .eniRemoved, .unusedENIRemoved, .eniAdded: releasedAt = [:]
    case .assigned:
      guard let address = state.address(statement),
        let released = releasedAt.removeValue(forKey: address)
      else { return }
      judge(address, released, state, &found)
    default: break
    }
  }

  private func judge(
    _ address: IPAddress, _ releasedUs: Int64, _ state: borrowing ReplayState,
    _ found: inout FaultList
  ) {
    guard let epoch, epoch.provesCooldown, !state.isRestoring, let now = state.now,
      state.isWhole(sinceUs: releasedUs), !state.engine.profile.eniCooling
    else { return }
    let periodUs = epoch.configuration.cooldown.nanoseconds / 1000
    let passed = now - releasedUs
    guard periodUs > 0, passed >= 0, passed < periodUs - Self.toleranceUs else { return }
    found.append(
      state.fault(
        .cooldownViolated, .proved, subject: "\(address)",
        "\(address) was handed out \(passed / 1000) ms after its release; its cooldown is"
          + " \(periodUs / 1_000_000) s"))
  }
}
