import BundleModel

/// An address of one of the host's interfaces.
public struct Address: FactTable {
  var ifname: String
  var ifindex: Int64?
  var address: LinkText.AddressText

  /// The declaration of `address`.
  public static let schema = Schema<Self>(
    "address", "Addresses of the host's interfaces.", from: [.addresses],
    columns: [
      Column("ifname", \.ifname, "Name of the interface."),
      Column("ifindex", \.ifindex, "Index of the interface."),
      Column("family", \.address.family, "Address family: ipv4 or ipv6."),
      Column("address", \.address.address, "The address, without its prefix length."),
      Column("prefix_length", \.address.prefixLength, "Bits of the network part."),
      Column("scope", \.address.scope, "global, link or host."),
      Column("is_primary", \.address.isPrimary, "0 for a secondary address; else 1."),
    ])

  /// Reads `ip address show`, as text or as JSON.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var issues: [(String, Int)] = []
    let links = try LinkText.read(&input) { issues.append(($0, $1)) }
    for link in links {
      for address in link.addresses {
        rows.append(
          Self(ifname: link.ifname, ifindex: link.ifindex, address: address), line: address.line)
      }
    }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }
}
