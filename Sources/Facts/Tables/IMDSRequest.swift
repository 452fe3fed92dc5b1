import BundleModel

/// A question to the instance metadata service, and its answer.
public struct IMDSRequest: FactTable {
  var path: String
  var status: Int64?
  var body: String?
  var error: String?

  /// The declaration of `imds_request`.
  public static let schema = Schema<Self>(
    "imds_request", "Questions to the instance metadata service.",
    from: [.metadataIdentity, .metadataInterfaces],
    columns: [
      Column("path", \.path, "Path below /latest/."),
      Column("status", \.status, "HTTP status; 404 means none, 0 that there was no answer."),
      Column("body", \.body, "Answer as text; NULL if there was none."),
      Column("error", \.error, "Why there was no answer, such as timeout."),
    ])

  /// Reads the collector's list of requests.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for row in requests(document) { rows.append(row, line: nil) }
  }

  static func requests(_ document: JSONValue) -> [Self] {
    (document["requests"]?.array ?? []).compactMap { request in
      request["path"]?.string.map {
        Self(
          path: $0, status: request["status"]?.integer, body: request["body"]?.string,
          error: request["error"]?.filledString)
      }
    }
  }
}

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
        "security_groups",
        { $0.text("security-group-ids").map { $0.split(separator: "\n").joined(separator: ",") } },
        "Security groups, separated by commas."),
      Column(
        "vpc_cidrs",
        {
          $0.text("vpc-ipv4-cidr-blocks").map { $0.split(separator: "\n").joined(separator: ",") }
        }, "IPv4 ranges of the VPC, separated by commas."),
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

/// Whether the metadata service answered, and to whom.
public struct IMDSCheck: FactTable {
  var origin: String
  var netns: String?
  var podAddress: String?
  var method: String
  var status: Int64?
  var error: String?

  /// The declaration of `imds_check`.
  public static let schema = Schema<Self>(
    "imds_check", "Attempts to reach the instance metadata service.", from: [.metadataReach],
    columns: [
      Column("origin", \.origin, "host or pod."),
      Column("netns", \.netns, "Network namespace of the pod; NULL for the host."),
      Column("pod_address", \.podAddress, "Address of the pod; NULL for the host."),
      Column("method", \.method, "`PUT token` or `GET without token`."),
      Column("status", \.status, "HTTP status; NULL or 0 if there was no answer."),
      Column("error", \.error, "Why there was no answer, such as timeout."),
    ])

  /// Reads the collector's list of checks.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for check in document["checks"]?.array ?? [] {
      guard let origin = check["origin"]?.string, let method = check["method"]?.string else {
        rows.unreadable("a check without origin or method", line: check.object?.line)
        continue
      }
      rows.append(
        Self(
          origin: origin, netns: check["netns"]?.filledString,
          podAddress: check["pod_address"]?.filledString, method: method,
          status: check["status"]?.integer, error: check["error"]?.filledString), line: nil)
    }
  }
}
