import BundleModel

/// The component that wrote a log.
enum LogSource: String, Sendable {
  /// The address manager.
  case ipamd
  /// The plugin that the runtime starts for every pod.
  case plugin
  /// The egress plugins.
  case egress
  /// The network policy agent.
  case npa
  /// The policy agent's library for programs of the kernel.
  case ebpf
  /// The container output of aws-node.
  case awsnode

  /// The source of a member; nil for container output of no interest.
  init?(_ artifact: ArtifactID, path: String) {
    switch artifact {
    case .ipamdLog, .ipamdRotatedLogs: self = .ipamd
    case .pluginLog: self = .plugin
    case .egressLogs: self = .egress
    case .policyAgentLogs: self = path.contains("ebpf-sdk") ? .ebpf : .npa
    case .agentPodLogs: self = path.contains("/aws-eks-nodeagent/") ? .npa : .awsnode
    default: return nil
    }
  }

  /// Whether the lines are in the wrapping of a container's runtime.
  static func isContainerOutput(_ artifact: ArtifactID) -> Bool {
    artifact == .agentPodLogs
  }

  /// The meaning of every `source` column.
  static let columnSummary =
    "What wrote it: ipamd, plugin, egress, npa, ebpf or awsnode; kubelet, kernel, runtime, kubeproxy,"
    + " coredns, network for the host's network managers, or system for journals of everything."
}

extension String {
  /// Text of bytes, cut at a bound with an ellipsis behind it.
  static func text(of bytes: Bytes, limit: Int = FactLimits.messageBytes) -> String {
    guard bytes.count > limit else { return String(bytes) }
    var kept = bytes.prefix(limit)
    // A character is kept whole or not at all.
    while let last = kept.last, last & 0xc0 == 0x80 { kept = kept.dropLast() }
    if let last = kept.last, last >= 0xc0 { kept = kept.dropLast() }
    return String(kept) + "…"
  }
}
