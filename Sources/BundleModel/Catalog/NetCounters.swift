extension ArtifactID {
  /// Neighbour tables.
  public static let neighbours: Self = "net.neigh"
  /// Counters of connection tracking.
  public static let trackingCounters: Self = "net.conntrack_stats"
  /// Second reading of the counters of connection tracking.
  public static let trackingCountersAgain: Self = "net.conntrack_stats_again"
  /// Tracked connections by kind.
  public static let trackingSummary: Self = "net.conntrack_summary"
  /// Every tracked IPv4 connection.
  public static let trackedConnections: Self = "net.conntrack_full"
  /// Every tracked IPv6 connection.
  public static let trackedConnections6: Self = "net.conntrack_full6"
  /// Counters of the protocols.
  public static let protocolCounters: Self = "net.snmp"
  /// Second reading of the counters of the protocols.
  public static let protocolCountersAgain: Self = "net.snmp_again"
  /// Sockets per state and listening ports.
  public static let sockets: Self = "net.sockets"
  /// Queueing disciplines and their drops.
  public static let queues: Self = "net.qdisc"
  /// Drivers and driver counters of the ENIs.
  public static let driverStatistics: Self = "net.ethtool"
  /// Second reading of the driver counters of the ENIs.
  public static let driverStatisticsAgain: Self = "net.ethtool_again"
  /// The device tree's view of the interfaces.
  public static let interfaceFiles: Self = "net.sysfs"
  /// XDP programs and filters.
  public static let attachedPrograms: Self = "net.xdp_tc"
}

extension Artifact.Derivation {
  /// Neighbours and their limits, by netlink.
  public static let neighbours: Self = "neighbours and their limits, by netlink"
  /// Connection tracking's fill level and counters per processor.
  public static let trackingCounters: Self = "fill level and counters of connection tracking"
  /// Tracked connections counted by kind, by netlink.
  public static let trackingSummary: Self = "tracked connections counted by kind, by netlink"
  /// Counters of protocols and packet queues, word for word.
  public static let protocolCounters: Self = "counters of protocols and packet queues"
  /// Sockets counted by state, by netlink.
  public static let sockets: Self = "sockets counted by state, by netlink"
  /// Queueing disciplines with counters, by netlink.
  public static let queues: Self = "queueing disciplines with counters, by netlink"
  /// Driver, rings, queues and driver counters of each ENI.
  public static let driverStatistics: Self = "driver, rings, queues and counters of each ENI"
  /// Files below /sys/class/net.
  public static let interfaceFiles: Self = "files below /sys/class/net"
  /// XDP programs and filters of every link, by netlink.
  public static let attachedPrograms: Self = "XDP programs and filters of every link, by netlink"
}

extension Artifact {
  /// What the kernel and the drivers count, and what is under way.
  static let netCounters: [Artifact] =
    [
      protocols, tracking, drivers,
      protocols.again(
        .protocolCountersAgain, "Counters of the protocols at the end: which ones rise.",
        path: "net/again/snmp.json"),
      tracking.again(
        .trackingCountersAgain, "Counters of connection tracking at the end: which ones rise.",
        path: "net/again/conntrack_stats.json"),
      drivers.again(
        .driverStatisticsAgain, "Driver counters of the ENIs at the end: which ones rise.",
        path: "net/again/ethtool.json"),
    ] + traffic

  private static let protocols = Artifact(
    .protocolCounters,
    "Counters of the protocols: packets dropped by rp_filter, listen queues, packet queues.",
    source: .derived(.protocolCounters), path: "net/snmp.json", timeoutSeconds: 10)

  private static let tracking = Artifact(
    .trackingCounters, "How full the table of tracked connections is, and what it dropped.",
    source: .derived(.trackingCounters), path: "net/conntrack_stats.json", timeoutSeconds: 10,
    capBytes: 256 << 10)

  private static let drivers = Artifact(
    .driverStatistics,
    "Drivers and driver counters of the ENIs: packets beyond the instance's allowances.",
    source: .derived(.driverStatistics), path: "net/ethtool.json", capBytes: 2 << 20)

  private static let trackingNeeds: [Need] = [
    .module("nf_conntrack"), .module("nf_conntrack_netlink"),
  ]

  private static let traffic: [Artifact] = [
    Artifact(
      .trackingSummary,
      "Tracked connections by kind: exhausted ports, storms of DNS. No address is kept.",
      source: .derived(.trackingSummary), path: "net/conntrack_summary.json",
      needs: trackingNeeds, tier: .standard, needsRoot: true, timeoutSeconds: 30),
    Artifact(
      .trackedConnections, "Every tracked IPv4 connection, for single flows.",
      source: .command("conntrack", ["-L", "-f", "ipv4", "-o", "extended"]),
      path: "net/conntrack.txt", needs: trackingNeeds, tier: .full, needsRoot: true,
      timeoutSeconds: 75, capBytes: 64 << 20),
    Artifact(
      .trackedConnections6, "Every tracked IPv6 connection.",
      source: .command("conntrack", ["-L", "-f", "ipv6", "-o", "extended"]),
      path: "net/conntrack6.txt", needs: trackingNeeds, tier: .full, needsRoot: true,
      timeoutSeconds: 75, capBytes: 64 << 20),
    Artifact(
      .neighbours, "Neighbours and the limits of their table: an overflow, a gateway that fails.",
      source: .derived(.neighbours), path: "net/neigh.json", tier: .standard,
      capBytes: 8 << 20),
    Artifact(
      .sockets, "Sockets per state and listening ports: exhausted ports, taken ports.",
      source: .derived(.sockets), path: "net/sockets.json", tier: .standard, needsRoot: true,
      capBytes: 4 << 20),
    Artifact(
      .queues, "Queueing disciplines with drops: the bandwidth plugin's limits.",
      source: .derived(.queues), path: "net/qdisc.json", tier: .standard, timeoutSeconds: 10,
      capBytes: 2 << 20),
    Artifact(
      .interfaceFiles, "Which hardware and which driver stand behind each interface.",
      source: .derived(.interfaceFiles), path: "net/sysfs.json", timeoutSeconds: 10,
      capBytes: 4 << 20),
    Artifact(
      .attachedPrograms,
      "Programs at the interfaces: whether network policies are attached, and rivals.",
      source: .derived(.attachedPrograms), path: "net/tc_filters.json", tier: .standard,
      needsRoot: true, timeoutSeconds: 10, capBytes: 4 << 20),
  ]
}
