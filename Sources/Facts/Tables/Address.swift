import BundleModel

/// An address of one of the host's interfaces.
public struct Address: FactTable {
  var ifname: String
  var ifindex: Int64?
  var address: LinkText.AddressText

  private var key: IPRange? { IPRange(address.address) }
  private var network: IPRange? {
    address.prefixLength.flatMap { IPRange("\(address.address)/\($0)") }
  }

  /// The declaration of `address`.
  public static let schema = Schema<Self>(
    "address", "Addresses of the host's interfaces.", from: [.addresses, .foreignIfconfig],
    columns: [
      Column("ifname", \.ifname, "Name of the interface."),
      Column("ifindex", \.ifindex, "Index of the interface."),
      Column("family", \.address.family, "Address family: ipv4 or ipv6."),
      Column("address", \.address.address, "The address, without its prefix length."),
      Column("prefix_length", \.address.prefixLength, "Bits of the network part."),
      Column("scope", \.address.scope, "global, link or host."),
      Column("is_primary", \.address.isPrimary, "0 for a secondary address; else 1."),
      Column("peer", \.address.peer, "Other end of a point-to-point link."),
      Column("metric", \.address.metric, "Preference of its network's route."),
      Column("valid_s", \.address.validSeconds, "Seconds that it stays valid; NULL for ever."),
      Column("flags", \.address.flags, "Words such as dynamic or tentative, separated by commas."),
      Column("address_key", { $0.key?.firstKey }, .addressKey("address", "only")),
      Column("network_first_key", { $0.network?.firstKey }, .addressKey("the network", "first")),
      Column("network_last_key", { $0.network?.lastKey }, .addressKey("the network", "last")),
    ])

  /// Reads `ip address show`, as text or as JSON, or `ifconfig`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var issues: [(String, Int?)] = []
    let links = try LinkText.read(&input) { issues.append(($0, $1)) }
    for link in links {
      for row in of(link) { rows.append(row, line: row.address.line) }
    }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }

  /// The addresses of a link.
  static func of(_ link: LinkText) -> [Self] {
    link.addresses.map { Self(ifname: link.ifname, ifindex: link.ifindex, address: $0) }
  }
}

extension Address: RereadTable {
  static var again: [ArtifactID] { [.addressesAgain] }
}
