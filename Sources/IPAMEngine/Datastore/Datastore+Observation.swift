extension Datastore {
  /// Gives an address to a key because a node was seen to do so, whatever the store thinks.
  ///
  /// Another owner of the address loses it, and the key loses another address, without a cooldown:
  /// their releases were not seen.
  ///
  /// - Returns: false if no CIDR of the store contains the address; nothing changes then.
  public mutating func forceAssign(
    _ key: IPAMKey, metadata: PodMetadata, address: IPAddress, at now: Instant
  ) -> Bool {
    advance(to: now)
    guard let location = location(of: address) else { return false }
    if let known = pods[key] {
      if known.location == location { return true }
      forceRelease(key)
    }
    forget(location)
    let entry = AddressEntry(offset: location.offset, owner: key, assignedAt: now)
    update(location.cidr) { $0.insertAssigned(entry) }
    pods[key] = Allocation(location: location, metadata: metadata)
    return true
  }

  /// Takes a key's address away without a cooldown, as a forced removal does.
  public mutating func forceRelease(_ key: IPAMKey) {
    guard let location = pods[key]?.location else { return }
    forget(location)
  }

  /// Starts the cooldown of an address that was given back, whoever holds it in the store.
  ///
  /// - Returns: false if no CIDR of the store contains the address; nothing changes then.
  public mutating func beginCooling(_ address: IPAddress, at now: Instant) -> Bool {
    advance(to: now)
    guard let location = location(of: address) else { return false }
    forget(location)
    let cools = cooldown >= Interval(nanoseconds: 0)
    update(location.cidr) { record in
      let entry = AddressEntry(offset: location.offset, releasedAt: now, isCooling: cools)
      record.entries.insert(entry, at: record.search(location.offset).index)
      if cools { record.cooling += 1 }
    }
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
    return true
  }

  private mutating func forget(_ location: AddressLocation) {
    let (index, found) = cidrRecords[location.cidr].search(location.offset)
    guard found else { return }
    let entry = cidrRecords[location.cidr].entries[index]
    if let owner = entry.owner { pods[owner] = nil }
    update(location.cidr) { record in
      record.entries.remove(at: index)
      if entry.owner != nil { record.assigned -= 1 }
      if entry.isCooling { record.cooling -= 1 }
    }
  }
}
