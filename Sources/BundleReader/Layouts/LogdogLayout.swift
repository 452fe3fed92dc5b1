import BundleModel

/// The archives of Bottlerocket's logdog.
enum LogdogLayout: LayoutAdapter {
  static let kind = BundleKind.logdog
  /// The folder in which its files stand.
  static let topFolder = "bottlerocket-logs/"

  static let marks: [String: Int] = [
    "logdog.errors": 3, "journalctl.log": 1,
    "journalctl.errors": 1, "journalctl-boots": 1, "proc-mounts": 1, "signpost": 1,
    "containerd-config-host": 1, "kube-status": 1, "df-inodes": 1,
  ]

  static func placement(of path: String) -> Placement? {
    if let exact = exact[path] { return exact }
    return path.contains("/") ? nil : CNILogNames.placement(path[...])
  }

  private static let exact: [String: Placement] = [
    "containerd-config": Placement(.runtimeConfiguration, origin: "/etc/containerd/config.toml"),
    "df": Placement(.foreignDiskUse), "df-inodes": Placement(.foreignInodeUse),
    "proc-mounts": Placement(.foreignProcMounts, origin: "/proc/mounts"),
    "dmesg": Placement(.foreignKernelMessages),
    "journalctl.errors": Placement(.warnings), "journalctl.log": Placement(.foreignJournal),
    "iptables-filter": Placement("net.iptables_list_filter"),
    "iptables-nat": Placement("net.iptables_list_nat"),
    "os-release": Placement(.osRelease, origin: "/etc/os-release"),
    "settings.json": Placement(.foreignBottlerocketSettings),
    "kube-status": Placement(.foreignKubeletStatus),
  ]
}
