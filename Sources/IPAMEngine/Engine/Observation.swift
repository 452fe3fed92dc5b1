/// Something a node was seen to do, taken as given.
///
/// A replay first asks the engine what it would do, then brings it in line with the node by
/// observations, so that one surprise is reported once.
public enum Observation: Hashable, Sendable {
  /// ipamd started: stores are empty and everything in memory is forgotten.
  case started
  /// An ENI entered the store of a card.
  case eniAdded(ENIAttributes, card: Int)
  /// An ENI left its store with its CIDRs and their pods.
  case eniRemoved(ENIID, forced: Bool)
  /// An ENI is excluded from giving addresses, or no longer.
  case eniExcluded(ENIID, Bool)
  /// A CIDR entered the store.
  case cidrAdded(CIDR, ENIID)
  /// A CIDR left the store; one given back by shrinking enters the reconcile cooldown.
  case cidrRemoved(CIDR, ENIID, byShrinking: Bool)
  /// A pod got an address.
  case assigned(IPAMKey, PodMetadata, IPAddress, card: Int)
  /// A pod's address was taken back; only a DEL starts a cooldown.
  case released(IPAMKey, card: Int, cools: Bool)
  /// A released address began to cool, whatever the store thinks of it.
  case coolingBegan(IPAddress, card: Int)
  /// Released addresses of this period or less may not be handed out.
  case cooldown(Interval)
  /// The role of an ENI that is in a store already.
  case eniRole(ENIID, isTrunk: Bool, isEFA: Bool)
  /// An empty CIDR of an excluded ENI left the store, of whose total ipamd subtracts nothing.
  case excludedCIDRRemoved(CIDR, ENIID)
  /// Reconcile dropped a CIDR from its cooldown.
  case reconcileCooldownDropped(CIDR)
  /// How many ENIs of a card count as unmanaged.
  case unmanagedENIs(Int, card: Int)
  /// The pool was shrunk.
  case shrunk
  /// The pool changed or was reconciled.
  case poolAction
  /// When the pool was shrunk last and when it changed last, as ipamd itself says.
  case lastActions(decrease: Instant?, poolAction: Instant?)
  /// The subnet was found empty.
  case subnetEmpty
}

extension Engine {
  /// Brings the engine in line with an observation made at `now`.
  ///
  /// An open call is left alone: a replay that only observes never opens one.
  ///
  /// - Returns: false if the observation does not fit the stores, for example a CIDR on an unknown
  ///   ENI; nothing changes then.
  @discardableResult
  public mutating func observe(_ observation: Observation, at now: Instant) -> Bool {
    advance(to: now)
    switch observation {
    case .started: observeStart()
    case .eniAdded(let eni, let card):
      guard let store = storeIndex(card: card) else { return false }
      return datastores[store].addENI(eni, at: self.now)
    case .eniRemoved(let eni, let forced):
      return change(eni) { store, profile in
        store.removeENI(
          eni, force: true, subtractsTwice: forced && profile.forcedRemovalSubtractsTwice) != nil
      }
    case .eniExcluded(let eni, let isExcluded):
      return change(eni) { store, _ in
        store.setExcluded(eni, isExcluded)
        return true
      }
    case .cidrAdded(let cidr, let eni):
      return change(eni) { store, _ in store.addCIDR(cidr, to: eni) }
    case .cidrRemoved(let cidr, let eni, let byShrinking):
      if byShrinking {
        reconcileCooldowns.insert(cidr, until: self.now + Timing.reconcileCooldown)
      }
      return change(eni) { store, _ in
        store.removeCIDR(cidr, from: eni, force: true) != .unknown
      }
    case .excludedCIDRRemoved(let cidr, let eni):
      return change(eni) { store, _ in
        store.removeCIDR(cidr, from: eni, force: true, counted: false) != .unknown
      }
    case .assigned, .released, .coolingBegan: return observePod(observation)
    case .cooldown(let period):
      for index in datastores.indices { datastores[index].cooldown = period }
    case .eniRole(let eni, let isTrunk, let isEFA):
      return change(eni) { store, _ in
        store.setRole(eni, isTrunk: isTrunk, isEFA: isEFA)
        return true
      }
    case .reconcileCooldownDropped(let cidr): reconcileCooldowns.remove(cidr)
    case .unmanagedENIs(let count, let card):
      guard unmanagedCount.indices.contains(card) else { return false }
      unmanagedCount[card] = count
    case .shrunk:
      lastDecrease = self.now
      lastPoolAction = self.now
    case .poolAction: lastPoolAction = self.now
    case .lastActions(let decrease, let action):
      lastDecrease = decrease
      lastPoolAction = action
    case .subnetEmpty: lastInsufficient = self.now
    }
    return true
  }

  private mutating func observePod(_ observation: Observation) -> Bool {
    switch observation {
    case .assigned(let key, let metadata, let address, let card):
      guard let store = storeIndex(card: card) else { return false }
      let choice = datastores[store].assign(key, metadata: metadata, choice: address, at: now)
      if case .assigned = choice { return true }
      return datastores[store].forceAssign(key, metadata: metadata, address: address, at: now)
    case .released(let key, let card, let cools):
      guard let store = storeIndex(card: card), datastores[store].address(of: key) != nil else {
        return false
      }
      if cools {
        _ = datastores[store].unassign(key, at: now)
      } else {
        datastores[store].forceRelease(key)
      }
      return true
    case .coolingBegan(let address, let card):
      guard let store = storeIndex(card: card) else { return false }
      return datastores[store].beginCooling(address, at: now)
    default: return false
    }
  }

  private mutating func change(
    _ eni: ENIID, _ body: (inout Datastore, BehaviourProfile) -> Bool
  ) -> Bool {
    guard let store = datastores.firstIndex(where: { $0.contains(eni) }) else { return false }
    return body(&datastores[store], profile)
  }

  private mutating func observeStart() {
    let moment = now
    self = restarted()
    now = moment
    phase = .running
    managedCards = configuration.multiNIC ? Array(0..<policy.capacity.networkCards) : [0]
    datastores = managedCards.map {
      Datastore(networkCard: $0, mode: policy.capacity.mode, cooldown: configuration.cooldown)
    }
  }
}
