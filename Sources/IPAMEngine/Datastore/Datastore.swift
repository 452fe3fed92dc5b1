/// The addresses of one network card: ENIs, their CIDRs, and which pod holds what.
///
/// Every question that is asked per pod event — a free address, a pod's address, the pool's
/// numbers — is answered from running sums and indexes whose cost does not depend on the number of
/// addresses. The store itself never chooses: see ``Choice``.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd/datastore`.
public struct Datastore: Hashable, Sendable {
  /// Network card this store serves; 0 is the default card.
  public let networkCard: Int
  /// The form of address that pods get; CIDRs of other forms are left over from an earlier mode.
  public let mode: AddressKind
  /// How long a released address is not handed out.
  public internal(set) var cooldown: Interval

  /// The store's own count of addresses; drifts (see ``removeENI(_:force:subtractsTwice:)``).
  public internal(set) var total = 0
  /// The store's own count of assigned addresses, of every form and ENI.
  public internal(set) var assigned = 0
  /// The store's own count of prefixes; drifts like ``total``.
  public internal(set) var allocatedPrefixes = 0

  /// ENIs in slots that keep their number for the life of the ENI.
  var eniRecords: [ENIRecord] = []
  var vacantENISlots: [Int] = []
  /// Slots of the ENIs in ascending order of id.
  var eniOrder: [Int] = []
  var eniIndex: [ENIID: Int] = [:]
  /// CIDRs in slots that keep their number for the life of the CIDR.
  var cidrRecords: [CIDRRecord] = []
  var vacantCIDRSlots: [Int] = []
  var generation = 0
  /// Slots that hold a CIDR; more than one only while two ENIs claim the same CIDR.
  var homes: [CIDR: [Int]] = [:]
  var pods: [IPAMKey: Allocation] = [:]
  /// Ranks of the ENIs from which an address can be handed out.
  var freeENIs = PositionSet(capacity: 0)
  /// Sums over all ENIs.
  var everything = Tallies()
  /// Sums over the ENIs that are not excluded.
  var usable = Tallies()
  /// Cooling addresses in the order of their release; entries before `coolingHead` are spent.
  var coolingQueue: [CoolingAddress] = []
  var coolingHead = 0
  /// Empty CIDRs of excluded ENIs with the time at which they leave the store.
  var cleanups: [ExcludedCleanup] = []

  /// A pod's address in the store.
  struct Allocation: Hashable, Sendable {
    let location: AddressLocation
    let metadata: PodMetadata
  }

  /// A CIDR of an excluded ENI which leaves the store at `due` if it is still empty.
  struct ExcludedCleanup: Hashable, Sendable {
    let due: Instant
    let slot: Int
    let generation: Int
  }

  /// An empty store.
  public init(networkCard: Int = 0, mode: AddressKind, cooldown: Interval) {
    self.networkCard = networkCard
    self.mode = mode
    self.cooldown = cooldown
  }

  // MARK: Numbers

  /// The pool's numbers at the moment of the last ``advance(to:)``.
  public var statistics: PoolStatistics {
    let tally = usable[mode]
    return PoolStatistics(
      total: tally.total, assigned: tally.assigned,
      cooling: mode == .prefixV6 ? 0 : tally.cooling, totalPrefixes: allocatedPrefixes)
  }

  /// `/28` prefixes without an assigned address, those on excluded ENIs included.
  public var freePrefixes: Int { everything.prefix.idleCIDRs }

  /// ENIs in the store: primary, trunk, EFA and excluded ones included.
  public var eniCount: Int { eniOrder.count }

  /// ENIs marked excluded.
  public var excludedENICount: Int { eniOrder.count { eniRecords[$0].isExcluded } }

  /// Whether one of the ENIs is the trunk.
  public var hasTrunk: Bool { eniOrder.contains { eniRecords[$0].isTrunk } }

  /// ENI ids in ascending order.
  public var eniIDs: [ENIID] { eniOrder.map { eniRecords[$0].id } }

  // MARK: Time

  /// Ends the cooldowns and clean-ups that are over at `now`; returns the CIDRs cleaned up.
  ///
  /// Each address passes the queue once per release, so the cost per pod event is constant.
  @discardableResult
  public mutating func advance(to now: Instant) -> [CIDR] {
    while coolingHead < coolingQueue.count {
      let item = coolingQueue[coolingHead]
      guard now - item.releasedAt > cooldown else { break }
      coolingHead += 1
      endCooldown(item)
    }
    if coolingHead > 64, coolingHead * 2 > coolingQueue.count {
      coolingQueue.removeFirst(coolingHead)
      coolingHead = 0
    }
    return cleanups.isEmpty ? [] : cleanUpExcluded(at: now)
  }

  private mutating func endCooldown(_ item: CoolingAddress) {
    let slot = item.location.cidr
    guard cidrRecords[slot].generation == item.generation else { return }
    let (index, found) = cidrRecords[slot].search(item.location.offset)
    guard found, cidrRecords[slot].entries[index].isCooling else { return }
    update(slot) { record in
      record.entries[index].isCooling = false
      record.cooling -= 1
    }
  }

  // MARK: Running sums

  /// Changes a CIDR's record and brings every sum and index that depends on it up to date.
  @inline(__always)
  mutating func update(_ slot: Int, _ change: (inout CIDRRecord) -> Void) {
    let before = cidrRecords[slot].counts
    change(&cidrRecords[slot])
    let after = cidrRecords[slot].counts
    let kind = cidrRecords[slot].kind
    let owner = cidrRecords[slot].eni
    let assigned = after.assigned - before.assigned
    let cooling = after.cooling - before.cooling
    let idle = (after.assigned == 0 ? 1 : 0) - (before.assigned == 0 ? 1 : 0)
    self.assigned += assigned
    everything[kind].shift(assigned: assigned, cooling: cooling, idle: idle)
    eniRecords[owner].tallies[kind].shift(assigned: assigned, cooling: cooling, idle: idle)
    guard !eniRecords[owner].isExcluded else { return }
    usable[kind].shift(assigned: assigned, cooling: cooling, idle: idle)
    guard kind == mode, before.hasFree != after.hasFree else { return }
    setFree(after.hasFree, eni: owner, cidrRank: cidrRecords[slot].rank)
  }

  private mutating func setFree(_ isFree: Bool, eni: Int, cidrRank: Int) {
    if isFree {
      eniRecords[eni].free.insert(cidrRank)
      freeENIs.insert(eniRecords[eni].rank)
    } else {
      eniRecords[eni].free.remove(cidrRank)
      if eniRecords[eni].free.isEmpty { freeENIs.remove(eniRecords[eni].rank) }
    }
  }
}
