/// An address of a pod and where it is.
public struct PodAddress: Hashable, Sendable {
  /// The address.
  public let address: IPAddress
  /// ENI that holds it.
  public let eni: ENIID
  /// Device index of that ENI on its card.
  public let device: Int
  /// Network card of the store.
  public let networkCard: Int
}

/// What became of a request for an address.
public enum Assignment: Hashable, Sendable {
  /// The pod has this address now.
  case assigned(PodAddress)
  /// The pod had this address before: repeating an ADD changes nothing.
  case alreadyAssigned(PodAddress)
  /// No address of the mode can be handed out.
  case noneAvailable
  /// The checkpoint could not be written, so the assignment was undone.
  case checkpointFailed
  /// The address that was observed could not have been handed out by this store.
  case notAssignable(IPAddress, Obstacle)

  /// Why an address cannot be handed out.
  public enum Obstacle: Hashable, Sendable {
    /// No CIDR of the current mode contains it.
    case notInStore
    /// Its ENI is excluded.
    case excludedENI
    /// Another pod has it.
    case inUse(IPAMKey)
    /// Its cooldown is not over.
    case cooling
  }
}

extension Datastore {
  /// The address the key holds.
  public func address(of key: IPAMKey) -> PodAddress? {
    pods[key].map { podAddress($0.location) }
  }

  /// Metadata stored with the key's address.
  public func metadata(of key: IPAMKey) -> PodMetadata? { pods[key]?.metadata }

  /// Whether an address could be handed out now.
  public var hasFreeAddress: Bool { !freeENIs.isEmpty }

  func podAddress(_ location: AddressLocation) -> PodAddress {
    let cidr = cidrRecords[location.cidr]
    let eni = eniRecords[cidr.eni]
    return PodAddress(
      address: cidr.cidr.address(at: location.offset), eni: eni.id, device: eni.device,
      networkCard: networkCard)
  }

  /// Gives the pod an address.
  ///
  /// - Parameters:
  ///   - choice: the address ipamd was seen to choose; nil takes the lowest.
  ///   - checkpointWritten: false if writing the checkpoint fails, which undoes the assignment.
  public mutating func assign(
    _ key: IPAMKey, metadata: PodMetadata, choice: IPAddress? = nil, at now: Instant,
    checkpointWritten: Bool = true
  ) -> Assignment {
    advance(to: now)
    if let known = pods[key] { return .alreadyAssigned(podAddress(known.location)) }
    let slot: Int
    var wanted: Int?
    if let choice {
      switch locate(choice) {
      case .success(let location): (slot, wanted) = (location.cidr, location.offset)
      case .failure(let refusal): return .notAssignable(choice, refusal.obstacle)
      }
    } else {
      guard let eniRank = freeENIs.first,
        let cidrRank = eniRecords[eniOrder[eniRank]].free.first
      else { return .noneAvailable }
      slot = eniRecords[eniOrder[eniRank]].cidrs[cidrRank]
    }
    let offset = cidrRecords[slot].takeUnused(preferring: wanted)
    guard checkpointWritten else { return .checkpointFailed }
    let entry = AddressEntry(offset: offset, owner: key, assignedAt: now)
    update(slot) { $0.insertAssigned(entry) }
    let location = AddressLocation(cidr: slot, offset: offset)
    pods[key] = Allocation(location: location, metadata: metadata)
    return .assigned(podAddress(location))
  }

  private struct Refusal: Error {
    let obstacle: Assignment.Obstacle
  }

  private func locate(_ address: IPAddress) -> Result<AddressLocation, Refusal> {
    guard let location = location(of: address, kind: mode) else {
      return .failure(Refusal(obstacle: .notInStore))
    }
    let record = cidrRecords[location.cidr]
    guard !eniRecords[record.eni].isExcluded else {
      return .failure(Refusal(obstacle: .excludedENI))
    }
    let (index, found) = record.search(location.offset)
    guard found else { return .success(location) }
    if let owner = record.entries[index].owner { return .failure(Refusal(obstacle: .inUse(owner))) }
    if record.entries[index].isCooling { return .failure(Refusal(obstacle: .cooling)) }
    return .success(location)
  }

  /// Finds the CIDR that contains an address, of one form or of any.
  func location(of address: IPAddress, kind: AddressKind? = nil) -> AddressLocation? {
    let lengths: [Int] =
      switch (address.family, kind) {
      case (.v6, .some(.prefixV6)), (.v6, nil): [80]
      case (.v4, .some(.single)): [32]
      case (.v4, .some(.prefix)): [28]
      case (.v4, nil): [32, 28]
      default: []
      }
    for length in lengths {
      let cidr = CIDR(address, length: length)
      guard let slot = homes[cidr]?.first, let offset = cidr.offset(of: address) else { continue }
      return AddressLocation(cidr: slot, offset: offset)
    }
    return nil
  }

  /// Restores an allocation of a checkpoint.
  public mutating func restore(
    _ key: IPAMKey, metadata: PodMetadata, address: IPAddress, assignedAt: Instant?
  ) -> Restoration {
    guard let location = location(of: address) else { return .unknownAddress }
    // ipamd refuses an address which its map holds in any state; here only owners can be left.
    guard !cidrRecords[location.cidr].search(location.offset).found else { return .duplicate }
    let entry = AddressEntry(offset: location.offset, owner: key, assignedAt: assignedAt)
    update(location.cidr) { $0.insertAssigned(entry) }
    pods[key] = Allocation(location: location, metadata: metadata)
    return .restored(podAddress(location))
  }

  /// What became of an entry of a checkpoint.
  public enum Restoration: Hashable, Sendable {
    /// The pod has its address again.
    case restored(PodAddress)
    /// No ENI holds the address: presumed stale and dropped.
    case unknownAddress
    /// The address is in the store already: ipamd cannot start.
    case duplicate
  }

  /// Takes the address back from the key; nil if the key holds none.
  ///
  /// The address starts to cool unless the checkpoint could not be written.
  public mutating func unassign(_ key: IPAMKey, at now: Instant) -> Unassignment? {
    advance(to: now)
    guard let allocation = pods.removeValue(forKey: key) else { return nil }
    let location = allocation.location
    let (index, _) = cidrRecords[location.cidr].search(location.offset)
    // A negative period means that nothing cools.
    let cools = cooldown >= Interval(nanoseconds: 0)
    update(location.cidr) { $0.release(at: index, now: now, cools: cools) }
    if cools {
      coolingQueue.append(
        CoolingAddress(
          location: location, generation: cidrRecords[location.cidr].generation, releasedAt: now))
    }
    let eni = cidrRecords[location.cidr].eni
    eniRecords[eni].releasedAt = now
    if eniRecords[eni].isExcluded, cidrRecords[location.cidr].assigned == 0 {
      scheduleCleanup(of: location.cidr, at: now)
    }
    return Unassignment(
      address: podAddress(location), metadata: allocation.metadata,
      cidr: cidrRecords[location.cidr].cidr)
  }

  /// An address that was taken back.
  public struct Unassignment: Hashable, Sendable {
    /// The address and its ENI.
    public let address: PodAddress
    /// What was stored about the pod.
    public let metadata: PodMetadata
    /// The CIDR the address is in.
    public let cidr: CIDR
  }
}

extension CIDRRecord {
  /// Drops every remembered address that may be handed out again, and names the one to hand out:
  /// the wanted one, else the lowest of those dropped, else the lowest never used.
  mutating func takeUnused(preferring wanted: Int?) -> Int {
    guard expired > 0 else { return wanted ?? lowestUnremembered }
    var lowest: Int?
    entries.removeAll { entry in
      guard entry.owner == nil, !entry.isCooling else { return false }
      if lowest == nil { lowest = entry.offset }
      return true
    }
    return wanted ?? lowest ?? lowestUnremembered
  }

  mutating func insertAssigned(_ entry: AddressEntry) {
    entries.insert(entry, at: search(entry.offset).index)
    assigned += 1
  }

  mutating func release(at index: Int, now: Instant, cools: Bool) {
    entries[index].owner = nil
    entries[index].releasedAt = now
    entries[index].isCooling = cools
    assigned -= 1
    if cools { cooling += 1 }
  }
}
