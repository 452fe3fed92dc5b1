import BundleModel

/// What the metadata service says about each interface, by MAC address.
struct IMDSInterfaces {
  /// The interfaces in the order of their addresses, with the leaves that were answered.
  static func read(_ document: JSONValue) -> [(mac: String, leaves: [String: String])] {
    let mark = Array("network/interfaces/macs/".utf8)
    var interfaces: [String: [String: String]] = [:]
    for request in IMDSRequest.requests(document) {
      guard request.status == 200, let body = request.body else { continue }
      let path = Array(request.path.utf8)[...]
      guard let found = path.firstRange(of: mark),
        let (mac, leaf) = path[found.upperBound...].cut(at: UInt8(ascii: "/")), !leaf.isEmpty
      else { continue }
      interfaces[String(mac), default: [:]][String(leaf)] = body
    }
    return interfaces.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

/// An ENI as EC2 sees it.
public struct IMDSENI: FactTable {
  var mac: String
  var leaves: [String: String]

  private func text(_ leaf: String) -> String? {
    guard let body = leaves[leaf] else { return nil }
    let text = String(Array(body.utf8)[...].trimmed)
    return text.isEmpty ? nil : text
  }

  private func list(_ leaf: String) -> String? {
    text(leaf).map { Array($0.utf8)[...].words.map { String($0) }.joined(separator: ",") }
  }

  /// The declaration of `imds_eni`.
  public static let schema = Schema<Self>(
    "imds_eni", "ENIs as the instance metadata service shows them.", from: [.metadataInterfaces],
    columns: [
      Column("mac", \.mac, "MAC address of the ENI."),
      Column("eni", { $0.text("interface-id") }, "Id of the ENI."),
      Column(
        "device_number", { $0.text("device-number").flatMap { Int64($0) } },
        "Device number of its attachment."),
      Column(
        "network_card", { $0.text("network-card").flatMap { Int64($0) } ?? 0 },
        "Index of the network card; 0 where the service does not say."),
      Column("subnet", { $0.text("subnet-id") }, "Subnet of the ENI."),
      Column("vpc", { $0.text("vpc-id") }, "VPC of the ENI."),
      Column("subnet_cidr", { $0.text("subnet-ipv4-cidr-block") }, "IPv4 range of the subnet."),
      Column(
        "security_groups", { $0.list("security-group-ids") },
        "Security groups, separated by commas."),
      Column(
        "vpc_cidrs", { $0.list("vpc-ipv4-cidr-blocks") },
        "IPv4 ranges of the VPC, separated by commas."),
      Column(
        "subnet_ipv6_cidrs", { $0.list("subnet-ipv6-cidr-blocks") },
        "IPv6 ranges of the subnet, separated by commas."),
      Column(
        "vpc_ipv6_cidrs", { $0.list("vpc-ipv6-cidr-blocks") },
        "IPv6 ranges of the VPC, separated by commas."),
      Column("owner", { $0.text("owner-id") }, "Account that owns the ENI."),
    ])

  /// Joins the answers about each interface.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for (mac, leaves) in IMDSInterfaces.read(document) {
      rows.append(Self(mac: mac, leaves: leaves), line: nil)
    }
  }
}

/// An address or prefix that EC2 has given to an ENI.
public struct IMDSAddress: FactTable {
  var mac: String
  var address: String
  var kind: String
  var isPrimary: Bool

  /// The declaration of `imds_address`.
  public static let schema = Schema<Self>(
    "imds_address", "Addresses that EC2 has given to the instance's ENIs.",
    from: [.metadataInterfaces],
    columns: [
      Column("mac", \.mac, "MAC address of the ENI."),
      Column("address", \.address, "Address, or prefix as a CIDR."),
      Column("kind", \.kind, "ipv4, ipv4-prefix, ipv6 or ipv6-prefix."),
      Column("is_primary", \.isPrimary, "1 for the ENI's own IPv4 address; else 0."),
    ])

  /// Reads the lists of addresses of each interface.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    let kinds = [
      ("local-ipv4s", "ipv4"), ("ipv4-prefix", "ipv4-prefix"), ("ipv6s", "ipv6"),
      ("ipv6-prefix", "ipv6-prefix"),
    ]
    for (mac, leaves) in IMDSInterfaces.read(document) {
      for (leaf, kind) in kinds {
        let words = Array((leaves[leaf] ?? "").utf8)[...].words
        for (index, word) in words.enumerated() {
          rows.append(
            Self(
              mac: mac, address: String(word), kind: kind, isPrimary: kind == "ipv4" && index == 0),
            line: nil)
        }
      }
    }
  }
}
