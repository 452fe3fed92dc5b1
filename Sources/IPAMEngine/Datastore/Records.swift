/// An address which the store remembers because a pod holds it or held it since the last start.
struct AddressEntry: Hashable, Sendable {
  /// Position in the CIDR.
  let offset: Int
  /// The pod's key; nil when the address is free or cools.
  var owner: IPAMKey?
  /// When the pod of `owner` was added; nil when not known.
  var assignedAt: Instant?
  /// When the last pod gave it back; nil when never, or when it was taken away by force.
  var releasedAt: Instant?
  /// Whether the cooldown runs; only for an address without an owner.
  var isCooling = false
}

/// A CIDR of the store and the addresses of it that were used.
struct CIDRRecord: Hashable, Sendable {
  let cidr: CIDR
  let kind: AddressKind
  /// Slot of the ENI that holds the CIDR.
  let eni: Int
  /// Distinguishes successive CIDRs in one slot.
  let generation: Int
  /// Position among the CIDRs of its ENI in ascending order.
  var rank = 0
  /// Remembered addresses in ascending order.
  var entries: [AddressEntry] = []
  var assigned = 0
  var cooling = 0

  /// The numbers on which sums and indexes depend.
  var counts: (assigned: Int, cooling: Int, hasFree: Bool) {
    (assigned, cooling, assigned + cooling < cidr.size)
  }

  /// Remembered addresses that a pod may have again.
  var expired: Int { entries.count - assigned - cooling }

  /// Index of the entry for `offset`, or where it would be.
  func search(_ offset: Int) -> (index: Int, found: Bool) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return (low, low < entries.count && entries[low].offset == offset)
  }

  /// The lowest address that is not remembered. Entries are distinct and sorted, so the first one
  /// whose offset is not its index marks the gap.
  var lowestUnremembered: Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].offset == middle { low = middle + 1 } else { high = middle }
    }
    return low
  }

  var tally: Tally {
    Tally(
      total: cidr.size, assigned: assigned, cooling: cooling, cidrs: 1,
      idleCIDRs: assigned == 0 ? 1 : 0)
  }
}

/// An ENI of the store.
struct ENIRecord: Hashable, Sendable {
  let id: ENIID
  let createdAt: Instant
  var isPrimary: Bool
  var isTrunk: Bool
  var isEFA: Bool
  var device: Int
  var subnet: String
  var isExcluded = false
  /// Position among the ENIs in ascending order.
  var rank = 0
  /// Slots of its CIDRs in ascending order.
  var cidrs: [Int] = []
  /// Ranks of the CIDRs from which an address can be handed out.
  var free = PositionSet(capacity: 0)
  var tallies = Tallies()
  /// Latest release on this ENI; only old releases look at it.
  var releasedAt: Instant?
}

/// Where an address is: slot of its CIDR and position in it.
struct AddressLocation: Hashable, Sendable {
  let cidr: Int
  let offset: Int
}

/// An address waiting for the end of its cooldown.
struct CoolingAddress: Hashable, Sendable {
  let location: AddressLocation
  let generation: Int
  let releasedAt: Instant
}
