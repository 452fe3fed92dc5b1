extension Engine {
  /// Numbers and decisions of a card, as the pool loop would take them now.
  ///
  /// Call ``advance(to:)`` first if time has passed since the last event. In IPv6 mode there is no
  /// warm pool and every decision is negative.
  public func decisions(card: Int = 0) -> PoolDecisions? {
    storeIndex(card: card).map { decisions(store: $0) }
  }

  /// The numbers of a card's pool as they are now, without a copy of the pool.
  public func numbers(card: Int) -> PoolNumbers? {
    guard let index = storeIndex(card: card) else { return nil }
    return PoolNumbers(
      card: card, mode: datastores[index].mode, statistics: datastores[index].statistics,
      total: datastores[index].total, assigned: datastores[index].assigned,
      freePrefixes: datastores[index].freePrefixes, eniCount: datastores[index].eniCount)
  }

  /// Whether an ENI is in one of the stores.
  public func contains(_ eni: ENIID) -> Bool {
    datastores.indices.contains { datastores[$0].contains(eni) }
  }

  /// Whether an ENI has a CIDR in one of the stores.
  public func contains(_ cidr: CIDR, on eni: ENIID) -> Bool {
    datastores.indices.contains { datastores[$0].contains(cidr, on: eni) }
  }

  /// Whether a CIDR of one of the stores contains the address.
  public func holds(_ address: IPAddress) -> Bool {
    datastores.indices.contains { datastores[$0].holds(address) }
  }

  /// The ENI of the address that a key has on a card.
  public func eni(of key: IPAMKey, card: Int) -> ENIID? {
    storeIndex(card: card).flatMap { datastores[$0].address(of: key)?.eni }
  }

  /// How many network cards have a store.
  public var storeCount: Int { datastores.count }

  /// The card of the first store; nil before the start.
  public var firstCard: Int? { datastores.isEmpty ? nil : datastores[0].networkCard }

  /// How many cooldowns of a card end, or ended, no further from a moment than `tolerance`.
  public func coolingEnds(card: Int, within tolerance: Interval, of moment: Instant) -> Int {
    guard let index = storeIndex(card: card) else { return 0 }
    return datastores[index].coolingEnds(within: tolerance, of: moment)
  }

  func decisions(store: Int) -> PoolDecisions {
    let datastore = datastores[store]
    let statistics = datastore.statistics
    let free = datastore.freePrefixes
    let card = datastore.networkCard
    var decisions = PoolDecisions(card: card, statistics: statistics, freePrefixes: free)
    guard policy.capacity.mode != .prefixV6 else { return decisions }
    let target = policy.targetState(statistics, freePrefixes: free, card: card)
    decisions.isLow = policy.isLow(statistics, freePrefixes: free, card: card)
    decisions.isHigh = policy.isHigh(statistics, freePrefixes: free, card: card)
    decisions.targetsDefined = target.isDefined
    decisions.short = policy.shortage(statistics, freePrefixes: free, card: card)
    decisions.over = policy.surplus(statistics, freePrefixes: free, card: card)
    decisions.mayRemoveENI = shouldRemoveENI(statistics, store: store)
    decisions.hasRoomForENI = hasRoomForENI(store: store)
    return decisions
  }

  /// Whether growth has somewhere to go on a card: an ENI that takes more CIDRs, or room for another.
  public func canGrow(card: Int) -> Bool {
    guard let store = storeIndex(card: card) else { return false }
    return hasRoomForENI(store: store)
      || !datastores[store].allocatableENIs(
        limit: policy.cidrLimitPerENI, skipsTrunk: !profile.trunkGetsAddresses,
        skipsPrimary: configuration.customNetworking
      ).isEmpty
  }

  /// The ENIs of a card that a pass would release now, the first of which it takes.
  public func releasableENIs(card: Int) -> [ENIID] {
    guard let store = storeIndex(card: card),
      policy.mayFreeENI(isTerminating: isTerminating, isCordoned: isCordoned),
      shouldRemoveENI(datastores[store].statistics, store: store)
    else { return [] }
    return datastores[store].eniIDs.filter { eni in
      guard let candidate = candidate(eni, store: store) else { return false }
      return policy.releaseObstacle(candidate, card: card) == nil
    }
  }

  func isLow(store: Int) -> Bool {
    policy.isLow(
      datastores[store].statistics, freePrefixes: datastores[store].freePrefixes,
      card: datastores[store].networkCard)
  }

  func shouldRemoveENI(_ statistics: PoolStatistics, store: Int) -> Bool {
    // Only prefix mode without other grounds looks at the ENIs one by one.
    let card = datastores[store].networkCard
    if policy.shouldRemoveENI(statistics, hasIdleENI: false, card: card) { return true }
    return policy.isPrefixMode
      && policy.shouldRemoveENI(statistics, hasIdleENI: datastores[store].hasIdleENI, card: card)
  }

  func hasRoomForENI(store: Int) -> Bool {
    let card = datastores[store].networkCard
    return policy.hasRoomForENI(
      eniCount: datastores[store].eniCount,
      unmanaged: unmanagedCount.indices.contains(card) ? unmanagedCount[card] : 0,
      hasTrunk: datastores[store].hasTrunk, card: card)
  }

  // MARK: The pass

  /// One pass of the pool loop; nothing in IPv6 mode or with provisioning disabled.
  mutating func updatePool(_ order: PassOrder) -> Step {
    guard policy.capacity.mode != .prefixV6, !configuration.provisioningDisabled else {
      return .finished
    }
    let examined = datastores.indices.map { decisions(store: $0) }
    for decisions in examined { note(.examined(decisions)) }
    return update(store: 0, examined, order, scaledDown: false)
  }

  private mutating func update(
    store: Int, _ examined: [PoolDecisions], _ order: PassOrder, scaledDown: Bool
  ) -> Step {
    guard store < examined.count else {
      if scaledDown {
        lastDecrease = now
        lastPoolAction = now
      }
      return .finished
    }
    let before = examined[store]
    if before.isLow {
      return grow(store: store, order) { engine in
        engine.release(store: store, before, order) { engine in
          engine.update(store: store + 1, examined, order, scaledDown: scaledDown)
        }
      }
    }
    guard shrinks(store: store, before.statistics) else {
      return release(store: store, before, order) { engine in
        engine.update(store: store + 1, examined, order, scaledDown: scaledDown)
      }
    }
    return decrease(store: store, order) { engine in
      engine.release(store: store, before, order) { engine in
        engine.update(store: store + 1, examined, order, scaledDown: true)
      }
    }
  }

  private mutating func shrinks(store: Int, _ statistics: PoolStatistics) -> Bool {
    let card = datastores[store].networkCard
    let isHigh = policy.isHigh(
      statistics, freePrefixes: datastores[store].freePrefixes, card: card)
    guard isHigh else { return false }
    if let lastDecrease, now - lastDecrease <= Timing.decreaseInterval {
      note(.shrinkTooSoon(card: card))
      return false
    }
    return true
  }

  private mutating func grow(
    store: Int, _ order: PassOrder, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    let before = datastores[store].statistics.total
    return increase(store: store, order) { engine, error in
      let card = engine.datastores[store].networkCard
      if let error { engine.note(.growthFailed(error, card: card)) }
      guard engine.profile.scaleUpLoop, engine.isLow(store: store) else { return next(&engine) }
      // 1.16.3 goes on at once until the pool is full; where nothing is gained it never ends.
      guard engine.datastores[store].statistics.total > before, error == nil else {
        engine.note(.livelock(card: card))
        return next(&engine)
      }
      return engine.grow(store: store, order, then: next)
    }
  }

  private mutating func release(
    store: Int, _ before: PoolDecisions, _ order: PassOrder,
    then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    let statistics =
      profile.statsFreshForENIRemoval ? datastores[store].statistics : before.statistics
    guard shouldRemoveENI(statistics, store: store) else { return next(&self) }
    return freeOneENI(store: store, order, then: next)
  }
}

/// Numbers and decisions of one card's pool.
public struct PoolDecisions: Hashable, Sendable {
  /// Network card.
  public let card: Int
  /// Numbers on which the decisions rest.
  public let statistics: PoolStatistics
  /// `/28` prefixes without an assigned address.
  public let freePrefixes: Int
  /// The pool is to grow.
  public var isLow = false
  /// Addresses or prefixes are to be given back.
  public var isHigh = false
  /// An IP target is in force.
  public var targetsDefined = false
  /// Missing addresses, or prefixes in prefix mode.
  public var short = 0
  /// Superfluous addresses, or prefixes in prefix mode.
  public var over = 0
  /// The pass will look for an ENI to release.
  public var mayRemoveENI = false
  /// Another ENI fits on the instance.
  public var hasRoomForENI = false
}

/// The numbers of one card's pool.
public struct PoolNumbers: Hashable, Sendable {
  /// Network card.
  public let card: Int
  /// The form of address that pods get.
  public let mode: AddressKind
  /// What decisions rest on.
  public let statistics: PoolStatistics
  /// The store's own count of addresses.
  public let total: Int
  /// The store's own count of assigned addresses.
  public let assigned: Int
  /// Prefixes without an assigned address.
  public let freePrefixes: Int
  /// ENIs in the store.
  public let eniCount: Int
}
