/// Why a container or ipamd refuses to start with a given configuration.
public enum StartRefusal: Hashable, Sendable {
  /// `AWS_VPC_K8S_PLUGIN_LOG_FILE=stdout`.
  case pluginLogsToStandardOutput
  /// `AWS_VPC_K8S_CNI_VETHPREFIX` is longer than 4 bytes or a reserved word.
  case vethPrefix(String)
  /// Security groups for pods with an unknown enforcing mode.
  case enforcingMode(String)
  /// `IP_COOLDOWN_PERIOD` is not an integer of at least 0.
  case cooldownPeriod(String)
  /// An MTU that is not a number or out of range; the variable's name and text.
  case mtu(variable: String, text: String)
  /// Prefix delegation while no target that counts in prefix mode is above 0.
  case prefixDelegationWithoutTarget
  /// Not exactly one of IPv4 and IPv6 is on.
  case addressFamilies(ipv4: Bool, ipv6: Bool)
  /// IPv6 together with custom networking.
  case ipv6WithCustomNetworking
  /// IPv6 without prefix delegation.
  case ipv6WithoutPrefixDelegation
  /// IPv6 on a virtual instance type that is not of the Nitro system.
  case ipv6NeedsNitro
}

/// Checks that run before the pool exists.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `cmd/aws-vpc-cni/main.go` (entry point) and
/// `pkg/ipamd/ipamd.go` (ipamd).
public enum StartChecks {
  /// What the container's entry point objects to; the first objection ends the container.
  public static func entryPoint(environment: [String: String]) -> [StartRefusal] {
    var refusals: [StartRefusal] = []
    if environment["AWS_VPC_K8S_PLUGIN_LOG_FILE"] == "stdout" {
      refusals.append(.pluginLogsToStandardOutput)
    }
    if let prefix = environment["AWS_VPC_K8S_CNI_VETHPREFIX"],
      prefix.utf8.count > 4 || ["eth", "lo", "vlan"].contains(prefix)
    {
      refusals.append(.vethPrefix(prefix))
    }
    let mode = environment["POD_SECURITY_GROUP_ENFORCING_MODE"] ?? "strict"
    if flag("ENABLE_POD_ENI", environment), mode != "strict", mode != "standard" {
      refusals.append(.enforcingMode(mode))
    }
    if let text = environment["IP_COOLDOWN_PERIOD"], (EnvironmentParsing.int(text) ?? -1) < 0 {
      refusals.append(.cooldownPeriod(text))
    }
    let smallest = flag("ENABLE_IPv6", environment) ? 1280 : 576
    for variable in ["AWS_VPC_ENI_MTU", "POD_MTU"] {
      guard let text = environment[variable] else { continue }
      guard let mtu = EnvironmentParsing.int(text), (smallest...9001).contains(mtu) else {
        refusals.append(.mtu(variable: variable, text: text))
        continue
      }
    }
    if flag("ENABLE_PREFIX_DELEGATION", environment),
      ["WARM_IP_TARGET", "WARM_PREFIX_TARGET", "MINIMUM_IP_TARGET"].allSatisfy({
        isAtMostZeroAsText(environment[$0] ?? "0")
      })
    {
      refusals.append(.prefixDelegationWithoutTarget)
    }
    return refusals
  }

  /// What ipamd objects to, in the order in which it looks; the first objection ends it.
  ///
  /// - Parameter supportsPrefixes: whether the type is of the Nitro system or bare metal.
  public static func ipamd(
    _ configuration: Configuration, supportsPrefixes: Bool
  ) -> StartRefusal? {
    if configuration.ipv4 == configuration.ipv6 {
      return .addressFamilies(ipv4: configuration.ipv4, ipv6: configuration.ipv6)
    }
    guard configuration.ipv6 else { return nil }
    if configuration.customNetworking { return .ipv6WithCustomNetworking }
    if !configuration.prefixDelegation { return .ipv6WithoutPrefixDelegation }
    return supportsPrefixes ? nil : .ipv6NeedsNitro
  }

  private static func flag(_ name: String, _ environment: [String: String]) -> Bool {
    environment[name].flatMap(EnvironmentParsing.bool) ?? false
  }

  /// The entry point compares the texts with "0" instead of the numbers: "00" passes for a target.
  private static func isAtMostZeroAsText(_ text: String) -> Bool {
    text == "0" || text.utf8.lexicographicallyPrecedes("0".utf8)
  }
}
