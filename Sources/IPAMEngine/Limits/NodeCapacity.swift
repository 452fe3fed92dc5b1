/// What one node can hold, as ipamd computes it from the instance limits and its configuration.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd/ipamd.go` (`nodeInit`).
public struct NodeCapacity: Hashable, Sendable {
  /// ENIs that ipamd will use, `MAX_ENI` applied; the limit of card 0, used for every card.
  public let maxENI: Int
  /// IPv4 addresses per ENI without its primary one.
  public let slotsPerENI: Int
  /// Pod addresses per ENI: slots, ×16 in prefix mode, 0 in IPv6 mode.
  public let maxIPsPerENI: Int
  /// IPv4 prefixes per ENI: slots in prefix mode, else 0.
  public let maxPrefixesPerENI: Int
  /// The form of address that pods get.
  public let mode: AddressKind
  /// Network cards of the instance; at least 1.
  public let networkCards: Int
  /// Whether the type can have a trunk; unknown types count as able.
  public let isTrunkCompatible: Bool

  /// The capacity of an instance under a configuration.
  ///
  /// IPv4 prefix delegation on a virtual type that is not of the Nitro system is switched off.
  public init(limits: InstanceLimits, configuration: Configuration) {
    maxENI = min(configuration.maxENI ?? limits.eniLimit, limits.eniLimit)
    slotsPerENI = max(limits.ipv4PerENI - 1, 0)
    networkCards = max(limits.networkCards.count, 1)
    isTrunkCompatible = limits.isTrunkCompatible ?? true
    if configuration.ipv6 {
      mode = .prefixV6
      maxIPsPerENI = 0
      maxPrefixesPerENI = 0
    } else if configuration.prefixDelegation, limits.supportsPrefixes {
      mode = .prefix
      maxIPsPerENI = slotsPerENI * 16
      maxPrefixesPerENI = slotsPerENI
    } else {
      mode = .single
      maxIPsPerENI = slotsPerENI
      maxPrefixesPerENI = 0
    }
  }
}
