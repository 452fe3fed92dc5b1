/// What ipamd was seen to choose where its own state does not decide.
///
/// ipamd walks hash maps in random order. A replay names what it observed; a simulation takes the
/// lowest ENI, the lowest CIDR and the lowest address.
public enum Choice: Hashable, Sendable {
  /// Ascending order everywhere.
  case lowest
  /// The address that a pod was given.
  case address(IPAddress)
  /// The addresses that a pod with several interfaces was given, in the order of the cards.
  case addresses([IPAddress])
  /// The order in which a pool pass or a start met ENIs and CIDRs.
  indirect case order(PassOrder)

  var order: PassOrder {
    if case .order(let order) = self { return order }
    return PassOrder()
  }
}

/// Orders of the loops of one pass. What a list names comes first, in the list's order; the rest
/// follows in ascending order.
public struct PassOrder: Hashable, Sendable {
  /// ENIs as growth tries them.
  public var grow: [ENIID]
  /// ENIs as shrinking or a mode switch visits them.
  public var shrink: [ENIID]
  /// CIDRs that shrinking gives back.
  public var shrinkCIDRs: [CIDR]
  /// ENIs as they are tried for release.
  public var release: [ENIID]

  /// Orders that name what was observed.
  public init(
    grow: [ENIID] = [], shrink: [ENIID] = [], shrinkCIDRs: [CIDR] = [], release: [ENIID] = []
  ) {
    self.grow = grow
    self.shrink = shrink
    self.shrinkCIDRs = shrinkCIDRs
    self.release = release
  }

  /// `all` with the members of `preferred` first.
  static func arrange<Item: Equatable>(_ all: [Item], preferring preferred: [Item]) -> [Item] {
    if preferred.isEmpty { return all }
    let first = preferred.filter { all.contains($0) }
    return first + all.filter { !first.contains($0) }
  }
}
