extension ArtifactID {
  /// The kubelet's journal.
  public static let kubeletJournal: Self = "kubelet.journal"
  /// The arguments of the running kubelet.
  public static let kubeletFlags: Self = "kubelet.flags"
  /// The file from which the kubelet's unit takes its arguments.
  public static let kubeletEnvironment: Self = "kubelet.env"
  /// The kubelet's configuration and its drop-ins.
  public static let kubeletConfiguration: Self = "kubelet.config"
  /// The configuration that the running kubelet works with.
  public static let kubeletConfigz: Self = "kubelet.configz"
  /// The kubelet's counters of its own probes.
  public static let kubeletProbeMetrics: Self = "kubelet.metrics_probes"
}

extension Artifact.Derivation {
  /// Arguments and start time of the running kubelet.
  public static let kubeletFlags: Self = "arguments and start time of the running kubelet"
}

extension Artifact {
  /// The kubelet's log, flags and configuration.
  static let kubelet: [Artifact] = [
    Artifact(
      .kubeletJournal,
      "The kubelet's log: failed pod sandboxes, probe failures, network not ready.",
      source: .journal(units: ["kubelet"]),
      path: "kubelet/kubelet.log", holds: .journal, needsRoot: true, timeoutSeconds: 120,
      capBytes: 100 << 20, keeps: .headAndTail, redaction: .log),
    Artifact(
      .kubeletFlags,
      "Arguments of the running kubelet: maximum of pods, configuration path, node address.",
      source: .derived(.kubeletFlags), path: "kubelet/flags.json", timeoutSeconds: 2,
      capBytes: 64 << 10),
    Artifact(
      .kubeletEnvironment,
      "Where the kubelet's unit takes its arguments from.",
      source: .files([
        "/etc/eks/kubelet/environment", "/etc/sysconfig/kubelet", "/etc/default/kubelet",
      ]),
      path: "kubelet/environment", needsRoot: true, timeoutSeconds: 2, capBytes: 64 << 10,
      redaction: .environment),
    Artifact(
      .kubeletConfiguration,
      "The kubelet's configuration: maximum of pods, cluster DNS, reserved resources.",
      source: .files([
        "/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet/config.json.d",
        "/etc/kubernetes/kubelet/kubelet-config.json", "/etc/kubernetes/kubelet/config",
      ]),
      path: "kubelet/config", needsRoot: true, timeoutSeconds: 2, capBytes: 256 << 10,
      redaction: .configuration),
    Artifact(
      .kubeletConfigz,
      "The configuration in force after all drop-ins, where the node's credential may read it.",
      source: .nodeAPI("/api/v1/nodes/{node}/proxy/configz"), path: "kubelet/configz.json",
      holds: .kubernetes, tier: .standard, needsRoot: true, timeoutSeconds: 15,
      capBytes: 256 << 10, redaction: .configuration),
    Artifact(
      .kubeletProbeMetrics,
      "The kubelet's counters of its probes by container, where the node's credential may read them.",
      source: .nodeAPI("/api/v1/nodes/{node}/proxy/metrics/probes"),
      path: "kubelet/metrics_probes.prom", holds: .kubernetes, tier: .standard, needsRoot: true,
      timeoutSeconds: 15, capBytes: 4 << 20),
  ]
}
