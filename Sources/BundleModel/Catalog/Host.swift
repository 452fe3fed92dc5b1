extension ArtifactID {
  /// Kernel, host name, boot id and boot time.
  public static let hostIdentity: Self = "host.identity"
  /// The operating system's own description.
  public static let osRelease: Self = "host.os_release"
}

extension Artifact.Derivation {
  /// Kernel, host name, boot id and boot time.
  public static let hostIdentity: Self = "kernel, host name, boot id and boot time"
}

extension Artifact {
  /// What machine this is.
  static let host: [Artifact] = [
    Artifact(
      .hostIdentity,
      "Kernel, host name, boot id and boot time: names the node and anchors its logs.",
      source: .derived(.hostIdentity), path: "host/identity.json", timeoutSeconds: 2,
      capBytes: 64 << 10, stage: .snapshot),
    Artifact(
      .osRelease,
      "The operating system, which decides defaults such as the iptables backend.",
      source: .file(["/etc/os-release", "/usr/lib/os-release"]), path: "host/os-release",
      timeoutSeconds: 2, capBytes: 64 << 10),
  ]
}
