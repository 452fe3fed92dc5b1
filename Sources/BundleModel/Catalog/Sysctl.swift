extension ArtifactID {
  /// Every value below `/proc/sys/net`.
  public static let networkSysctls: Self = "sysctl.net"
  /// Values of the kernel, the file systems and the memory.
  public static let otherSysctls: Self = "sysctl.other"
  /// The files that set kernel parameters at boot.
  public static let sysctlFiles: Self = "sysctl.files"
}

extension Artifact.Derivation {
  /// Every value below /proc/sys/net.
  public static let networkSysctls: Self = "every value below /proc/sys/net"
  /// Values of kernel, fs and vm.
  public static let otherSysctls: Self = "values below /proc/sys/kernel, fs and vm"
}

extension Artifact {
  /// Kernel parameters, and the files that set them.
  static let sysctl: [Artifact] = [
    Artifact(
      .networkSysctls, "Kernel parameters of the network: forwarding, reverse path filter.",
      source: .derived(.networkSysctls), path: "sysctl/net.txt", timeoutSeconds: 10,
      capBytes: 4 << 20),
    Artifact(
      .otherSysctls, "Kernel parameters of processes, files and memory.",
      source: .derived(.otherSysctls), path: "sysctl/other.txt", tier: .standard,
      timeoutSeconds: 10, capBytes: 2 << 20),
    Artifact(
      .sysctlFiles, "Which file sets a kernel parameter, and sets it again after a reboot.",
      source: .files([
        "/etc/sysctl.conf", "/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d",
        "/usr/lib/sysctl.d",
      ]),
      path: "sysctl/files", timeoutSeconds: 10, capBytes: 512 << 10),
  ]
}
