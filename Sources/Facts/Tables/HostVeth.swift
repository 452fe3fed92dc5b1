import BundleModel

/// A link of the host that leads to a pod, and its other end.
public struct HostVeth: FactTable {
  var value: JSONValue

  private static func joined(_ texts: JSONValue?) -> String? {
    let texts = texts?.array?.compactMap(\.string) ?? []
    return texts.isEmpty ? nil : texts.joined(separator: ",")
  }

  /// The declaration of `host_veth`.
  public static let schema = Schema<Self>(
    "host_veth", "Links of the host that lead into pods' namespaces, with their other ends.",
    from: [.hostVeths],
    columns: [
      Column("ifname", { $0.value["ifname"]?.string }, "Name of the host's link."),
      Column("ifindex", { $0.value["ifindex"]?.integer }, "Index of the host's link."),
      Column("kind", { $0.value["kind"]?.string }, "veth or vlan."),
      Column("mac", { $0.value["mac"]?.string }, "MAC address of the host's link."),
      Column("mtu", { $0.value["mtu"]?.integer }, "Largest packet in bytes."),
      Column("operstate", { $0.value["operstate"]?.string }, "UP, DOWN and so on."),
      Column(
        "route_count", { $0.value["routes"]?.array.map { Int64($0.count) } ?? 0 },
        "Host routes through the link."),
      Column(
        "routes", { joined($0.value["routes"]) },
        "Destinations of host routes through the link, separated by commas; NULL if none."),
      Column("netns", { $0.value["peer"]?["netns"]?.string }, "Namespace of the other end."),
      Column("peer_ifname", { $0.value["peer"]?["ifname"]?.string }, "Name of the other end."),
      Column("peer_mac", { $0.value["peer"]?["mac"]?.string }, "MAC address of the other end."),
      Column(
        "peer_addresses",
        { joined($0.value["peer"]?["addresses"]) },
        "Addresses of the other end, separated by commas; NULL if it was not found."),
    ])

  /// Reads the collector's pairs.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for pair in document["links"]?.array ?? [] where pair["ifname"]?.string != nil {
      rows.append(Self(value: pair), line: pair.object?.line)
    }
  }
}
