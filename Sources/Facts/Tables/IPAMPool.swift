import BundleModel

/// The pool of one network card, as ipamd counts it.
public struct IPAMPool: FactTable {
  var networkCard: Int64
  var total: Int64?
  var assigned: Int64?
  var countedTotal: Int64?
  var countedAssigned: Int64 = 0
  var oldestRelease: String
  var reading: Int

  /// The declaration of `ipam_pool`.
  public static let schema = Schema<Self>(
    "ipam_pool", "Pools of the address manager, by network card.",
    from: [.ipamdENIs, .ipamdENIsAgain],
    columns: [
      Column("network_card", \.networkCard, "Index of the network card; 0 where there is one."),
      Column("total", \.total, "Addresses as the address manager counts them."),
      Column("assigned", \.assigned, "Assigned addresses as the address manager counts them."),
      Column(
        "counted_total", \.countedTotal,
        "Addresses of all listed CIDRs; NULL if they are more than a number can hold."),
      Column(
        "counted_assigned", \.countedAssigned,
        "Listed addresses that a pod holds: the counters of the address manager may drift."),
      Column(
        "oldest_release", \.oldestRelease,
        "Oldest release of the CNI that answers in this shape, such as 1.20.3; a copy that was"
          + " trimmed looks older than it is."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end."),
    ])

  /// Reads `/v1/enis` of any release.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    let cards = IntrospectionPool.cards(document)
    if cards.isEmpty { rows.unreadable("not a pool: the endpoint is gone or empty", line: nil) }
    for card in cards {
      var row = Self(
        networkCard: card.index, total: card.object["TotalIPs"]?.integer,
        assigned: card.object["AssignedIPs"]?.integer, countedTotal: 0,
        oldestRelease: IntrospectionPool.oldestRelease(card, of: document),
        reading: input.reading)
      for (_, eni) in IntrospectionPool.enis(card) {
        for (cidr, _, addresses) in IntrospectionPool.cidrs(eni) {
          row.count(cidr, addresses.map(\.1))
        }
      }
      rows.append(row, line: card.object.line)
    }
  }

  private mutating func count(_ cidr: String, _ addresses: [JSONObject]) {
    countedAssigned += Int64(addresses.count { IntrospectionPool.isAssigned($0) })
    guard let known = countedTotal, let size = IntrospectionPool.size(cidr) else {
      countedTotal = nil
      return
    }
    let (sum, overflow) = known.addingReportingOverflow(size)
    countedTotal = overflow ? nil : sum
  }
}
