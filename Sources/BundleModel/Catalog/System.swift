extension ArtifactID {
  /// Every unit and its state.
  public static let units: Self = "system.units"
  /// State of the units that decide forwarding.
  public static let unitStates: Self = "system.unit_show"
  /// Unit files and drop-ins of the kubelet and of firewall managers.
  public static let unitFiles: Self = "system.unit_files"
  /// Warnings and errors of every unit since the last boot.
  public static let warnings: Self = "system.journal_kernel_err"
  /// How the instance was set up at its first boot.
  public static let cloudInit: Self = "system.cloudinit"
  /// Journals of nodeadm.
  public static let nodeadm: Self = "system.nodeadm"
  /// The system log of nodes without a lasting journal.
  public static let systemLog: Self = "system.syslog"
  /// Rules of log rotation.
  public static let logRotation: Self = "system.logrotate"
  /// The instance's user data.
  public static let userData: Self = "system.userdata"
}

extension Artifact.Derivation {
  /// Fields of units that decide forwarding, by systemctl show.
  public static let unitStates: Self = "fields of units that decide forwarding, by systemctl show"
  /// Journals of nodeadm and the names of its files.
  public static let nodeadm: Self =
    "journals of nodeadm, one file for each unit, and its files' names"
  /// User data by the metadata service or from disk.
  public static let userData: Self = "user data by the metadata service, or /var/log/user-data.log"
}

extension Artifact {
  /// The units that decide whether pods get a network.
  public static let decisiveUnits = [
    "kubelet.service", "snap.kubelet-eks.daemon.service", "containerd.service", "docker.service",
    "crio.service", "nodeadm-config.service", "nodeadm-run.service", "nodeadm-boot-hook.service",
    "systemd-networkd.service", "systemd-resolved.service", "systemd-udevd.service",
    "NetworkManager.service", "nm-cloud-setup.service", "nm-cloud-setup.timer",
    "firewalld.service", "ufw.service", "nftables.service", "iptables.service",
    "ip6tables.service", "iptables-restore.service", "netfilter-persistent.service",
    "cni-cache-reset.service", "configure-multicard-interfaces.service", "chronyd.service",
    "chrony.service", "amazon-ssm-agent.service",
  ]

  /// The host services that stand in for DaemonSets on EKS Auto Mode nodes.
  public static let autoModeUnits = [
    "kube-proxy", "coredns", "coredns-bootstrap", "eks-healthchecker", "eks-ebs-csi-driver",
    "eks-node-monitoring-agent", "eks-pod-identity-agent",
  ]

  /// Unit files of the decisive units and their drop-ins, in every folder of systemd; `/lib` is a
  /// link to `/usr/lib` where it isn't a folder of its own.
  private static let unitFilePaths: [String] = [
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system",
  ].flatMap { folder in
    (decisiveUnits + autoModeUnits.map { $0 + ".service" }).flatMap { unit in
      ["\(folder)/\(unit)", "\(folder)/\(unit).d"]
    } + ["\(folder)/service.d"]
  }

  /// Services and their units.
  static let system: [Artifact] = [
    Artifact(
      .units, "Every unit and its state: failed or restarting services, firewalls.",
      source: .command(
        "systemctl",
        ["list-units", "--all", "--plain", "--no-legend", "--full", "--no-pager"]),
      path: "system/units.txt", needs: [.trait(.systemd)], timeoutSeconds: 10),
    Artifact(
      .unitStates,
      "State of kubelet, container runtime and firewall managers: who ran last, who is active.",
      source: .derived(.unitStates), path: "system/unit_show.txt", needs: [.trait(.systemd)],
      timeoutSeconds: 10, capBytes: 512 << 10),
    Artifact(
      .unitFiles,
      "Unit files and drop-ins: whether the kubelet's unit sets the FORWARD policy before it starts.",
      source: .files(unitFilePaths), path: "system/unit-files", needsRoot: false,
      capBytes: 1 << 20, redaction: .configuration),
    Artifact(
      .warnings, "Warnings and errors of every unit since the last boot.",
      source: .journal(units: [], options: ["--priority=warning", "--boot"]),
      path: "logs/journal/priority-warning.log", needs: [.trait(.systemd)], holds: .journal,
      tier: .standard, needsRoot: true, timeoutSeconds: 60, capBytes: 10 << 20,
      keeps: .headAndTail, redaction: .log),
    Artifact(
      .cloudInit, "How the instance was set up: a failed start keeps a node from joining.",
      source: .files([
        "/var/log/cloud-init.log", "/var/log/cloud-init-output.log", "/run/cloud-init/status.json",
        "/run/cloud-init/result.json",
      ]), path: "logs/cloud-init", tier: .standard, needsRoot: true, capBytes: 5 << 20,
      keeps: .headAndTail, redaction: .log, naming: .fileName),
    Artifact(
      .nodeadm, "Journals of nodeadm: maximum of pods, network manager, failed joins.",
      source: .derived(.nodeadm), path: "logs/journal", needs: [.trait(.nodeadm)],
      holds: .journal, tier: .standard, needsRoot: true, timeoutSeconds: 30, capBytes: 5 << 20,
      keeps: .headAndTail, redaction: .log),
    Artifact(
      .systemLog, "The system log, where the journal does not outlive a boot.",
      source: .file(["/var/log/messages", "/var/log/syslog"]), path: "logs/syslog/messages",
      tier: .standard, needsRoot: true, timeoutSeconds: 10, capBytes: 20 << 20,
      keeps: .headAndTail, redaction: .log),
    Artifact(
      .logRotation, "Rules of log rotation: explain missing and exploding logs.",
      source: .files([
        "/etc/logrotate.conf", "/etc/logrotate.d", "/etc/systemd/journald.conf",
        "/etc/systemd/journald.conf.d", "/usr/lib/systemd/journald.conf",
        "/usr/lib/systemd/journald.conf.d",
      ]), path: "system/logrotate", tier: .standard, timeoutSeconds: 10, capBytes: 512 << 10),
    Artifact(
      .userData, "The instance's user data: arguments of the bootstrap. Only on request.",
      source: .derived(.userData), path: "system/user-data.redacted", holds: .metadata,
      tier: .standard, needsRoot: true, timeoutSeconds: 5, capBytes: 64 << 10,
      redaction: .configuration),
  ]
}
