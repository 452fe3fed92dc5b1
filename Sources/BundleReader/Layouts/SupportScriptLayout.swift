import BundleModel

/// The archives of aws-cni-support.sh, which came with the CNI until March 2020: everything beside
/// the logs in one folder.
enum SupportScriptLayout: LayoutAdapter {
  static let kind = BundleKind.supportScript

  // Files end in .output up to version 1.3 of the CNI, in .out since.
  static let marks: [String: Int] = {
    var marks: [String: Int] = [:]
    for (name, weight) in [
      ("eni", 3), ("networkutils-env", 2), ("ipamd-env", 2), ("eni-configs", 2), ("iprule", 1),
      ("iptables-save", 1), ("iptables-nat", 1), ("ifconfig", 1), ("ifconig", 2), ("kubelet", 1),
      ("metrics", 1), ("sysctls", 1), ("route", 1), ("pod", 1),
    ] {
      for end in [".out", ".output"] { marks[name + end] = weight }
    }
    return marks
  }()

  static func placement(of path: String) -> Placement? {
    if path.hasPrefix("cni/") {
      return Placement(.cniConfiguration, origin: "/etc/cni/net.d/" + path.dropFirst(4))
    }
    guard !path.contains("/") else { return nil }
    if path == "messages" { return Placement(.systemLog, origin: "/var/log/messages") }
    for end in [".out", ".output"] where path.hasSuffix(end) {
      return outputs[String(path.dropLast(end.utf8.count))]
    }
    return CNILogNames.placement(path[...])
  }

  private static let outputs: [String: Placement] = [
    "eni": Placement(.ipamdENIs), "pod": Placement(.foreignIPAMDPods),
    "networkutils-env": Placement(.networkSettings), "ipamd-env": Placement(.ipamdSettings),
    "eni-configs": Placement(.eniConfigurations), "metrics": Placement(.ipamdMetrics),
    "kubelet": Placement(.nodePods), "ifconfig": Placement(.foreignIfconfig),
    // So it is spelled up to version 1.3.
    "ifconig": Placement(.foreignIfconfig), "iprule": Placement(.policyRules),
    "route": Placement(.foreignRouteTables), "iptables": Placement("net.iptables_list_filter"),
    "iptables-nat": Placement("net.iptables_list_nat"),
    "iptables-mangle": Placement("net.iptables_list_mangle"),
    "iptables-save": Placement(.iptablesSave), "sysctls": Placement(.networkSysctls),
  ]
}
