/// A tag of an ENI.
public struct ENITag: Hashable, Sendable {
  /// Tag key.
  public let key: String
  /// Tag value.
  public let value: String

  /// A tag `key` = `value`.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// The environment variables that steer ipamd's pool, after ipamd's own parsing and defaults.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd`, `pkg/awsutils` and `README.md`. The defaults are
/// those of the program, not of the DaemonSet manifest.
public struct Configuration: Hashable, Sendable {
  /// `WARM_ENI_TARGET`: reserve in full ENIs, counted in addresses; default 1.
  public var warmENITarget = 1
  /// `WARM_IP_TARGET`: unassigned addresses to keep; 0 = off.
  public var warmIPTarget = 0
  /// `MINIMUM_IP_TARGET`: floor for all addresses of the pool; 0 = off.
  public var minimumIPTarget = 0
  /// `WARM_PREFIX_TARGET`: free `/28` prefixes to keep in prefix mode; default 0 in the program.
  public var warmPrefixTarget = 0
  /// `MAX_ENI`: cap on ENIs below the instance type's own; nil = no cap.
  public var maxENI: Int?
  /// `ENABLE_PREFIX_DELEGATION`: `/28` (IPv4) or `/80` (IPv6) prefixes instead of addresses.
  public var prefixDelegation = false
  /// `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG`: new ENIs follow the node's ENIConfig.
  public var customNetworking = false
  /// `ENABLE_POD_ENI`: security groups for pods; reserves an ENI slot for the trunk.
  public var podENI = false
  /// `POD_SECURITY_GROUP_ENFORCING_MODE` as written; `strict` when unset.
  public var podENIEnforcingMode = "strict"
  /// `DISABLE_NETWORK_RESOURCE_PROVISIONING`, or implied by `ENABLE_IMDS_ONLY_MODE`.
  public var provisioningDisabled = false
  /// `ENABLE_IMDS_ONLY_MODE`: ENIs are discovered without EC2 calls.
  public var imdsOnly = false
  /// `IP_COOLDOWN_PERIOD`: how long a released address is not handed out; default 30 s. A negative
  /// period means that nothing ever cools.
  public var cooldown = Interval.seconds(30)
  /// `ENABLE_SUBNET_DISCOVERY`: new ENIs may be made in other tagged subnets.
  public var subnetDiscovery = true
  /// `AWS_MANAGE_ENIS_NON_SCHEDULABLE`: attach and detach on a cordoned node too.
  public var managesENIsWhenCordoned = false
  /// `ENABLE_IPv4`; false unless set, although the manifest sets it.
  public var ipv4 = false
  /// `ENABLE_IPv6`.
  public var ipv6 = false
  /// `MANAGE_UNTAGGED_ENI`: whether ENIs without ipamd's tags are managed; default true.
  public var managesUntaggedENIs = true
  /// `ENABLE_MULTI_NIC`: manage network cards above 0.
  public var multiNIC = false
  /// `ANNOTATE_POD_IP`: write the pod's addresses to its annotation.
  public var annotatesPods = false
  /// `DISABLE_LEAKED_ENI_CLEANUP`, or implied by `ENABLE_IMDS_ONLY_MODE`.
  public var leakedENICleanupDisabled = false
  /// `ADDITIONAL_ENI_TAGS` without the keys ipamd refuses.
  public var additionalTags: [ENITag] = []
  /// `CLUSTER_NAME`; empty when unset.
  public var clusterName = ""
  /// `ENI_CONFIG_ANNOTATION_DEF`.
  public var eniConfigAnnotation = Configuration.eniConfigDefaultName
  /// `ENI_CONFIG_LABEL_DEF`.
  public var eniConfigLabel = Configuration.eniConfigDefaultName
  /// `AWS_VPC_K8S_CNI_BACKING_STORE`: path of the checkpoint file of card 0.
  public var checkpointPath = "/var/run/aws-node/ipam.json"
  /// Variables that were set but not used as written, in the order of the fields above.
  public var ignored: [IgnoredVariable] = []

  static let eniConfigDefaultName = "k8s.amazonaws.com/eniConfig"

  /// ipamd's defaults with no variable set.
  public init() {}

  /// Reads the environment as ipamd does; never fails, because ipamd does not either.
  public init(environment: [String: String], profile: BehaviourProfile = .newest) {
    var reader = EnvironmentReader(environment)
    warmENITarget = reader.target("WARM_ENI_TARGET", default: 1)
    warmIPTarget = reader.target("WARM_IP_TARGET", default: 0)
    minimumIPTarget = profile.minimumIPTarget ? reader.target("MINIMUM_IP_TARGET", default: 0) : 0
    if profile.prefixMode {
      warmPrefixTarget = reader.target("WARM_PREFIX_TARGET", default: 0)
      prefixDelegation = reader.bool("ENABLE_PREFIX_DELEGATION", default: false)
    }
    maxENI = reader.maxENI()
    customNetworking = reader.bool("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", default: false)
    podENI = reader.bool("ENABLE_POD_ENI", default: false)
    podENIEnforcingMode = environment["POD_SECURITY_GROUP_ENFORCING_MODE"] ?? "strict"
    imdsOnly = reader.bool("ENABLE_IMDS_ONLY_MODE", default: false)
    let disabled = reader.bool("DISABLE_NETWORK_RESOURCE_PROVISIONING", default: false)
    provisioningDisabled = disabled || imdsOnly
    if profile.configurableCooldown {
      cooldown = .seconds(reader.int("IP_COOLDOWN_PERIOD", default: 30))
    }
    subnetDiscovery =
      profile.subnetDiscovery != .none && reader.bool("ENABLE_SUBNET_DISCOVERY", default: true)
    managesENIsWhenCordoned = reader.bool("AWS_MANAGE_ENIS_NON_SCHEDULABLE", default: false)
    // IPv6 arrived in 1.10; before it there was nothing to choose and IPv4 was always on.
    ipv4 = profile.ipv6 ? reader.bool("ENABLE_IPv4", default: false) : true
    ipv6 = profile.ipv6 && reader.bool("ENABLE_IPv6", default: false)
    managesUntaggedENIs = reader.bool("MANAGE_UNTAGGED_ENI", default: true)
    multiNIC = profile.multiDatastore && reader.bool("ENABLE_MULTI_NIC", default: false)
    annotatesPods = reader.bool("ANNOTATE_POD_IP", default: false)
    let noCleanup = reader.bool("DISABLE_LEAKED_ENI_CLEANUP", default: false)
    leakedENICleanupDisabled = noCleanup || imdsOnly
    additionalTags = reader.tags("ADDITIONAL_ENI_TAGS")
    clusterName = environment["CLUSTER_NAME"] ?? ""
    eniConfigAnnotation = reader.nonEmpty("ENI_CONFIG_ANNOTATION_DEF", Self.eniConfigDefaultName)
    eniConfigLabel = reader.nonEmpty("ENI_CONFIG_LABEL_DEF", Self.eniConfigDefaultName)
    checkpointPath = reader.nonEmpty("AWS_VPC_K8S_CNI_BACKING_STORE", checkpointPath)
    ignored = reader.ignored
  }

  /// Whether an IP target replaces the ENI and prefix targets on network card 0.
  public var ipTargetsDefined: Bool { warmIPTarget != 0 || minimumIPTarget != 0 }
}

/// A variable that was set to a text ipamd does not use.
public struct IgnoredVariable: Hashable, Sendable {
  /// Name of the variable.
  public let name: String
  /// Its text.
  public let text: String
  /// Why the text is not used.
  public let reason: Reason

  /// Why a text is not used.
  public enum Reason: Hashable, Sendable {
    /// Not of the variable's type: the default applies.
    case unparsable
    /// Outside the accepted range: the default applies.
    case outOfRange
    /// A tag key of ipamd's own name space: that tag is dropped.
    case reservedTag
  }
}

private struct EnvironmentReader {
  let environment: [String: String]
  var ignored: [IgnoredVariable] = []

  init(_ environment: [String: String]) {
    self.environment = environment
  }

  mutating func note(_ name: String, _ text: String, _ reason: IgnoredVariable.Reason) {
    ignored.append(IgnoredVariable(name: name, text: text, reason: reason))
  }

  mutating func parsed<Value>(_ name: String, _ parse: (String) -> Value?) -> Value? {
    guard let text = environment[name] else { return nil }
    let value = parse(text)
    if value == nil { note(name, text, .unparsable) }
    return value
  }

  mutating func int(_ name: String, default fallback: Int) -> Int {
    parsed(name, EnvironmentParsing.int) ?? fallback
  }

  mutating func bool(_ name: String, default fallback: Bool) -> Bool {
    parsed(name, EnvironmentParsing.bool) ?? fallback
  }

  mutating func target(_ name: String, default fallback: Int) -> Int {
    guard let value = parsed(name, EnvironmentParsing.int) else { return fallback }
    guard value < 0 else { return value }
    note(name, String(value), .outOfRange)
    return fallback
  }

  mutating func maxENI() -> Int? {
    guard let value = parsed("MAX_ENI", EnvironmentParsing.int) else { return nil }
    guard value < 1 else { return value }
    note("MAX_ENI", String(value), .outOfRange)
    return nil
  }

  mutating func tags(_ name: String) -> [ENITag] {
    let tags = parsed(name, EnvironmentParsing.tags) ?? []
    for tag in tags where Self.isReserved(tag) { note(name, tag.key, .reservedTag) }
    return tags.filter { !Self.isReserved($0) }
  }

  static func isReserved(_ tag: ENITag) -> Bool {
    let word = Array("k8s.amazonaws.com".utf8)
    let key = Array(tag.key.utf8)
    guard key.count >= word.count else { return false }
    return (0...(key.count - word.count)).contains { key[$0..<$0 + word.count].elementsEqual(word) }
  }

  func nonEmpty(_ name: String, _ fallback: String) -> String {
    guard let text = environment[name], !text.isEmpty else { return fallback }
    return text
  }
}
