extension ArtifactID {
  /// The address manager's log.
  public static let ipamdLog: Self = "logs.ipamd"
  /// The compressed older generations of the address manager's log.
  public static let ipamdRotatedLogs: Self = "logs.ipamd_rotated"
  /// The log of the CNI plugin, which the runtime starts for every pod.
  public static let pluginLog: Self = "logs.plugin"
  /// The logs of the egress plugins.
  public static let egressLogs: Self = "logs.egress"
  /// The logs of the network policy agent.
  public static let policyAgentLogs: Self = "logs.npa"
  /// Sizes and times of every file in the CNI's log folder.
  public static let cniLogListing: Self = "logs.cni_dir"
  /// The same listing at the end of the run.
  public static let cniLogListingAgain: Self = "logs.cni_dir_again"
  /// Container logs of aws-node.
  public static let agentPodLogs: Self = "logs.pod.aws_node"
  /// Container logs of kube-proxy.
  public static let proxyPodLogs: Self = "logs.pod.kube_proxy"
  /// Container logs of CoreDNS.
  public static let dnsPodLogs: Self = "logs.pod.coredns"
  /// Container logs of the pod identity agent.
  public static let identityPodLogs: Self = "logs.pod.identity"
  /// Container logs of the node monitoring agent.
  public static let monitoringPodLogs: Self = "logs.pod.nma"
  /// Container logs of pods that the user named.
  public static let requestedPodLogs: Self = "logs.pod.extra"
  /// Container logs of storage drivers.
  public static let storagePodLogs: Self = "logs.csi"
  /// Journals of the programs that manage the host's network.
  public static let networkJournals: Self = "logs.networkd"
  /// Journals of Auto Mode services.
  public static let autoModeJournals: Self = "logs.automode"
}

extension Artifact.Derivation {
  /// Sizes and times of the CNI's log files.
  public static let cniLogListing: Self = "sizes and times of the CNI's log files"
  /// Journals of network managers, one file for each unit.
  public static let networkJournals: Self =
    "journals of networkd, NetworkManager, udevd and EC2 helpers"
  /// Journals of Auto Mode services, one file for each unit.
  public static let autoModeJournals: Self = "journals of the services of EKS Auto Mode"
}

extension Artifact {
  /// What the CNI's components and the system's pods wrote. These files are copied before anything
  /// asks ipamd, which logs every question.
  static let logs: [Artifact] = [
    listing,
    listing.again(
      .cniLogListingAgain, "The same listing at the end: what was rotated during the run.",
      path: "logs/aws-routed-eni.listing.b.json"),
    Artifact(
      .ipamdLog,
      "The address manager's log: growth and shrinking of the pool, EC2's refusals, restarts.",
      source: .files(["/var/log/aws-routed-eni/ipamd*.log", FoundPath.ipamdLog.rawValue]),
      path: logFolder, needsRoot: true, timeoutSeconds: 60, capBytes: 128 << 20,
      groupBytes: 256 << 20, keeps: .headAndTail, redaction: .log, stage: .logs,
      naming: .fileName),
    Artifact(
      .ipamdRotatedLogs,
      "Compressed older generations of the address manager's log, as they are.",
      source: .files([
        "/var/log/aws-routed-eni/ipamd-*.log.gz", FoundPath.ipamdRotatedLogs.rawValue,
      ]), path: logFolder, tier: .standard, needsRoot: true, timeoutSeconds: 60,
      capBytes: 64 << 20, groupBytes: 256 << 20, redaction: .none, stage: .logs,
      naming: .fileName),
    Artifact(
      .pluginLog,
      "The plugin's log: the result of every pod's start and stop.",
      source: .files(["/var/log/aws-routed-eni/plugin*.log", FoundPath.pluginLog.rawValue]),
      path: logFolder, needsRoot: true, timeoutSeconds: 30, capBytes: 64 << 20,
      groupBytes: 128 << 20, keeps: .headAndTail, redaction: .log, stage: .logs,
      naming: .fileName),
    Artifact(
      .egressLogs, "Logs of the egress plugins, which give pods addresses of the other family.",
      source: .files(["/var/log/aws-routed-eni/egress-v*.log", FoundPath.egressLogs.rawValue]),
      path: logFolder, tier: .standard, needsRoot: true, timeoutSeconds: 10,
      capBytes: 16 << 20, groupBytes: 32 << 20, keeps: .headAndTail, redaction: .log,
      stage: .logs, naming: .fileName),
    Artifact(
      .policyAgentLogs, "Logs of the network policy agent: denied packets, failed programs.",
      source: .files([
        "/var/log/aws-routed-eni/network-policy-agent*.log",
        "/var/log/aws-routed-eni/network-policy-agent-*.log.gz",
        "/var/log/aws-routed-eni/ebpf-sdk*.log",
      ]), path: logFolder, needsRoot: true, timeoutSeconds: 30, capBytes: 128 << 20,
      groupBytes: 128 << 20, keeps: .headAndTail, redaction: .log, stage: .logs,
      naming: .fileName),
    podLogs(
      .agentPodLogs, "What aws-node's containers wrote: a crash before the log file is open.",
      ["kube-system_aws-node-*"], tier: .minimum, capBytes: 64 << 20, seconds: 30),
    podLogs(
      .proxyPodLogs, "What kube-proxy wrote: slow rules, its mode, conntrack settings.",
      ["kube-system_kube-proxy-*"]),
    podLogs(.dnsPodLogs, "What CoreDNS wrote on this node.", ["kube-system_coredns-*"]),
    podLogs(
      .identityPodLogs, "What the pod identity agent wrote: the CNI's credentials may fail there.",
      ["kube-system_eks-pod-identity-agent-*"]),
    podLogs(
      .monitoringPodLogs, "What the node monitoring agent found.",
      ["kube-system_eks-node-monitoring-agent-*"], capBytes: 8 << 20),
    Artifact(
      .requestedPodLogs, "Container logs of the pods that were asked for.",
      source: .files([FoundPath.requestedPodLogs.rawValue]), path: podFolder, tier: .standard,
      needsRoot: true, timeoutSeconds: 30, capBytes: 64 << 20, groupBytes: 64 << 20,
      keeps: .headAndTail,
      redaction: .log, naming: .below("/var/log/pods")),
    podLogs(
      .storagePodLogs, "What storage drivers wrote.",
      [
        "ebs-csi-*", "efs-csi-*", "fsx-csi-*", "fsx-openzfs-csi-*", "file-cache-csi-*", "s3-csi*",
      ].map { "kube-system_" + $0 } + ["mount-s3_mp-*", "mount-s3_hr-*"], tier: .full,
      capBytes: 32 << 20, seconds: 30),
    Artifact(
      .networkJournals, "Who took addresses, routes or rules away: managers of the network.",
      source: .derived(.networkJournals), path: "logs/journal", needs: [.trait(.systemd)],
      holds: .journal, tier: .standard, needsRoot: true, timeoutSeconds: 30,
      capBytes: 16 << 20, keeps: .headAndTail, redaction: .log),
    Artifact(
      .autoModeJournals, "Journals of the services that stand in for DaemonSets on Auto Mode.",
      source: .derived(.autoModeJournals), path: "logs/journal",
      needs: [.trait(.autoMode)], holds: .journal, tier: .standard, needsRoot: true,
      timeoutSeconds: 30, capBytes: 32 << 20, keeps: .headAndTail, redaction: .log),
  ]

  private static let logFolder = "logs/aws-routed-eni"
  private static let podFolder = "logs/pods"

  private static let listing = Artifact(
    .cniLogListing,
    "Sizes and times of the CNI's log files: shows rotation and what was left out.",
    source: .derived(.cniLogListing), path: "logs/aws-routed-eni.listing.json", needsRoot: true,
    timeoutSeconds: 10, capBytes: 64 << 10, stage: .logs)

  /// Logs below the folder in which the kubelet keeps them, older generations included.
  private static func podLogs(
    _ id: ArtifactID, _ summary: String, _ names: [String], tier: Tier = .standard,
    capBytes: Int = 16 << 20, seconds: Double = 15
  ) -> Artifact {
    Artifact(
      id, summary, source: .files(names.map { "/var/log/pods/" + $0 }), path: podFolder,
      tier: tier, needsRoot: true, timeoutSeconds: seconds, capBytes: capBytes,
      groupBytes: capBytes, keeps: .headAndTail, redaction: .log, stage: .logs,
      naming: .below("/var/log/pods"))
  }
}
