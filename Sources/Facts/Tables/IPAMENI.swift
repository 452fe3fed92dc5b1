import BundleModel

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
  var cidrs: Int
  var assigned: Int
  var reading: Int

  /// The declaration of `ipam_eni`.
  public static let schema = Schema<Self>(
    "ipam_eni", "ENIs that the address manager manages.", from: [.ipamdENIs, .ipamdENIsAgain],
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
      Column("cidrs", \.cidrs, "Number of its addresses and prefixes in the pool."),
      Column("assigned", \.assigned, "Number of its addresses that pods hold, counted."),
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
        let cidrs = IntrospectionPool.cidrs(eni)
        rows.append(
          Self(
            networkCard: card.index, eni: id, deviceNumber: eni["DeviceNumber"]?.integer,
            isPrimary: eni["IsPrimary"]?.bool, isTrunk: eni["IsTrunk"]?.bool,
            isEFA: eni["IsEFA"]?.bool, isExcluded: eni["IsExcludedForPodIPs"]?.bool,
            routeTable: eni["RouteTableID"]?.integer, subnet: eni["SubnetID"]?.filledString,
            cidrs: cidrs.count,
            assigned: cidrs.reduce(0) { sum, cidr in
              sum + cidr.addresses.count { IntrospectionPool.isAssigned($0.1) }
            }, reading: input.reading), line: eni.line)
      }
    }
  }
}

/// An address or prefix of an ENI, as the pool holds it.
public struct IPAMCIDR: FactTable {
  var networkCard: Int64
  var eni: String
  var cidr: String
  var family: String?
  var isPrefix: Bool
  var size: Int64?
  var used: Int
  var assigned: Int
  var reading: Int

  /// The declaration of `ipam_cidr`.
  public static let schema = Schema<Self>(
    "ipam_cidr", "Single addresses and delegated prefixes of the pool.",
    from: [.ipamdENIs, .ipamdENIsAgain],
    columns: [
      Column("network_card", \.networkCard, "Index of the network card; 0 where there is one."),
      Column("eni", \.eni, "Id of the ENI."),
      Column("cidr", \.cidr, "The CIDR; a single address ends with /32 or /128."),
      Column("family", \.family, "Address family: ipv4 or ipv6; NULL for masked text."),
      Column("is_prefix", \.isPrefix, "1 for a delegated prefix, 0 for a single address."),
      Column("size", \.size, "Number of its addresses; NULL if it can't be told."),
      Column("used", \.used, "Addresses of it that a pod holds or held since ipamd started."),
      Column("assigned", \.assigned, "Addresses of it that a pod holds."),
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
          let states = addresses.map { IntrospectionPool.state($0.1) }
          rows.append(
            Self(
              networkCard: card.index, eni: id, cidr: cidr,
              family: IntrospectionPool.family(cidr), isPrefix: isPrefix,
              size: IntrospectionPool.size(cidr), used: states.count { $0 != .unused },
              assigned: states.count { $0 == .assigned }, reading: input.reading),
            line: addresses.first?.1.line ?? eni.line)
        }
      }
    }
  }
}
