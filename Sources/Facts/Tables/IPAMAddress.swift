import BundleModel

/// An address or prefix of the pool.
public struct IPAMAddress: FactTable {
  var networkCard: Int64
  var eni: String
  var cidr: String
  var isPrefix: Bool
  var address: String?
  var family: String?
  var state = IntrospectionPool.AddressState.unused
  var network: String?
  var containerID: String?
  var ifname: String?
  var namespace: String?
  var pod: String?
  var interfaces: Int64?
  var assignedUs: Int64?
  var unassignedUs: Int64?
  var vethSuffix: String?
  var reading: Int

  /// Microseconds that a released address rests before it is given out again, unless
  /// IP_COOLDOWN_PERIOD says otherwise.
  static let cooldownUs: Int64 = 30_000_000

  /// The declaration of `ipam_address`.
  public static let schema = Schema<Self>(
    "ipam_address",
    "Addresses of the pool: one row for each that was ever used, and for each CIDR that was not.",
    from: [.ipamdENIs, .ipamdENIsAgain],
    columns: [
      Column("network_card", \.networkCard, "Index of the network card; 0 where there is one."),
      Column("eni", \.eni, "Id of the ENI."),
      Column("cidr", \.cidr, "CIDR that the address belongs to."),
      Column("is_prefix", \.isPrefix, "1 for a delegated prefix, 0 for a single address."),
      Column("address", \.address, "The address; NULL for a prefix of which none was used yet."),
      Column("is_assigned", { $0.state == .assigned }, "1 if a pod holds it; else 0."),
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
      Column("family", \.family, "Address family: ipv4 or ipv6; NULL for masked text."),
      Column(
        "state", { $0.state.rawValue },
        "assigned, released (held by a pod since ipamd started, but not now) or unused."),
      Column(
        "cooldown_until_us",
        { $0.state == .released ? $0.unassignedUs.map { $0 + cooldownUs } : nil },
        "When a released address may be given out again with the usual 30 s of"
          + " IP_COOLDOWN_PERIOD, microseconds since 1970 UTC."),
      Column(
        "interfaces", \.interfaces, "Interfaces that the pod asked for; NULL before 1.20."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end."),
    ])

  /// Reads `/v1/enis` of any release.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for card in IntrospectionPool.cards(document) {
      for (id, eni) in IntrospectionPool.enis(card) {
        for (cidr, isPrefix, addresses) in IntrospectionPool.cidrs(eni) {
          let unused = Self(
            networkCard: card.index, eni: id, cidr: cidr, isPrefix: isPrefix,
            family: IntrospectionPool.family(cidr), reading: input.reading)
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

  private init(
    networkCard: Int64, eni: String, cidr: String, isPrefix: Bool, family: String?, reading: Int
  ) {
    self.networkCard = networkCard
    self.eni = eni
    self.cidr = cidr
    self.isPrefix = isPrefix
    self.family = family
    self.reading = reading
  }

  private mutating func read(_ object: JSONObject) {
    state = IntrospectionPool.state(object)
    let key = object["IPAMKey"]
    network = key?["networkName"]?.filledString
    containerID = key?["containerID"]?.filledString
    ifname = key?["ifName"]?.filledString
    namespace = object["IPAMMetadata"]?["k8sPodNamespace"]?.filledString
    pod = object["IPAMMetadata"]?["k8sPodName"]?.filledString
    interfaces = object["IPAMMetadata"]?["interfacesCount"]?.integer
    assignedUs = Timestamp.whole(object["AssignedTime"]?.string)
    unassignedUs = Timestamp.whole(object["UnassignedTime"]?.string)
    vethSuffix = SHA1.vethSuffix(namespace: namespace, pod: pod)
  }
}
