extension ArtifactID {
  /// State of the units that decide forwarding.
  public static let unitStates: Self = "system.unit_show"
  /// Unit files and drop-ins of the kubelet and of firewall managers.
  public static let unitFiles: Self = "system.unit_files"
}

extension Artifact.Derivation {
  /// Fields of units that decide forwarding, by systemctl show.
  public static let unitStates: Self = "fields of units that decide forwarding, by systemctl show"
}

extension Artifact {
  /// Services and their units.
  static let system: [Artifact] = [
    Artifact(
      .unitStates,
      "State of kubelet, container runtime and firewall managers: who ran last, who is active.",
      source: .derived(.unitStates), path: "system/unit_show.txt", timeoutSeconds: 10,
      capBytes: 512 << 10),
    Artifact(
      .unitFiles,
      "Unit files and drop-ins: whether the kubelet's unit sets the FORWARD policy before it starts.",
      source: .files([
        "/etc/systemd/system/kubelet.service", "/etc/systemd/system/kubelet.service.d",
        "/usr/lib/systemd/system/kubelet.service", "/usr/lib/systemd/system/kubelet.service.d",
        "/run/systemd/system/kubelet.service.d",
        "/etc/systemd/system/iptables.service", "/usr/lib/systemd/system/iptables.service",
        "/etc/systemd/system/iptables-restore.service",
        "/usr/lib/systemd/system/netfilter-persistent.service",
        "/usr/lib/systemd/system/firewalld.service", "/usr/lib/systemd/system/ufw.service",
      ]),
      path: "system/unit-files", needsRoot: false, capBytes: 1 << 20,
      redaction: .configuration),
  ]
}
