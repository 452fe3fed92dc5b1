extension Datastore {
  /// Whether the ENI is excluded from giving addresses.
  public func isExcluded(_ id: ENIID) -> Bool {
    eniIndex[id].map { eniRecords[$0].isExcluded } ?? false
  }

  /// CIDRs on an ENI, single addresses and prefixes together.
  public func cidrCount(of id: ENIID) -> Int {
    eniIndex[id].map { eniRecords[$0].tallies.cidrs } ?? 0
  }

  /// ENIs that growth may give more CIDRs, in ascending order.
  func allocatableENIs(limit: Int, skipsTrunk: Bool, skipsPrimary: Bool) -> [ENIID] {
    eniOrder.map { eniRecords[$0] }.filter { eni in
      eni.tallies.cidrs < limit && !(skipsTrunk && eni.isTrunk)
        && !(skipsPrimary && eni.isPrimary) && !eni.isExcluded
    }.map(\.id)
  }

  /// Whether an ENI is neither primary, trunk nor EFA and has no pods.
  public var hasIdleENI: Bool {
    eniOrder.contains { slot in
      let eni = eniRecords[slot]
      return !eni.isPrimary && !eni.isTrunk && !eni.isEFA && eni.tallies.assigned == 0
    }
  }

  /// An ENI as a candidate for release; other ENIs are judged from running sums.
  ///
  /// - Parameter eniCooling: how long an ENI cools as a whole; nil where addresses cool singly.
  func releaseCandidate(
    _ id: ENIID, at now: Instant, eniCooling: Interval?
  ) -> PoolPolicy.ReleaseCandidate? {
    guard let slot = eniIndex[id] else { return nil }
    let eni = eniRecords[slot]
    var others = usable
    if !eni.isExcluded { others -= eni.tallies }
    let isCooling: Bool
    if let eniCooling {
      isCooling = eni.releasedAt.map { now - $0 < eniCooling } ?? false
    } else {
      isCooling = eni.tallies.cooling > 0
    }
    return PoolPolicy.ReleaseCandidate(
      id: id, isPrimary: eni.isPrimary, isTrunk: eni.isTrunk, isEFA: eni.isEFA,
      age: now - eni.createdAt, isCooling: isCooling, assigned: eni.tallies.assigned,
      othersAvailable: others[mode].total - others[mode].assigned, othersTotal: others[mode].total,
      othersFreeCIDRs: others.single.idleCIDRs + others.prefix.idleCIDRs)
  }

  /// Whether one of the store's CIDRs contains the address.
  public func holds(_ address: IPAddress) -> Bool { location(of: address) != nil }

  /// How many cooldowns end, or ended, no further from a moment than `tolerance`; walks the pool.
  public func coolingEnds(within tolerance: Interval, of moment: Instant) -> Int {
    snapshot.flatMap(\.addresses).count { address in
      guard address.owner == nil, let releasedAt = address.releasedAt else { return false }
      let distance = moment - (releasedAt + cooldown)
      return abs(distance.nanoseconds) <= tolerance.nanoseconds
    }
  }

  /// Allocations as the checkpoint file stores them, in ascending order of the addresses.
  var checkpoint: [CheckpointEntry] {
    snapshot.flatMap(\.addresses).compactMap { address in
      guard let key = address.owner else { return nil }
      return CheckpointEntry(
        key: key, address: address.address, allocatedAt: address.assignedAt,
        metadata: pods[key]?.metadata ?? PodMetadata())
    }.sorted { $0.address < $1.address }
  }

  // MARK: Everything

  /// The whole content, ENIs in ascending order; walks the pool.
  public var snapshot: [ENISnapshot] {
    eniOrder.map { slot in
      let eni = eniRecords[slot]
      let cidrs = eni.cidrs.map { cidrRecords[$0] }
      let addresses = cidrs.flatMap { record in
        record.entries.map { entry in
          AddressSnapshot(
            address: record.cidr.address(at: entry.offset), owner: entry.owner,
            assignedAt: entry.assignedAt, releasedAt: entry.releasedAt,
            isCooling: entry.isCooling)
        }
      }
      return ENISnapshot(
        attributes: ENIAttributes(
          id: eni.id, isPrimary: eni.isPrimary, isTrunk: eni.isTrunk, isEFA: eni.isEFA,
          device: eni.device, subnet: eni.subnet), isExcluded: eni.isExcluded,
        createdAt: eni.createdAt, cidrs: cidrs.map(\.cidr), addresses: addresses)
    }
  }
}

/// An ENI of a store with all that the store knows of it.
public struct ENISnapshot: Hashable, Sendable {
  /// Id, role, device and subnet.
  public let attributes: ENIAttributes
  /// Whether it gives no addresses.
  public let isExcluded: Bool
  /// When it entered the store.
  public let createdAt: Instant
  /// Its CIDRs in ascending order.
  public let cidrs: [CIDR]
  /// Addresses that the store remembers, in ascending order.
  public let addresses: [AddressSnapshot]
}

/// An address that a store remembers.
public struct AddressSnapshot: Hashable, Sendable {
  /// The address.
  public let address: IPAddress
  /// The pod that holds it; nil when it was given back.
  public let owner: IPAMKey?
  /// When its pod was added; nil when not known.
  public let assignedAt: Instant?
  /// When it was given back; nil while held, or when never.
  public let releasedAt: Instant?
  /// Whether its cooldown runs.
  public let isCooling: Bool
}
