extension Datastore {
  /// Contradictions inside the store, in words; empty for a sound one. Walks the pool.
  ///
  /// Recomputes from the addresses what the store keeps as running sums and indexes, and checks
  /// that an address has one place and one owner, and a key one address.
  public func inconsistencies() -> [String] {
    var found: [String] = []
    var all = Tallies()
    var included = Tallies()
    var seenCIDRs: Set<CIDR> = []
    var owners = 0
    for (rank, slot) in eniOrder.enumerated() {
      let eni = eniRecords[slot]
      if eni.rank != rank { found.append("\(eni.id) has rank \(eni.rank), not \(rank)") }
      var sum = Tallies()
      for (rank, cidrSlot) in eni.cidrs.enumerated() {
        let record = cidrRecords[cidrSlot]
        if !seenCIDRs.insert(record.cidr).inserted { found.append("\(record.cidr) is held twice") }
        if record.rank != rank || record.eni != slot {
          found.append("\(record.cidr) is not where its ENI has it")
        }
        let tally = Self.recount(record)
        sum[record.kind] += tally
        owners += tally.assigned
        found += wrongOwners(of: record, in: cidrSlot)
        let isFree =
          record.kind == mode && !eni.isExcluded
          && tally.assigned + tally.cooling < record.cidr.size
        if eni.free.contains(rank) != isFree { found.append("free index of \(record.cidr)") }
      }
      if sum != eni.tallies { found.append("sums of \(eni.id)") }
      if freeENIs.contains(rank) == eni.free.isEmpty { found.append("free index of \(eni.id)") }
      all += sum
      if !eni.isExcluded { included += sum }
    }
    if all != everything { found.append("sums over all ENIs") }
    if included != usable { found.append("sums over usable ENIs") }
    if owners != assigned { found.append("assigned is \(assigned), not \(owners)") }
    if owners != pods.count { found.append("\(pods.count) keys for \(owners) addresses") }
    return found
  }

  private static func recount(_ record: CIDRRecord) -> Tally {
    let assigned = record.entries.count { $0.owner != nil }
    return Tally(
      total: record.cidr.size, assigned: assigned,
      cooling: record.entries.count { $0.isCooling }, cidrs: 1, idleCIDRs: assigned == 0 ? 1 : 0)
  }

  private func wrongOwners(of record: CIDRRecord, in slot: Int) -> [String] {
    record.entries.compactMap { entry in
      guard let owner = entry.owner else { return nil }
      if entry.isCooling { return "\(record.cidr.address(at: entry.offset)) cools under a pod" }
      let location = pods[owner]?.location
      guard location == AddressLocation(cidr: slot, offset: entry.offset) else {
        return "\(owner) is not known at \(record.cidr.address(at: entry.offset))"
      }
      return nil
    }
  }
}
