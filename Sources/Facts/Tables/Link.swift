import BundleModel

/// A network interface of the host.
public struct Link: FactTable {
  var link: LinkText

  /// The declaration of `link`.
  public static let schema = Schema<Self>(
    "link", "Network interfaces of the host.", from: [.links],
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
    ])

  /// Reads `ip -details link show`, as text or as JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var issues: [(String, Int)] = []
    let links = try LinkText.read(&input) { issues.append(($0, $1)) }
    for link in links { rows.append(Self(link: link), line: link.line) }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }
}
