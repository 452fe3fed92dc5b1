extension ArtifactID {
  /// The pool as ipamd holds it.
  public static let ipamdENIs: Self = "ipamd.enis"
  /// The pool once more, after everything else was gathered.
  public static let ipamdENIsAgain: Self = "ipamd.enis_again"
  /// Network settings in effect.
  public static let networkSettings: Self = "ipamd.netutils_env"
  /// Five of ipamd's settings in effect.
  public static let ipamdSettings: Self = "ipamd.ipamd_env"
  /// The ENIConfigs as ipamd reads them.
  public static let eniConfigurations: Self = "ipamd.eni_configs"
  /// ipamd's counters.
  public static let ipamdMetrics: Self = "ipamd.metrics"
  /// ipamd's counters once more, after everything else was gathered.
  public static let ipamdMetricsAgain: Self = "ipamd.metrics_again"
  /// The allocations that ipamd restores when it starts.
  public static let checkpoint: Self = "ipamd.checkpoint"
  /// The allocations of further network cards.
  public static let cardCheckpoints: Self = "ipamd.checkpoint_nics"
  /// Sockets and files of ipamd's run folder.
  public static let runFolder: Self = "ipamd.rundir"
  /// The processes of the CNI.
  public static let agentProcesses: Self = "ipamd.agent_proc"
  /// The environment of the running ipamd, reduced to known names.
  public static let agentEnvironment: Self = "ipamd.agent_env"
  /// Who listens on the ports of CNI, kubelet and kube-proxy.
  public static let listeners: Self = "ipamd.listen"
  /// Whether ipamd says that it serves.
  public static let ipamdHealth: Self = "ipamd.grpc_health"
  /// How network policy is enforced.
  public static let policyMode: Self = "ipamd.np_mode"
}

extension Artifact.Derivation {
  /// Environment of the running ipamd, known names only.
  public static let agentEnvironment: Self = "environment of the running ipamd, known names only"
  /// Names, kinds, modes and owners.
  public static let runFolder: Self = "sockets and files of /var/run/aws-node"
  /// State, limits and program of the CNI's processes.
  public static let agentProcesses: Self = "state, limits and program of the CNI's processes"
  /// Listening sockets and their owners.
  public static let listeners: Self = "listening TCP ports of CNI, kubelet and kube-proxy"
  /// ipamd's answer to the health check of gRPC.
  public static let ipamdHealth: Self = "gRPC health check of ipamd"
  /// ipamd's answer to the network policy agent.
  public static let policyMode: Self = "what ipamd tells the network policy agent"
}

extension Artifact {
  /// The state of the address manager.
  static let ipamd: [Artifact] = [
    pool,
    pool.again(
      .ipamdENIsAgain, "The pool once more: what both readings show was not in motion.",
      path: "ipamd/enis.b.json"),
    Artifact(
      .networkSettings,
      "SNAT, node port, connection mark, MTU and veth prefix in use.",
      source: .http(port: 61679, path: "/v1/networkutils-env-settings"),
      path: "ipamd/networkutils-env-settings.json", holds: .ipamd, capBytes: 64 << 10),
    Artifact(
      .ipamdSettings,
      "Warm targets, custom networking and subnet discovery in use.",
      source: .http(port: 61679, path: "/v1/ipamd-env-settings"),
      path: "ipamd/ipamd-env-settings.json", holds: .ipamd, capBytes: 64 << 10),
    Artifact(
      .eniConfigurations, "The ENIConfig that is in force for the node.",
      source: .http(port: 61679, path: "/v1/eni-configs"), path: "ipamd/eni-configs.json",
      holds: .ipamd, tier: .standard, timeoutSeconds: 6, capBytes: 64 << 10),
    counters,
    counters.again(
      .ipamdMetricsAgain, "ipamd's counters once more: what counts up now.",
      path: "ipamd/metrics.b.prom"),
    Artifact(
      .checkpoint,
      "The allocations that ipamd restores when it starts.",
      source: .files(["/var/run/aws-node/ipam.json", FoundPath.checkpoint.rawValue]),
      path: "ipamd/checkpoint", needsRoot: true, timeoutSeconds: 10, capBytes: 8 << 20,
      stage: .snapshot, naming: .fileName),
    Artifact(
      .cardCheckpoints, "The allocations of further network cards.",
      source: .files([
        "/var/run/aws-node/ipam-nic-*.json", FoundPath.cardCheckpoints.rawValue,
      ]), path: "ipamd/checkpoint", needsRoot: true, timeoutSeconds: 10, capBytes: 8 << 20,
      stage: .snapshot, naming: .fileName),
    Artifact(
      .runFolder, "ipamd's sockets, and files that a crash left behind.",
      source: .derived(.runFolder), path: "ipamd/rundir.json", needsRoot: true,
      timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .agentProcesses, "Start time, processor time, limits and program of the CNI's processes.",
      source: .derived(.agentProcesses), path: "ipamd/agent_proc.json", needsRoot: true,
      timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .agentEnvironment,
      "The settings and the identity that the running ipamd was started with.",
      source: .derived(.agentEnvironment), path: "ipamd/agent_env.json", needsRoot: true,
      timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .listeners, "Who listens on the ports of CNI, kubelet and kube-proxy.",
      source: .derived(.listeners), path: "ipamd/listen.json", needsRoot: true,
      timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .ipamdHealth,
      "Whether ipamd says that it serves, and where it listens.",
      source: .derived(.ipamdHealth), path: "ipamd/grpc_health.json", needsRoot: true,
      timeoutSeconds: 5, capBytes: 64 << 10),
    Artifact(
      .policyMode,
      "How network policy is enforced: strict mode denies what no policy allows.",
      source: .derived(.policyMode), path: "ipamd/np_mode.json", tier: .standard, needsRoot: true,
      timeoutSeconds: 3, capBytes: 64 << 10),
  ]

  private static let pool = Artifact(
    .ipamdENIs,
    "The pool: every ENI, prefix and address, and which pod holds it.",
    source: .http(port: 61679, path: "/v1/enis"), path: "ipamd/enis.json", holds: .ipamd,
    capBytes: 8 << 20, stage: .snapshot)

  private static let counters = Artifact(
    .ipamdMetrics,
    "ipamd's counters: pool size, EC2 errors and latencies, instance limits.",
    source: .http(port: 61678, path: "/metrics"), path: "ipamd/metrics.prom", holds: .ipamd,
    capBytes: 8 << 20, stage: .snapshot)
}
