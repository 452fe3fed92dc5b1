/// The three forms in which an ENI holds pod addresses.
public enum AddressKind: Hashable, Sendable {
  /// Secondary IPv4 addresses, each a CIDR of its own.
  case single
  /// IPv4 prefixes of 16 addresses.
  case prefix
  /// IPv6 prefixes of 2^48 addresses.
  case prefixV6

  /// The form of `cidr`.
  public init(_ cidr: CIDR) {
    self = cidr.base.family == .v6 ? .prefixV6 : cidr.isPrefix ? .prefix : .single
  }
}

/// Running sums over the CIDRs of one form.
struct Tally: Hashable, Sendable {
  /// Addresses, whether used or not.
  var total = 0
  /// Addresses that a pod holds.
  var assigned = 0
  /// Released addresses whose cooldown runs.
  var cooling = 0
  /// CIDRs.
  var cidrs = 0
  /// CIDRs without an assigned address.
  var idleCIDRs = 0

  mutating func shift(assigned: Int, cooling: Int, idle: Int) {
    self.assigned += assigned
    self.cooling += cooling
    idleCIDRs += idle
  }

  static func += (left: inout Tally, right: Tally) {
    left.total += right.total
    left.assigned += right.assigned
    left.cooling += right.cooling
    left.cidrs += right.cidrs
    left.idleCIDRs += right.idleCIDRs
  }

  static func -= (left: inout Tally, right: Tally) {
    left.total -= right.total
    left.assigned -= right.assigned
    left.cooling -= right.cooling
    left.cidrs -= right.cidrs
    left.idleCIDRs -= right.idleCIDRs
  }
}

/// One tally per form of address.
struct Tallies: Hashable, Sendable {
  var single = Tally()
  var prefix = Tally()
  var prefixV6 = Tally()

  subscript(kind: AddressKind) -> Tally {
    get {
      switch kind {
      case .single: single
      case .prefix: prefix
      case .prefixV6: prefixV6
      }
    }
    _modify {
      switch kind {
      case .single: yield &single
      case .prefix: yield &prefix
      case .prefixV6: yield &prefixV6
      }
    }
  }

  var assigned: Int { single.assigned + prefix.assigned + prefixV6.assigned }
  var cooling: Int { single.cooling + prefix.cooling + prefixV6.cooling }
  var cidrs: Int { single.cidrs + prefix.cidrs + prefixV6.cidrs }

  static func += (left: inout Tallies, right: Tallies) {
    left.single += right.single
    left.prefix += right.prefix
    left.prefixV6 += right.prefixV6
  }

  static func -= (left: inout Tallies, right: Tallies) {
    left.single -= right.single
    left.prefix -= right.prefix
    left.prefixV6 -= right.prefixV6
  }
}
