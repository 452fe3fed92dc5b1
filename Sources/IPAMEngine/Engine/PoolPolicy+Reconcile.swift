/// What EC2 says about CIDRs whose reconcile cooldown is over but which the metadata still shows.
public enum CooldownVerification: Hashable, Sendable {
  /// The list compared is EC2's own.
  case trusted
  /// EC2 was asked and says that the ENI holds these.
  case confirmed([CIDR])
  /// EC2 could not be asked.
  case unavailable
}

/// What reconcile changes on one ENI for one form of CIDR.
public struct ReconcilePlan: Hashable, Sendable {
  /// CIDRs to add, in the order in which they were listed.
  public var add: [CIDR] = []
  /// CIDRs of the store that were not seen and are removed even under pods.
  public var remove: [CIDR] = []
  /// CIDRs whose entry leaves the reconcile cooldown.
  public var endCooldown: [CIDR] = []
}

extension PoolPolicy {
  /// Whether the metadata's list differs so much that EC2 is asked.
  public func reconcileDistrusts(listed: [CIDR], stored: [CIDR]) -> Bool {
    switch profile.reconcileCompare {
    case .none: false
    case .count: listed.count != stored.count
    case .set: listed.sorted() != stored.sorted()
    }
  }

  /// Whether one of the listed CIDRs must be looked up at EC2 before it can be believed.
  public func reconcileMustVerify(
    listed: [CIDR], cooldowns: ReconcileCooldowns, now: Instant
  ) -> Bool {
    listed.contains { cidr in
      guard let until = cooldowns.until(cidr) else { return false }
      return now >= until
    }
  }

  /// Compares what an ENI holds with the store.
  ///
  /// - Parameters:
  ///   - listed: CIDRs the ENI is said to hold, without its primary address.
  ///   - stored: CIDRs of the store of the same form.
  ///   - cooldowns: CIDRs given back by shrinking.
  ///   - verification: EC2's word on listed CIDRs whose cooldown is over.
  public func reconcile(
    listed: [CIDR], stored: [CIDR], cooldowns: ReconcileCooldowns,
    verification: CooldownVerification, now: Instant
  ) -> ReconcilePlan {
    var plan = ReconcilePlan()
    let known = Set(stored)
    var seen: Set<CIDR> = []
    for cidr in listed {
      if let until = cooldowns.until(cidr), !plan.endCooldown.contains(cidr) {
        if now < until { continue }
        switch verification {
        case .trusted: break
        case .confirmed(let held) where held.contains(cidr): break
        case .confirmed: continue
        case .unavailable:
          seen.insert(cidr)
          continue
        }
        plan.endCooldown.append(cidr)
      }
      if seen.insert(cidr).inserted, !known.contains(cidr) { plan.add.append(cidr) }
    }
    plan.remove = stored.filter { !seen.contains($0) }
    return plan
  }
}

/// CIDRs that shrinking gave back to EC2, with the time before which reconcile ignores them.
public struct ReconcileCooldowns: Hashable, Sendable {
  /// One CIDR and the end of its cooldown.
  public struct Entry: Hashable, Sendable {
    /// The CIDR.
    public let cidr: CIDR
    /// End of the cooldown.
    public let until: Instant
  }

  /// Entries in ascending order of their CIDR; they stay after their time until reconcile meets
  /// the CIDR again.
  public private(set) var entries: [Entry] = []

  /// No entries.
  public init() {}

  /// End of the CIDR's cooldown; nil if it has no entry.
  public func until(_ cidr: CIDR) -> Instant? {
    let place = self.place(cidr)
    guard place < entries.count, entries[place].cidr == cidr else { return nil }
    return entries[place].until
  }

  /// Starts or restarts the cooldown of a CIDR.
  public mutating func insert(_ cidr: CIDR, until: Instant) {
    let place = self.place(cidr)
    let entry = Entry(cidr: cidr, until: until)
    if place < entries.count, entries[place].cidr == cidr {
      entries[place] = entry
    } else {
      entries.insert(entry, at: place)
    }
  }

  /// Drops the entry of a CIDR.
  public mutating func remove(_ cidr: CIDR) {
    let place = self.place(cidr)
    guard place < entries.count, entries[place].cidr == cidr else { return }
    entries.remove(at: place)
  }

  private func place(_ cidr: CIDR) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].cidr < cidr { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
