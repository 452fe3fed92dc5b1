import IPAMEngine
import Testing

@Suite("configuration")
struct ConfigurationTests {
  @Test(
    "integers parse as in Go",
    arguments: [
      ("5", 5), ("+5", 5), ("-1", -1), ("007", 7), ("", nil), (" 5", nil), ("5.0", nil),
      ("5m", nil), ("+", nil), ("99999999999999999999", nil),
    ] as [(String, Int?)])
  func int(text: String, value: Int?) {
    #expect(EnvironmentParsing.int(text) == value)
  }

  @Test("exactly twelve spellings are truth values")
  func bool() {
    for text in ["1", "t", "T", "TRUE", "true", "True"] {
      #expect(EnvironmentParsing.bool(text) == true)
    }
    for text in ["0", "f", "F", "FALSE", "false", "False"] {
      #expect(EnvironmentParsing.bool(text) == false)
    }
    for text in ["", "yes", "TrUe", " true"] { #expect(EnvironmentParsing.bool(text) == nil) }
  }

  @Test("defaults are the program's, not the manifest's")
  func defaults() {
    let configuration = Configuration(environment: [:])
    #expect(configuration.warmENITarget == 1)
    #expect(configuration.warmIPTarget == 0)
    #expect(configuration.warmPrefixTarget == 0)
    #expect(configuration.maxENI == nil)
    #expect(configuration.cooldown == .seconds(30))
    #expect(configuration.subnetDiscovery)
    #expect(!configuration.ipv4)
    #expect(configuration.managesUntaggedENIs)
    #expect(configuration.ignored.isEmpty)
  }

  @Test("values out of range fall back and are reported")
  func outOfRange() {
    let configuration = Configuration(environment: [
      "WARM_ENI_TARGET": "-2", "WARM_IP_TARGET": "5m", "MAX_ENI": "0",
      "IP_COOLDOWN_PERIOD": "-7", "ENABLE_SUBNET_DISCOVERY": "no",
    ])
    #expect(configuration.warmENITarget == 1)
    #expect(configuration.warmIPTarget == 0)
    #expect(configuration.maxENI == nil)
    #expect(configuration.cooldown == .seconds(-7))
    #expect(configuration.subnetDiscovery)
    #expect(
      configuration.ignored.map(\.name) == [
        "WARM_ENI_TARGET", "WARM_IP_TARGET", "MAX_ENI", "ENABLE_SUBNET_DISCOVERY",
      ])
  }

  @Test("tags of ipamd's own name space are dropped")
  func tags() {
    let text = #"{"team": "a\"bé", "x.k8s.amazonaws.com/y": "z"}"#
    let configuration = Configuration(environment: ["ADDITIONAL_ENI_TAGS": text])
    #expect(configuration.additionalTags == [ENITag(key: "team", value: "a\"bé")])
    #expect(configuration.ignored.map(\.reason) == [.reservedTag])
    #expect(EnvironmentParsing.tags("{}") == [])
    #expect(EnvironmentParsing.tags(#"{"a": 1}"#) == nil)
    #expect(EnvironmentParsing.tags("") == nil)
  }

  @Test("IMDS-only mode implies that nothing is provisioned")
  func imdsOnly() {
    let configuration = Configuration(environment: ["ENABLE_IMDS_ONLY_MODE": "true"])
    #expect(configuration.provisioningDisabled)
    #expect(configuration.leakedENICleanupDisabled)
  }

  @Test("old releases do not know new variables")
  func profiles() {
    let environment = [
      "MINIMUM_IP_TARGET": "4", "ENABLE_PREFIX_DELEGATION": "true", "IP_COOLDOWN_PERIOD": "5",
    ]
    let old = Configuration(
      environment: environment, profile: BehaviourProfile(release: Release(1, 5, 3)))
    #expect(old.minimumIPTarget == 0)
    #expect(!old.prefixDelegation)
    #expect(old.cooldown == .seconds(30))
    #expect(old.ipv4)
  }

  @Test("the entry point compares targets as texts")
  func entryPoint() {
    func refused(_ targets: [String: String]) -> Bool {
      StartChecks.entryPoint(
        environment: targets.merging(["ENABLE_PREFIX_DELEGATION": "true"]) { $1 }
      ).contains(.prefixDelegationWithoutTarget)
    }
    #expect(refused([:]))
    #expect(refused(["WARM_IP_TARGET": "", "WARM_PREFIX_TARGET": "-3", "MINIMUM_IP_TARGET": "0"]))
    #expect(!refused(["WARM_IP_TARGET": "00"]))
    #expect(!refused(["WARM_PREFIX_TARGET": "1"]))
  }

  @Test("the entry point refuses bad values")
  func entryPointRefusals() {
    let refusals = StartChecks.entryPoint(environment: [
      "AWS_VPC_K8S_PLUGIN_LOG_FILE": "stdout", "AWS_VPC_K8S_CNI_VETHPREFIX": "vlan",
      "ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "lax",
      "IP_COOLDOWN_PERIOD": "-1", "AWS_VPC_ENI_MTU": "575",
    ])
    #expect(
      refusals == [
        .pluginLogsToStandardOutput, .vethPrefix("vlan"), .enforcingMode("lax"),
        .cooldownPeriod("-1"), .mtu(variable: "AWS_VPC_ENI_MTU", text: "575"),
      ])
  }

  @Test("ipamd needs exactly one address family")
  func families() {
    func refusal(_ environment: [String: String], nitro: Bool = true) -> StartRefusal? {
      StartChecks.ipamd(Configuration(environment: environment), supportsPrefixes: nitro)
    }
    #expect(refusal([:]) == .addressFamilies(ipv4: false, ipv6: false))
    #expect(refusal(["ENABLE_IPv4": "true"]) == nil)
    #expect(refusal(["ENABLE_IPv6": "true"]) == .ipv6WithoutPrefixDelegation)
    let ipv6 = ["ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"]
    #expect(refusal(ipv6) == nil)
    #expect(refusal(ipv6, nitro: false) == .ipv6NeedsNitro)
    let custom = ipv6.merging(["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"]) { $1 }
    #expect(refusal(custom) == .ipv6WithCustomNetworking)
  }

  @Test("releases parse and sort")
  func releases() {
    #expect(Release("v1.23.1") == Release(1, 23, 1))
    #expect(Release("1.9.3-eksbuild.1") == Release(1, 9, 3))
    #expect(Release("1.9") == nil)
    #expect(Release(1, 9, 3) < Release(1, 10, 0))
  }

  @Test("profile flags change exactly where they did")
  func profileBoundaries() {
    func at(_ minor: Int, _ patch: Int) -> BehaviourProfile {
      BehaviourProfile(release: Release(1, minor, patch))
    }
    #expect(!at(16, 2).maxPodsGate && at(16, 3).maxPodsGate)
    #expect(at(16, 3).scaleUpLoop && !at(16, 4).scaleUpLoop)
    #expect(at(9, 0).insufficientBackoff == .none)
    #expect(at(9, 1).insufficientBackoff == .cidrBlocks && at(10, 2).insufficientBackoff == .both)
    #expect(at(11, 2).cordonGate == .none && at(12, 5).cordonGate == .always)
    #expect(at(12, 6).cordonGate == .overridable)
    #expect(at(1, 0) == at(5, 0))
    #expect(at(22, 4).unmanagedCountAccumulates && !at(23, 0).unmanagedCountAccumulates)
    #expect(at(8, 0).shrinkRule == .perENI && at(12, 6).shrinkRule == .stopsAtFullENI)
    #expect(at(13, 0).shrinkRule == .shared)
  }
}

@Suite("addresses")
struct AddressTests {
  @Test(
    "addresses are written as Go writes them",
    arguments: [
      "10.0.0.1", "255.255.255.255", "2001:db8:0:1:a000::", "::", "::1", "fe80:ec2::1",
      "1:0:2:3:4:5:6:7", "1::2:0:0:3:4",
    ])
  func roundTrip(text: String) {
    #expect(IPAddress(text)?.description == text)
  }

  @Test(
    "text that is no address is refused",
    arguments: ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1:2", "::1::", "g::", "1.2.3.4/32"])
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("CIDRs know their size and order")
  func cidrs() {
    #expect(CIDR("10.0.0.16/28")?.size == 16)
    #expect(CIDR("10.0.0.17/28") == nil)
    #expect(CIDR("10.0.0.1")?.isPrefix == false)
    #expect(CIDR("2001:db8:0:1:a000::/80")?.size == 281_474_976_710_656)
    #expect(CIDR("::/0")?.size == .max)
    let sorted = ["10.0.0.9", "10.0.0.10", "10.0.0.16/28", "10.0.0.16"].compactMap { CIDR($0) }
      .sorted().map { "\($0)" }
    #expect(sorted == ["10.0.0.9", "10.0.0.10", "10.0.0.16/28", "10.0.0.16"])
  }
}

@Suite("instance limits and max pods")
struct LimitsTests {
  @Test("rows of the table", arguments: [("t3.small", 3, 4), ("m5.24xlarge", 15, 50)])
  func known(type: String, enis: Int, addresses: Int) {
    guard case .known(let limits) = InstanceLimits.lookUp(type) else {
      Issue.record("\(type) is missing")
      return
    }
    #expect(limits.eniLimit == enis)
    #expect(limits.ipv4PerENI == addresses)
  }

  @Test("the table is complete and sorted, and unknown types are told apart")
  func table() {
    let types = InstanceLimits.knownTypes
    #expect(types.count == 1_391)
    #expect(types == types.sorted())
    #expect(InstanceLimits.lookUp("m99.huge") == .unknownType)
    for type in types { #expect(InstanceLimits.lookUp(type) != .unknownType) }
  }

  @Test("only Nitro and bare-metal types take prefixes")
  func hypervisors() {
    guard case .known(let xen) = InstanceLimits.lookUp("m4.large"),
      case .known(let metal) = InstanceLimits.lookUp("m5.metal"),
      case .known(let cards) = InstanceLimits.lookUp("p4d.24xlarge")
    else {
      Issue.record("types are missing")
      return
    }
    #expect(!xen.supportsPrefixes && metal.supportsPrefixes)
    #expect(metal.hypervisor == .unknown && metal.branchENIs == 120)
    #expect(cards.networkCards == [15, 15, 15, 15])
    let configuration = Configuration(environment: ["ENABLE_PREFIX_DELEGATION": "true"])
    #expect(NodeCapacity(limits: xen, configuration: configuration).mode == .single)
    #expect(NodeCapacity(limits: metal, configuration: configuration).maxPrefixesPerENI == 49)
  }

  @Test("formulas")
  func maxPods() {
    let m5large = InstanceLimits(eniLimit: 3, ipv4PerENI: 10, vCPUs: 2)
    #expect(MaxPods.maxPods(m5large) == 29)
    #expect(MaxPods.maxPods(m5large, reservedENIs: 1) == 20)
    #expect(MaxPods.maxPods(m5large, prefixMode: true) == 434)
    #expect(MaxPods.maxPods(m5large, prefixMode: true, reservedENIs: 1) == 290)
    #expect(MaxPods.maxPods(m5large, maxENI: 2) == 20)
    #expect(MaxPods.calculatorScript(m5large, prefixMode: true) == 110)
    #expect(MaxPods.calculatorScript(m5large, prefixMode: true, showsMaximum: true) == 434)
    #expect(MaxPods.recommendedCap(vCPUs: 30) == 110)
    #expect(MaxPods.recommendedCap(vCPUs: 31) == 250)
    #expect(MaxPods.nodeadm(.known(InstanceLimits(eniLimit: 3, ipv4PerENI: 6))) == 17)
    #expect(MaxPods.nodeadm(.known(InstanceLimits(eniLimit: 6, ipv4PerENI: 12))) == 68)
    #expect(MaxPods.nodeadm(.unknownType) == 110)
    #expect(MaxPods.reservedMemory(maxPods: 29) == 574)
    #expect(MaxPods.seenByIPAMD(node: nil, type: "m5.large") == 29)
    #expect(MaxPods.seenByIPAMD(node: 17, type: "m5.large") == 17)
    let old = BehaviourProfile(release: Release(1, 18, 0))
    #expect(MaxPods.seenByIPAMD(node: nil, type: "m5.large", profile: old) == nil)
  }
}
