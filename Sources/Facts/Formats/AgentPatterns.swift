/// The shapes of what the smaller components of the CNI write: egress plugins, network policy agent,
/// its library for programs of the kernel, and the start script or program of aws-node.
enum AgentPatterns {
  static func catalogue(_ source: LogSource) -> PatternCatalogue {
    switch source {
    case .egress: PatternCatalogue(egress)
    case .npa: PatternCatalogue(policyAgent + recovery)
    case .ebpf: PatternCatalogue(recovery)
    case .awsnode: PatternCatalogue(start)
    case .ipamd, .plugin: PatternCatalogue([])
    }
  }

  /// Events of which repeats are one row: waiting, and flows.
  static let states: Set<String> = ["AN_CHECK", "AN_WAIT"]
  static let listings: Set<String> = ["NP_VERDICT"]

  private static let start: [(event: String, shape: String)] = [
    ("AN_INSTALLED", "Installed {path}"),
    ("AN_INSTALL", "Install CNI «binary|binaries»{_}"),
    ("AN_INSTALL_FAIL", "Failed to install {err}"),
    ("AN_START", "«S|s»tarting IPAM daemon{_}"),
    ("AN_CHECK", "«C|c»hecking for IPAM connectivity{_}"),
    ("AN_WAIT", "Retrying waiting for IPAM-D{_}"),
    ("AN_WAIT", "Retrying fetching node-IP{_}"),
    ("AN_TIMEOUT", "«T|t»imed out waiting for IPAM daemon to start{_}"),
    ("AN_START_FAIL", "Failed to execute command: {err}"),
    ("AN_COPY", "«C|c»opying config file{_}"),
    ("AN_COPY_FAIL", "Failed to update 10-aws{err}"),
    ("AN_COPY_FAIL", "Failed to «copy|generate|write|read» {err}"),
    ("AN_READY", "Successfully copied CNI plugin binary and config file{_}"),
    ("AN_RUN", "Foregrounding IPAM daemon{_}"),
  ]

  private static let egress: [(event: String, shape: String)] = [
    ("EG_ADD", "Received an ADD request for: conf={conf}; Plugin enabled={enabled}"),
    ("EG_DEL", "Received «a|an» DEL request for: conf={conf}; Plugin enabled={enabled}"),
    ("EG_DEL", "Received Del Request: conf={conf}; Plugin enabled={enabled}"),
    ("EG_CONF_FAIL", "Received Add request: Failed to parse config{err}"),
    ("EG_CONF_FAIL", "must be called as a chained plugin"),
    ("EG_CONF_FAIL", "failed to get PrevResult: {err}"),
    ("EG_CONF_FAIL", "failed to parse MTU: {err}"),
    ("EG_NO_IPTABLES", "command iptables not found"),
    ("EG_NO_IPV6", "IPv6 address not found on host primary interface {err}"),
    ("EG_SNAT_FAIL", "failed to «setup|set up|add|delete» {err}"),
  ]

  private static let policyAgent: [(event: String, shape: String)] = [
    (
      "NP_VERDICT",
      "Node: {node};SIP: {src};SPORT: {#sport};DIP: {dst};DPORT: {#dport};PROTOCOL: {proto};PolicyVerdict: {verdict}"
    ),
    (
      "NP_VERDICT",
      "Flow Info: Src IP: {src} Src Port: {#sport} Dest IP: {dst} Dest Port: {#dport} Proto: {proto} Verdict: {verdict}"
    ),
    ("NP_NO_IPAMD", "Failed to connect to ipamd{err}"),
    ("NP_NO_IPAMD", "Failed to get network policy configs{err}"),
    ("NP_NO_IPAMD", "Error while fetching networkPolicyMode from ipamd{err}"),
    ("NP_NO_CRD", "{_}no matches for kind \"PolicyEndpoint\"{err}"),
    ("NP_RLIMIT", "Failed to increase RLIMIT{err}"),
    ("NP_LOAD_FAIL", "Unable to load events binary{err}"),
    ("NP_LOAD_FAIL", "Probe validation/update failed but will continue to load{err}"),
    ("NP_COPY_FAIL", "Failed to copy the eBPF binaries to host path{err}"),
    ("NP_ATTACHED", "Successfully attached «Ingress|Egress» TC probe for {what}"),
    ("NP_ATTACH_FAIL", "Failed to Attach «Ingress|Egress» TC probe for {err}"),
    ("NP_MAP_FAIL", "Map update(s) failed{err}"),
  ]

  private static let recovery: [(event: String, shape: String)] = [
    ("NP_RECOVERED", "Successfully recovered BPF state"),
    ("NP_RECOVERY_FAIL", "Failed to recover the BPF state{err}"),
    ("NP_RECOVERY_FAIL", "BPF State Recovery failed{err}"),
    ("NP_RECOVERY_FAIL", "failed to recover global maps{err}"),
    (
      "NP_RECOVERY_FAIL", "got err for «cluster policy |»«ingress|egress» in-mem map{err}"
    ),
  ]
}
