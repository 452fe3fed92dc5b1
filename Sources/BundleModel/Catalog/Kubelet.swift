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
  /// The settings of the kubelet's snap.
  public static let kubeletSnap: Self = "kubelet.snap"
  /// How the kubelet reaches the API server.
  public static let kubeletKubeconfig: Self = "kubelet.kubeconfig"
  /// The maximum of pods by every source of it.
  public static let maximalPods: Self = "kubelet.maxpods"
  /// Validity of the kubelet's certificates.
  public static let kubeletCertificates: Self = "kubelet.certs"
  /// The pods whose folders the kubelet keeps.
  public static let podFolders: Self = "kubelet.pods_dir"
  /// State files of the kubelet's resource managers.
  public static let kubeletState: Self = "kubelet.state"
  /// Whether the kubelet serves logs, and on which ports it listens.
  public static let kubeletPorts: Self = "kubelet.log_handler"
  /// The credential provider for image pulls.
  public static let imageCredentials: Self = "kubelet.image_credential"
}

extension Artifact.Derivation {
  /// Arguments and start time of the running kubelet.
  public static let kubeletFlags: Self = "arguments and start time of the running kubelet"
  /// Every place that sets the maximum of pods.
  public static let maximalPods: Self =
    "maximum of pods by arguments, configuration, image and nodeadm"
  /// Public fields of certificates.
  public static let kubeletCertificates: Self = "names and validity of the kubelet's certificates"
  /// Names below the kubelet's pod folders.
  public static let podFolders: Self = "names below /var/lib/kubelet/pods, no contents"
  /// Handlers and ports of the kubelet.
  public static let kubeletPorts: Self = "log handler settings and listening ports of the kubelet"
  /// Configuration and programs of the credential provider.
  public static let imageCredentials: Self = "credential provider's configuration and programs"
}

extension Artifact {
  /// The kubelet's log, flags and configuration.
  static let kubelet: [Artifact] = [
    Artifact(
      .kubeletJournal,
      "The kubelet's log: failed pod sandboxes, probe failures, network not ready.",
      source: .journal(units: ["kubelet", "snap.kubelet-eks.daemon"]),
      path: "kubelet/kubelet.log", needs: [.trait(.systemd)], holds: .journal, needsRoot: true,
      timeoutSeconds: 120, capBytes: 100 << 20, keeps: .headAndTail, redaction: .log),
    Artifact(
      .kubeletFlags,
      "Arguments of the running kubelet: maximum of pods, configuration path, node address.",
      source: .derived(.kubeletFlags), path: "kubelet/flags.json", timeoutSeconds: 10,
      capBytes: 64 << 10),
    Artifact(
      .kubeletEnvironment,
      "Where the kubelet's unit takes its arguments from.",
      source: .files([
        "/etc/eks/kubelet/environment", "/etc/sysconfig/kubelet", "/etc/default/kubelet",
        FoundPath.kubeletEnvironmentFiles.rawValue,
      ]),
      path: "kubelet/environment", needsRoot: true, timeoutSeconds: 10, capBytes: 64 << 10,
      redaction: .environment),
    Artifact(
      .kubeletConfiguration,
      "The kubelet's configuration: maximum of pods, cluster DNS, reserved resources.",
      source: .files([
        "/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet/config.json.d",
        "/etc/kubernetes/kubelet/kubelet-config.json", "/etc/kubernetes/kubelet/config",
        FoundPath.kubeletConfiguration.rawValue,
      ]),
      path: "kubelet/config", needsRoot: true, timeoutSeconds: 10, capBytes: 256 << 10,
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
    Artifact(
      .kubeletSnap, "Settings of the kubelet's snap, which stand for its arguments there.",
      source: .command("snap", ["get", "kubelet-eks"]), path: "kubelet/kubelet-eks_service.txt",
      needs: [.trait(.kubeletSnap)], tier: .standard, needsRoot: true, timeoutSeconds: 10,
      capBytes: 64 << 10),
    Artifact(
      .kubeletKubeconfig,
      "How the kubelet reaches the API server: address, CA, cluster and role; no credentials.",
      source: .file([
        FoundPath.kubeletKubeconfig.rawValue, "/var/lib/kubelet/kubeconfig",
        "/etc/kubernetes/kubelet/kubeconfig",
      ]), path: "kubelet/kubeconfig.redacted.yaml", needsRoot: true, timeoutSeconds: 10,
      capBytes: 64 << 10, redaction: .configuration),
    Artifact(
      .maximalPods,
      "The maximum of pods by every source of it: may exceed what the ENIs can address.",
      source: .derived(.maximalPods), path: "kubelet/maxpods.json", holds: .journal,
      timeoutSeconds: 5, capBytes: 64 << 10),
    Artifact(
      .kubeletCertificates, "Until when the kubelet's certificates are valid; no keys.",
      source: .derived(.kubeletCertificates), path: "kubelet/certs.json", tier: .standard,
      needsRoot: true, timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .podFolders, "The pods that the kubelet believes in: names and ages, no contents.",
      source: .derived(.podFolders), path: "kubelet/pods_dir.json", needsRoot: true,
      capBytes: 2 << 20),
    Artifact(
      .kubeletState, "State of the kubelet's processor, memory and device managers.",
      source: .files([
        "/var/lib/kubelet/cpu_manager_state", "/var/lib/kubelet/memory_manager_state",
        "/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint",
      ]), path: "kubelet/state", tier: .full, needsRoot: true, timeoutSeconds: 10,
      capBytes: 512 << 10, naming: .fileName),
    Artifact(
      .kubeletPorts, "Whether the kubelet serves logs and on which ports it listens.",
      source: .derived(.kubeletPorts), path: "kubelet/ports.json", tier: .standard,
      timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .imageCredentials, "How the kubelet gets credentials to pull images.",
      source: .derived(.imageCredentials), path: "kubelet/image-credential-provider.json",
      tier: .standard, needsRoot: true, timeoutSeconds: 10, capBytes: 64 << 10),
  ]
}
