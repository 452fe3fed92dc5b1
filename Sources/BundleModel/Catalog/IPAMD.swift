extension ArtifactID {
  /// The pool as ipamd holds it.
  public static let ipamdENIs: Self = "ipamd.enis"
  /// The pool once more, after everything else was gathered.
  public static let ipamdENIsAgain: Self = "ipamd.enis_again"
  /// Network settings in effect.
  public static let networkSettings: Self = "ipamd.netutils_env"
  /// Five of ipamd's settings in effect.
  public static let ipamdSettings: Self = "ipamd.ipamd_env"
  /// ipamd's counters.
  public static let ipamdMetrics: Self = "ipamd.metrics"
  /// The allocations that ipamd restores when it starts.
  public static let checkpoint: Self = "ipamd.checkpoint"
  /// The environment of the running ipamd, reduced to known names.
  public static let agentEnvironment: Self = "ipamd.agent_env"
  /// Whether ipamd says that it serves.
  public static let ipamdHealth: Self = "ipamd.grpc_health"
  /// How network policy is enforced.
  public static let policyMode: Self = "ipamd.np_mode"
}

extension Artifact.Derivation {
  /// Environment of the running ipamd, known names only.
  public static let agentEnvironment: Self = "environment of the running ipamd, known names only"
  /// ipamd's answer to the health check of gRPC.
  public static let ipamdHealth: Self = "gRPC health check of ipamd"
  /// ipamd's answer to the network policy agent.
  public static let policyMode: Self = "what ipamd tells the network policy agent"
}

extension Artifact {
  /// The state of the address manager.
  static let ipamd: [Artifact] = [
    Artifact(
      .ipamdENIs,
      "The pool: every ENI, prefix and address, and which pod holds it.",
      source: .http(port: 61679, path: "/v1/enis"), path: "ipamd/enis.json", holds: .ipamd,
      capBytes: 8 << 20, stage: .snapshot),
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
      .ipamdMetrics,
      "ipamd's counters: pool size, EC2 errors and latencies, instance limits.",
      source: .http(port: 61678, path: "/metrics"), path: "ipamd/metrics.prom", holds: .ipamd,
      capBytes: 8 << 20, stage: .snapshot),
    Artifact(
      .checkpoint,
      "The allocations that ipamd restores when it starts.",
      source: .files(["/var/run/aws-node/ipam*.json"]), path: "ipamd/checkpoint", needsRoot: true,
      timeoutSeconds: 2, capBytes: 8 << 20, stage: .snapshot, naming: .fileName),
    Artifact(
      .agentEnvironment,
      "The settings and the identity that the running ipamd was started with.",
      source: .derived(.agentEnvironment), path: "ipamd/agent_env.json", needsRoot: true,
      timeoutSeconds: 2, capBytes: 64 << 10),
    Artifact(
      .ipamdHealth,
      "Whether ipamd says that it serves, and where it listens.",
      source: .derived(.ipamdHealth), path: "ipamd/grpc_health.json", needsRoot: true,
      capBytes: 64 << 10),
    Artifact(
      .policyMode,
      "How network policy is enforced: strict mode denies what no policy allows.",
      source: .derived(.policyMode), path: "ipamd/np_mode.json", tier: .standard, needsRoot: true,
      timeoutSeconds: 3, capBytes: 64 << 10),
  ]
}
