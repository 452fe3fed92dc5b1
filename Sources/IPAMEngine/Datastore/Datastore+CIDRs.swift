extension Datastore {
  /// Whether the ENI has the CIDR in the store.
  public func contains(_ cidr: CIDR, on id: ENIID) -> Bool { slot(of: cidr, on: id) != nil }

  func slot(of cidr: CIDR, on id: ENIID) -> Int? {
    guard let eni = eniIndex[id] else { return nil }
    return homes[cidr]?.first { cidrRecords[$0].eni == eni }
  }

  /// Adds a CIDR to an ENI; false if the ENI is unknown or has it already.
  @discardableResult
  public mutating func addCIDR(_ cidr: CIDR, to id: ENIID) -> Bool {
    guard let eni = eniIndex[id], slot(of: cidr, on: id) == nil else { return false }
    generation += 1
    let record = CIDRRecord(
      cidr: cidr, kind: AddressKind(cidr), eni: eni, generation: generation)
    let slot: Int
    if let vacant = vacantCIDRSlots.popLast() {
      slot = vacant
      cidrRecords[slot] = record
    } else {
      slot = cidrRecords.count
      cidrRecords.append(record)
    }
    homes[cidr, default: []].append(slot)
    let place = placeOfCIDR(cidr, onENI: eni)
    eniRecords[eni].cidrs.insert(slot, at: place)
    total += cidr.size
    if record.kind != .single { allocatedPrefixes += 1 }
    add(record.tally, of: record.kind, toENI: eni)
    rankCIDRs(ofENI: eni)
    return true
  }

  private func placeOfCIDR(_ cidr: CIDR, onENI eni: Int) -> Int {
    let slots = eniRecords[eni].cidrs
    var low = 0
    var high = slots.count
    while low < high {
      let middle = (low + high) / 2
      if cidrRecords[slots[middle]].cidr < cidr { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func add(_ tally: Tally, of kind: AddressKind, toENI eni: Int) {
    eniRecords[eni].tallies[kind] += tally
    everything[kind] += tally
    if !eniRecords[eni].isExcluded { usable[kind] += tally }
  }

  /// What became of a request to take a CIDR out of the store.
  public enum CIDRRemoval: Hashable, Sendable {
    /// Gone; these keys lost their address.
    case removed([IPAMKey])
    /// A pod holds an address of it and removal was not forced.
    case inUse
    /// The ENI is unknown or does not have it.
    case unknown
  }

  /// Removes a CIDR from an ENI; cooling addresses do not keep it.
  ///
  /// - Parameter counted: false leaves the store's own total as it is, as the clean-up of an
  ///   excluded ENI does.
  @discardableResult
  public mutating func removeCIDR(
    _ cidr: CIDR, from id: ENIID, force: Bool, counted: Bool = true
  ) -> CIDRRemoval {
    guard let slot = slot(of: cidr, on: id) else { return .unknown }
    guard force || cidrRecords[slot].assigned == 0 else { return .inUse }
    let record = cidrRecords[slot]
    if counted {
      total -= cidr.size
      if record.kind != .single { allocatedPrefixes -= 1 }
    }
    let tally = record.tally
    eniRecords[record.eni].tallies[record.kind] -= tally
    everything[record.kind] -= tally
    if !eniRecords[record.eni].isExcluded { usable[record.kind] -= tally }
    eniRecords[record.eni].cidrs.removeAll { $0 == slot }
    let lost = detachCIDR(slot)
    rankCIDRs(ofENI: record.eni)
    return .removed(lost)
  }

  /// Vacates a CIDR's slot and ends the allocations in it; sums of its ENI are the caller's.
  mutating func detachCIDR(_ slot: Int) -> [IPAMKey] {
    let record = cidrRecords[slot]
    let lost = record.entries.compactMap(\.owner)
    for key in lost where pods[key]?.location.cidr == slot { pods[key] = nil }
    assigned -= record.assigned
    homes[record.cidr]?.removeAll { $0 == slot }
    if homes[record.cidr]?.isEmpty == true { homes[record.cidr] = nil }
    generation += 1
    // A new generation makes queued cooldowns and clean-ups of the old CIDR void.
    cidrRecords[slot] = CIDRRecord(
      cidr: record.cidr, kind: record.kind, eni: record.eni, generation: generation)
    vacantCIDRSlots.append(slot)
    return lost
  }

  /// CIDRs of an ENI in ascending order, of one form or of all.
  public func cidrs(of id: ENIID, kind: AddressKind? = nil) -> [CIDR] {
    guard let eni = eniIndex[id] else { return [] }
    return eniRecords[eni].cidrs.map { cidrRecords[$0] }
      .filter { kind == nil || $0.kind == kind }.map(\.cidr)
  }

  /// CIDRs of an ENI without an assigned address, in ascending order.
  public func idleCIDRs(of id: ENIID, kind: AddressKind? = nil) -> [CIDR] {
    guard let eni = eniIndex[id] else { return [] }
    return eniRecords[eni].cidrs.map { cidrRecords[$0] }
      .filter { $0.assigned == 0 && (kind == nil || $0.kind == kind) }.map(\.cidr)
  }

  // MARK: Excluded ENIs

  /// An emptied CIDR of an excluded ENI leaves the store this long after its last release.
  static let excludedCleanupDelay = Interval.seconds(5)

  mutating func scheduleCleanup(of slot: Int, at now: Instant) {
    cleanups.append(
      ExcludedCleanup(
        due: now + Self.excludedCleanupDelay, slot: slot,
        generation: cidrRecords[slot].generation))
  }

  mutating func cleanUpExcluded(at now: Instant) -> [CIDR] {
    let due = cleanups.filter { $0.due <= now }
    guard !due.isEmpty else { return [] }
    cleanups.removeAll { $0.due <= now }
    var removed: [CIDR] = []
    for item in due where cidrRecords[item.slot].generation == item.generation {
      let record = cidrRecords[item.slot]
      let eni = eniRecords[record.eni]
      guard eni.isExcluded, record.assigned == 0 else { continue }
      // ipamd forgets to subtract these addresses from its own total.
      removeCIDR(record.cidr, from: eni.id, force: false, counted: false)
      removed.append(record.cidr)
    }
    return removed
  }
}
