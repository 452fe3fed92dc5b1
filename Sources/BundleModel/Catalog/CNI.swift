extension ArtifactID {
  /// The files of the CNI configuration folder.
  public static let cniConfiguration: Self = "cni.conf"
  /// The plugins' programs.
  public static let cniPrograms: Self = "cni.bin"
  /// The results of pods' starts that the runtime remembers.
  public static let cniResults: Self = "cni.results"
  /// The addresses that egress plugins gave out.
  public static let egressAddresses: Self = "cni.egress_ipam"
  /// Files and logs of Multus.
  public static let multus: Self = "cni.multus"
}

extension Artifact.Derivation {
  /// Names, sizes and hashes of the plugins.
  public static let cniPrograms: Self = "names, sizes, modes and SHA-256 of /opt/cni/bin"
}

extension Artifact {
  /// The plugin's configuration, programs and results.
  static let cni: [Artifact] = [
    Artifact(
      .cniConfiguration,
      "The CNI configuration files, sorted by name: the first one is the one in force.",
      source: .files(["/etc/cni/net.d", FoundPath.runtimeCNIFolder.rawValue]), path: "cni/net.d",
      needsRoot: true, timeoutSeconds: 10, capBytes: 512 << 10, redaction: .configuration,
      naming: .fileName),
    Artifact(
      .cniPrograms, "The plugins' programs: missing, half written or of another version.",
      source: .derived(.cniPrograms), path: "cni/bin.json", timeoutSeconds: 10,
      capBytes: 64 << 10),
    Artifact(
      .cniResults, "The address that each pod sandbox was given, as the runtime remembers it.",
      source: .files(["/var/lib/cni/results"]), path: "cni/results", tier: .standard,
      needsRoot: true, capBytes: 256 << 10, groupBytes: 10 << 20, naming: .fileName),
    Artifact(
      .egressAddresses, "The addresses that the egress plugins gave to pods.",
      source: .files(["/run/cni/v4pd/egress-v6-ipam", "/run/cni/v6pd/egress-v4-ipam"]),
      path: "cni/egress", tier: .standard, needsRoot: true, timeoutSeconds: 10,
      capBytes: 64 << 10, groupBytes: 2 << 20, naming: .below("/run/cni")),
    Artifact(
      .multus, "Files and logs of Multus, which delegates to the CNI.",
      source: .files([
        "/etc/cni/net.d/multus.d", "/var/log/pods/kube-system_kube-multus-*",
      ]), path: "cni/multus", tier: .full, needsRoot: true, capBytes: 5 << 20,
      groupBytes: 5 << 20, redaction: .configuration),
  ]
}
