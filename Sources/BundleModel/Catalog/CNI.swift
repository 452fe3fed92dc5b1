extension ArtifactID {
  /// The files of the CNI configuration folder.
  public static let cniConfiguration: Self = "cni.conf"
  /// The address manager's log and its rotated generations.
  public static let ipamdLog: Self = "logs.ipamd"
  /// The log of the CNI plugin, which the runtime starts for every pod.
  public static let pluginLog: Self = "logs.plugin"
  /// Sizes and times of every file in the CNI's log folder.
  public static let cniLogListing: Self = "logs.cni_dir"
}

extension Artifact.Derivation {
  /// Sizes and times of the CNI's log files.
  public static let cniLogListing: Self = "sizes and times of the CNI's log files"
}

extension Artifact {
  /// The plugin's configuration and the logs of the CNI's components.
  static let cni: [Artifact] = [
    Artifact(
      .cniConfiguration,
      "The CNI configuration files, sorted by name: the first one is the one in force.",
      source: .files(["/etc/cni/net.d"]), path: "cni/net.d", needsRoot: true, timeoutSeconds: 2,
      capBytes: 512 << 10, redaction: .configuration, naming: .fileName),
    Artifact(
      .ipamdLog,
      "The address manager's log: growth and shrinking of the pool, EC2's refusals, restarts.",
      source: .files(["/var/log/aws-routed-eni/ipamd*.log"]), path: "logs/aws-routed-eni",
      needsRoot: true, timeoutSeconds: 60, capBytes: 128 << 20, keeps: .headAndTail,
      redaction: .log, stage: .logs, naming: .fileName),
    Artifact(
      .pluginLog,
      "The plugin's log: the result of every pod's start and stop.",
      source: .files(["/var/log/aws-routed-eni/plugin*.log"]), path: "logs/aws-routed-eni",
      needsRoot: true, timeoutSeconds: 30, capBytes: 64 << 20, keeps: .headAndTail, redaction: .log,
      stage: .logs, naming: .fileName),
    Artifact(
      .cniLogListing,
      "Sizes and times of the CNI's log files: shows rotation and what was left out.",
      source: .derived(.cniLogListing), path: "logs/aws-routed-eni.listing.json", needsRoot: true,
      timeoutSeconds: 2, capBytes: 64 << 10, stage: .logs),
  ]
}
