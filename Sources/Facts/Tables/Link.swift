import BundleModel

/// A network interface of the host.
public struct Link: FactTable {
  var link: LinkText

  /// The declaration of `link`.
  public static let schema = Schema<Self>(
    "link", "Network interfaces of the host.", from: [.links, .foreignIfconfig],
    columns: [
      Column("ifname", \.link.ifname, "Name of the interface."),
      Column("ifindex", \.link.ifindex, "Index of the interface in the host's namespace."),
      Column("kind", \.link.kind, "Kind such as veth or bridge; NULL for hardware."),
      Column("mac", \.link.mac, "MAC address."),
      Column("mtu", \.link.mtu, "Largest packet in bytes."),
      Column("operstate", \.link.operstate, "UP, DOWN, UNKNOWN or LOWERLAYERDOWN."),
      Column("flags", \.link.flags, "Flags such as UP and LOWER_UP, separated by commas."),
      Column("peer_ifindex", \.link.peerIfindex, "Index of the other end in its own namespace."),
      Column("netns", \.link.netns, "Name or number of the namespace of the other end."),
      Column("master", \.link.master, "Bridge or bond that the interface belongs to."),
      Column(
        "lower", \.link.lower, "Lower device, or the other end where it is in the same namespace."),
      Column("is_up", \.link.isUp, "1 if it was set up, 0 if not; NULL without flags."),
      Column("has_carrier", \.link.hasCarrier, "1 if its line is connected, 0 if not; else NULL."),
      Column("vlan_id", \.link.vlan, "Number of a VLAN link; NULL for others."),
      Column("altnames", \.link.altnames, "Further names, separated by commas."),
      Column("xdp_program_id", \.link.xdpProgram, "Id of its XDP program; NULL without one."),
      Column("rx_bytes", \.link.received?.bytes, "Bytes received; NULL if not printed."),
      Column("rx_packets", \.link.received?.packets, "Packets received."),
      Column("rx_errors", \.link.received?.errors, "Packets received with errors."),
      Column("rx_dropped", \.link.received?.dropped, "Packets received and dropped."),
      Column("tx_bytes", \.link.sent?.bytes, "Bytes sent; NULL if not printed."),
      Column("tx_packets", \.link.sent?.packets, "Packets sent."),
      Column("tx_errors", \.link.sent?.errors, "Packets that could not be sent."),
      Column("tx_dropped", \.link.sent?.dropped, "Packets dropped before they were sent."),
    ])

  /// Reads `ip -details link show`, as text or as JSON, or `ifconfig`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var issues: [(String, Int?)] = []
    let links = try LinkText.read(&input) { issues.append(($0, $1)) }
    for link in links { rows.append(Self(link: link), line: link.line) }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }
}

extension Link: RereadTable {
  static var again: [ArtifactID] { [.linksAgain] }
}
