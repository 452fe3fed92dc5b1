import Facts
import IPAMEngine

/// F-23: settings that contradict each other or the instance.
struct ContradictorySettings: FaultRule {
  mutating func see(
    _ statement: IPAMDStatement, _ state: borrowing ReplayState, _ found: inout FaultList
  ) {}

  mutating func finish(
    _ epochs: [Epoch], _ state: borrowing ReplayState, _ found: inout FaultList
  ) {
    guard let epoch = epochs.last, !state.growth.doubtsSettings else { return }
    func report(_ cause: String, _ detail: String) {
      found.append(state.fault(.contradictorySettings, .proved, cause: cause, detail))
    }
    func isSet(_ name: String) -> Bool { [.log, .declared].contains(epoch.origin(name)) }
    let settings = epoch.configuration
    if settings.minimumIPTarget > 0, settings.warmIPTarget == 0, isSet("MINIMUM_IP_TARGET"),
      epoch.origin("WARM_IP_TARGET") != .unknown
    {
      report(
        "minimum_without_warm",
        "MINIMUM_IP_TARGET=\(settings.minimumIPTarget) without WARM_IP_TARGET: the pool never grows"
          + " beyond it")
    }
    if settings.prefixDelegation, isSet("WARM_ENI_TARGET"), settings.warmENITarget > 1 {
      report(
        "warm_eni_ignored",
        "WARM_ENI_TARGET=\(settings.warmENITarget) has no effect with prefix delegation")
    }
    if settings.prefixDelegation, settings.ipTargetsDefined, isSet("WARM_PREFIX_TARGET"),
      settings.warmPrefixTarget > 1
    {
      report(
        "warm_prefix_ignored",
        "WARM_PREFIX_TARGET=\(settings.warmPrefixTarget) is ignored because an IP target is set")
    }
    capacity(epoch, report)
    if epoch.grade != .full {
      report(
        "log_level",
        "the log has no records of level debug: decisions of the pool can't be followed")
    }
  }

  private func capacity(_ epoch: Epoch, _ report: (String, String) -> Void) {
    guard epoch.knowsENILimit, epoch.knowsSlots, let maxPods = epoch.maxPods,
      !epoch.configuration.ipv6
    else { return }
    let capacity = epoch.policy.capacity
    let enis = capacity.maxENI - (epoch.configuration.customNetworking ? 1 : 0)
    let addresses = enis * capacity.maxIPsPerENI
    guard addresses + Self.hostPods < maxPods else { return }
    let reason =
      epoch.configuration.customNetworking
      ? "custom networking" : epoch.configuration.maxENI != nil ? "MAX_ENI" : "the instance type"
    report(
      "max_pods_above_capacity",
      "the node takes \(maxPods) pods, but \(reason) allows \(addresses) pod addresses")
  }

  /// Pods with the node's own address, which the usual formula adds.
  private static let hostPods = 2
}
