extension ArtifactID {
  /// Names of the network policy agent's pins.
  public static let policyPins: Self = "ebpf.pins"
  /// BPF programs of the kernel.
  public static let policyPrograms: Self = "ebpf.progs"
  /// BPF maps of the kernel.
  public static let policyMaps: Self = "ebpf.maps"
  /// Rules of IPv4 network policies as the agent prints them.
  public static let policyDump: Self = "ebpf.dump"
  /// Rules of IPv6 network policies as the agent prints them.
  public static let policyDump6: Self = "ebpf.dump_v6"
  /// Metrics of the network policy agent.
  public static let policyMetrics: Self = "ebpf.npa_metrics"
  /// Health checks of the network policy agent.
  public static let policyHealth: Self = "ebpf.npa_health"
}

extension Artifact.Derivation {
  /// Names of pinned programs and maps.
  public static let policyPins: Self = "names of pinned programs and maps"
  /// Programs, by bpf(2).
  public static let policyPrograms: Self = "programs, by bpf(2)"
  /// Maps and entry counts, by bpf(2).
  public static let policyMaps: Self = "maps and entry counts, by bpf(2)"
  /// What aws-eks-na-cli prints about each map.
  public static let policyDump: Self = "what aws-eks-na-cli prints about each map"
  /// What aws-eks-na-cli-v6 prints about each map.
  public static let policyDump6: Self = "what aws-eks-na-cli-v6 prints about each map"
  /// The answers of the agent's health checks.
  public static let agentHealth: Self = "answers of the agent's health checks"
}

extension Artifact {
  /// Network policy in the kernel.
  static let ebpf: [Artifact] = [
    Artifact(
      .policyPins,
      "Names of pinned programs and maps: pods under policy, and pins that outlived their pod.",
      source: .derived(.policyPins), path: "ebpf/pins.json", needsRoot: true, timeoutSeconds: 10,
      capBytes: 2 << 20),
    Artifact(
      .policyPrograms, "BPF programs of the kernel: loaded policies, and those of another CNI.",
      source: .derived(.policyPrograms), path: "ebpf/progs.json", tier: .standard, needsRoot: true,
      capBytes: 4 << 20),
    Artifact(
      .policyMaps,
      "BPF maps and how full the policy agent's maps are: its connection table, rules of pods.",
      source: .derived(.policyMaps), path: "ebpf/maps.json", tier: .standard, needsRoot: true,
      timeoutSeconds: 10, capBytes: 4 << 20),
    Artifact(
      .policyDump, "The rules of IPv4 network policies that the kernel holds.",
      source: .derived(.policyDump), path: "ebpf/dump-v4", needs: [.trait(.cniDaemonSet)],
      tier: .full, needsRoot: true, timeoutSeconds: 60, capBytes: 32 << 20),
    Artifact(
      .policyDump6, "The rules of IPv6 network policies that the kernel holds.",
      source: .derived(.policyDump6), path: "ebpf/dump-v6", needs: [.trait(.cniDaemonSet)],
      tier: .full, needsRoot: true, timeoutSeconds: 60, capBytes: 32 << 20),
    Artifact(
      .policyMetrics, "Metrics of the network policy agent: how long it takes to apply a policy.",
      source: .http(port: 8162, path: "/metrics"), path: "ebpf/npa_metrics.prom", tier: .standard,
      capBytes: 4 << 20),
    Artifact(
      .policyHealth, "Whether the network policy agent calls itself alive and ready.",
      source: .derived(.agentHealth), path: "ebpf/npa_health.json", tier: .standard,
      timeoutSeconds: 5, capBytes: 64 << 10),
  ]
}
