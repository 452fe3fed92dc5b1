/// What is known of an ENI when it enters the store.
public struct ENIAttributes: Hashable, Sendable {
  /// Id.
  public var id: ENIID
  /// Whether it is the node's primary ENI.
  public var isPrimary: Bool
  /// Whether it is the trunk for security groups for pods.
  public var isTrunk: Bool
  /// Whether it is an EFA interface.
  public var isEFA: Bool
  /// Device index on its network card.
  public var device: Int
  /// Subnet id; empty when not known.
  public var subnet: String

  /// Attributes of an ENI; an ordinary secondary one unless said otherwise.
  public init(
    id: ENIID, isPrimary: Bool = false, isTrunk: Bool = false, isEFA: Bool = false,
    device: Int = 0, subnet: String = ""
  ) {
    self.id = id
    self.isPrimary = isPrimary
    self.isTrunk = isTrunk
    self.isEFA = isEFA
    self.device = device
    self.subnet = subnet
  }
}

extension Datastore {
  /// Whether the ENI is in the store.
  public func contains(_ id: ENIID) -> Bool { eniIndex[id] != nil }

  /// Adds an ENI without CIDRs; false if it is there already, and then nothing changes.
  @discardableResult
  public mutating func addENI(_ attributes: ENIAttributes, at now: Instant) -> Bool {
    guard eniIndex[attributes.id] == nil else { return false }
    let record = ENIRecord(
      id: attributes.id, createdAt: now, isPrimary: attributes.isPrimary,
      isTrunk: attributes.isTrunk, isEFA: attributes.isEFA, device: attributes.device,
      subnet: attributes.subnet)
    let slot: Int
    if let vacant = vacantENISlots.popLast() {
      slot = vacant
      eniRecords[slot] = record
    } else {
      slot = eniRecords.count
      eniRecords.append(record)
    }
    eniIndex[attributes.id] = slot
    let place = eniOrder.firstIndex { attributes.id < eniRecords[$0].id } ?? eniOrder.count
    eniOrder.insert(slot, at: place)
    rankENIs()
    return true
  }

  /// Removes an ENI with its CIDRs.
  ///
  /// Without `force` an ENI with assigned addresses stays. With it the pods lose their allocations,
  /// and the store's own counters lose the ENI's CIDRs twice if `subtractsTwice`: a fault that ipamd
  /// has had since 1.9.0.
  ///
  /// - Returns: the keys that lost their address; nil if the ENI is unknown or stays.
  public mutating func removeENI(
    _ id: ENIID, force: Bool, subtractsTwice: Bool
  ) -> [IPAMKey]? {
    guard let slot = eniIndex[id] else { return nil }
    let hadPods = eniRecords[slot].tallies.assigned > 0
    guard force || !hadPods else { return nil }
    var lost: [IPAMKey] = []
    for cidr in eniRecords[slot].cidrs {
      let record = cidrRecords[cidr]
      let times = hadPods && subtractsTwice ? 2 : 1
      total -= record.cidr.size * times
      if record.kind != .single { allocatedPrefixes -= times }
      lost += detachCIDR(cidr)
    }
    let tallies = eniRecords[slot].tallies
    everything -= tallies
    if !eniRecords[slot].isExcluded { usable -= tallies }
    eniRecords[slot].cidrs = []
    eniIndex[id] = nil
    eniOrder.removeAll { $0 == slot }
    vacantENISlots.append(slot)
    rankENIs()
    return lost
  }

  /// Marks an ENI as excluded from giving addresses, or clears the mark.
  public mutating func setExcluded(_ id: ENIID, _ isExcluded: Bool) {
    guard let slot = eniIndex[id], eniRecords[slot].isExcluded != isExcluded else { return }
    eniRecords[slot].isExcluded = isExcluded
    if isExcluded {
      usable -= eniRecords[slot].tallies
    } else {
      usable += eniRecords[slot].tallies
    }
    rankCIDRs(ofENI: slot)
  }

  /// Changes the role of an ENI that is known already.
  public mutating func setRole(_ id: ENIID, isTrunk: Bool, isEFA: Bool) {
    guard let slot = eniIndex[id] else { return }
    eniRecords[slot].isTrunk = isTrunk
    eniRecords[slot].isEFA = isEFA
  }

  /// Numbers the ENIs in ascending order and rebuilds the index of those with free addresses.
  func rankedENIs() -> PositionSet {
    var free = PositionSet(capacity: eniOrder.count)
    for (rank, slot) in eniOrder.enumerated() where !eniRecords[slot].free.isEmpty {
      free.insert(rank)
    }
    return free
  }

  mutating func rankENIs() {
    for (rank, slot) in eniOrder.enumerated() { eniRecords[slot].rank = rank }
    freeENIs = rankedENIs()
  }

  /// Numbers an ENI's CIDRs in ascending order and rebuilds its index of free ones.
  mutating func rankCIDRs(ofENI slot: Int) {
    let cidrs = eniRecords[slot].cidrs
    var free = PositionSet(capacity: cidrs.count)
    for (rank, cidr) in cidrs.enumerated() {
      cidrRecords[cidr].rank = rank
      guard !eniRecords[slot].isExcluded, cidrRecords[cidr].kind == mode,
        cidrRecords[cidr].counts.hasFree
      else { continue }
      free.insert(rank)
    }
    eniRecords[slot].free = free
    if free.isEmpty {
      freeENIs.remove(eniRecords[slot].rank)
    } else {
      freeENIs.insert(eniRecords[slot].rank)
    }
  }
}
