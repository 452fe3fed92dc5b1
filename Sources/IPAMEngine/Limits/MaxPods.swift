/// Formulas for the number of pods a node can run.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `misc/eni-max-pods.txt`; the calculators of the AMI
/// repository (`max-pods-calculator.sh`) and of nodeadm (`eni_max_pods.go`).
public enum MaxPods {
  /// Pods that use the host's network on every node: aws-node and kube-proxy.
  public static let hostNetworkPods = 2
  /// Pods of a type nobody knows.
  public static let fallback = 110

  /// Pods with an address of their own.
  ///
  /// - Parameters:
  ///   - limits: of the instance type; card 0 counts.
  ///   - maxENI: `MAX_ENI`; nil if not set.
  ///   - prefixMode: IPv4 prefix delegation; each address slot then holds 16 addresses.
  ///   - reservedENIs: ENIs without pod addresses: the primary one with custom networking, the
  ///     trunk with security groups for pods.
  public static func podAddresses(
    _ limits: InstanceLimits, maxENI: Int? = nil, prefixMode: Bool = false, reservedENIs: Int = 0
  ) -> Int {
    let enis = min(maxENI ?? limits.eniLimit, limits.eniLimit) - reservedENIs
    let slots = max(limits.ipv4PerENI - 1, 0)
    return max(enis, 0) * slots * (prefixMode ? 16 : 1)
  }

  /// The value for kubelet: pods with an address plus the two of the host's network.
  public static func maxPods(
    _ limits: InstanceLimits, maxENI: Int? = nil, prefixMode: Bool = false, reservedENIs: Int = 0
  ) -> Int {
    podAddresses(
      limits, maxENI: maxENI, prefixMode: prefixMode, reservedENIs: reservedENIs) + hostNetworkPods
  }

  /// The recommended ceiling: 250 above 30 virtual CPUs, else 110.
  public static func recommendedCap(vCPUs: Int) -> Int { vCPUs > 30 ? 250 : 110 }

  /// What `max-pods-calculator.sh` prints; its cap applies in both modes.
  ///
  /// - Parameters:
  ///   - prefixMode: counted only for Nitro types; bare metal is not.
  ///   - showsMaximum: `--show-max-allowed`: no cap.
  public static func calculatorScript(
    _ limits: InstanceLimits, maxENI: Int? = nil, customNetworking: Bool = false,
    prefixMode: Bool = false, showsMaximum: Bool = false
  ) -> Int {
    let usesPrefixes = prefixMode && limits.hypervisor == .nitro
    let pods = maxPods(
      limits, maxENI: maxENI, prefixMode: usesPrefixes, reservedENIs: customNetworking ? 1 : 0)
    return showsMaximum ? pods : min(pods, recommendedCap(vCPUs: limits.vCPUs ?? 0))
  }

  /// What nodeadm gives kubelet: no cap, and 110 for a type it does not know.
  public static func nodeadm(_ lookup: InstanceLimits.Lookup) -> Int {
    switch lookup {
    case .known(let limits): maxPods(limits)
    case .unknownType: fallback
    }
  }

  /// Memory kubelet reserves for `maxPods` pods, in MiB.
  public static func reservedMemory(maxPods: Int) -> Int { 11 * maxPods + 255 }

  /// What ipamd takes as the node's pod capacity.
  ///
  /// - Parameters:
  ///   - node: `status.capacity.pods`; nil if the API server did not answer in time.
  ///   - type: instance type for the bundled table.
  /// - Returns: nil where ipamd does not start without the API server.
  public static func seenByIPAMD(
    node: Int?, type: String, profile: BehaviourProfile = .newest
  ) -> Int? {
    switch profile.maxPodsSource {
    case .unused: .max
    case .node: node
    case .nodeOrTable: node ?? nodeadm(InstanceLimits.lookUp(type))
    }
  }
}
