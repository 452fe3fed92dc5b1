import BundleModel

/// The pool of one network card, as ipamd counts it.
public struct IPAMPool: FactTable {
  var networkCard: Int64
  var total: Int64?
  var assigned: Int64?

  /// The declaration of `ipam_pool`.
  public static let schema = Schema<Self>(
    "ipam_pool", "Pools of the address manager, by network card.", from: [.ipamdENIs],
    columns: [
      Column("network_card", \.networkCard, "Index of the network card; 0 where there is one."),
      Column("total", \.total, "Addresses as the address manager counts them."),
      Column("assigned", \.assigned, "Assigned addresses as the address manager counts them."),
    ])

  /// Reads `/v1/enis` of any release.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    let cards = IntrospectionPool.cards(document)
    if cards.isEmpty { rows.unreadable("not a pool: the endpoint is gone or empty", line: nil) }
    for card in cards {
      rows.append(
        Self(
          networkCard: card.index, total: card.object["TotalIPs"]?.integer,
          assigned: card.object["AssignedIPs"]?.integer), line: card.object.line)
    }
  }
}

/// An ENI of the pool.
public struct IPAMENI: FactTable {
  var networkCard: Int64
  var eni: String
  var deviceNumber: Int64?
  var isPrimary: Bool?
  var isTrunk: Bool?
  var isEFA: Bool?
  var isExcluded: Bool?
  var routeTable: Int64?
  var subnet: String?

  /// The declaration of `ipam_eni`.
  public static let schema = Schema<Self>(
    "ipam_eni", "ENIs that the address manager manages.", from: [.ipamdENIs],
    columns: [
      Column("network_card", \.networkCard, "Index of the network card; 0 where there is one."),
      Column("eni", \.eni, "Id of the ENI."),
      Column("device_number", \.deviceNumber, "Device number of its attachment."),
      Column("is_primary", \.isPrimary, "1 for the instance's first ENI; else 0."),
      Column("is_trunk", \.isTrunk, "1 if it carries branch ENIs; NULL before 1.7."),
      Column("is_efa", \.isEFA, "1 for an EFA device; NULL in old releases."),
      Column("is_excluded", \.isExcluded, "1 if pods get no addresses of it; NULL before 1.22."),
      Column("route_table", \.routeTable, "Routing table of the ENI; NULL before 1.20.3."),
      Column("subnet", \.subnet, "Subnet of the ENI; NULL before 1.22."),
    ])

  /// Reads `/v1/enis` of any release.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for card in IntrospectionPool.cards(document) {
      for (id, eni) in IntrospectionPool.enis(card) {
        rows.append(
          Self(
            networkCard: card.index, eni: id, deviceNumber: eni["DeviceNumber"]?.integer,
            isPrimary: eni["IsPrimary"]?.bool, isTrunk: eni["IsTrunk"]?.bool,
            isEFA: eni["IsEFA"]?.bool, isExcluded: eni["IsExcludedForPodIPs"]?.bool,
            routeTable: eni["RouteTableID"]?.integer, subnet: eni["SubnetID"]?.filledString),
          line: eni.line)
      }
    }
  }
}

/// An address or prefix of the pool.
public struct IPAMAddress: FactTable {
  var networkCard: Int64
  var eni: String
  var cidr: String
  var isPrefix: Bool
  var address: String?
  var isAssigned = false
  var network: String?
  var containerID: String?
  var ifname: String?
  var namespace: String?
  var pod: String?
  var assignedUs: Int64?
  var unassignedUs: Int64?
  var vethSuffix: String?

  /// The declaration of `ipam_address`.
  public static let schema = Schema<Self>(
    "ipam_address",
    "Addresses of the pool: one row for each that was ever used, and for each CIDR that was not.",
    from: [.ipamdENIs],
    columns: [
      Column("network_card", \.networkCard, "Index of the network card; 0 where there is one."),
      Column("eni", \.eni, "Id of the ENI."),
      Column("cidr", \.cidr, "CIDR that the address belongs to."),
      Column("is_prefix", \.isPrefix, "1 for a delegated prefix, 0 for a single address."),
      Column("address", \.address, "The address; NULL for a prefix of which none was used yet."),
      Column("is_assigned", \.isAssigned, "1 if a pod holds it; else 0."),
      Column("network", \.network, "Name of the network in the holder's key."),
      Column("container_id", \.containerID, "Sandbox that holds it; NULL since 1.23."),
      Column("ifname", \.ifname, "Interface inside the pod; NULL since 1.23."),
      Column("namespace", \.namespace, "Namespace of the pod; NULL before 1.11."),
      Column("pod", \.pod, "Name of the pod; NULL before 1.11."),
      Column("assigned_us", \.assignedUs, "When it was assigned, microseconds since 1970 UTC."),
      Column("unassigned_us", \.unassignedUs, "When it was released, microseconds since 1970 UTC."),
      Column(
        "veth_suffix", \.vethSuffix,
        "What the pod's host interface is called behind its prefix, 11 hexadecimal digits."),
    ])

  /// Reads `/v1/enis` of any release.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for card in IntrospectionPool.cards(document) {
      for (id, eni) in IntrospectionPool.enis(card) {
        for (cidr, isPrefix, addresses) in IntrospectionPool.cidrs(eni) {
          let unused = Self(networkCard: card.index, eni: id, cidr: cidr, isPrefix: isPrefix)
          if addresses.isEmpty {
            var row = unused
            row.address = isPrefix ? nil : cidr.split(separator: "/").first.map { String($0) }
            rows.append(row, line: eni.line)
          }
          for (address, object) in addresses {
            var row = unused
            row.address = address
            row.read(object)
            rows.append(row, line: object.line)
          }
        }
      }
    }
  }

  private init(networkCard: Int64, eni: String, cidr: String, isPrefix: Bool) {
    self.networkCard = networkCard
    self.eni = eni
    self.cidr = cidr
    self.isPrefix = isPrefix
  }

  private mutating func read(_ object: JSONObject) {
    isAssigned = IntrospectionPool.isAssigned(object)
    let key = object["IPAMKey"]
    network = key?["networkName"]?.filledString
    containerID = key?["containerID"]?.filledString
    ifname = key?["ifName"]?.filledString
    namespace = object["IPAMMetadata"]?["k8sPodNamespace"]?.filledString
    pod = object["IPAMMetadata"]?["k8sPodName"]?.filledString
    assignedUs = Timestamp.whole(object["AssignedTime"]?.string)
    unassignedUs = Timestamp.whole(object["UnassignedTime"]?.string)
    vethSuffix = SHA1.vethSuffix(namespace: namespace, pod: pod)
  }
}
