/// What a growth step on the existing ENIs came to.
enum GrowthResult: Hashable, Sendable {
  case increased
  case none
  case error(CloudError)
}

extension Engine {
  /// One growth step: addresses for one ENI that has room, else a new ENI.
  mutating func increase(
    store: Int, _ order: PassOrder,
    then next: @escaping @Sendable (inout Engine, CloudError?) -> Step
  ) -> Step {
    let card = datastores[store].networkCard
    let obstacle = policy.increase(
      isTerminating: isTerminating, isCordoned: isCordoned, lastInsufficient: lastInsufficient,
      now: now)
    if let obstacle {
      note(.growthBlocked(obstacle, card: card))
      return next(&self, nil)
    }
    return tryAssign(store: store, order) { engine, result in
      switch result {
      case .increased:
        engine.lastPoolAction = engine.now
        return next(&engine, nil)
      case .error(let error) where engine.policy.isInsufficient(error):
        engine.startBackoff(error)
        return next(&engine, nil)
      case .error(let error):
        return next(&engine, error)
      case .none:
        guard engine.hasRoomForENI(store: store) else {
          engine.note(.noRoomForENI(card: card))
          return next(&engine, nil)
        }
        return engine.allocateENI(store: store) { engine, succeeded in
          if succeeded { engine.lastPoolAction = engine.now }
          return next(&engine, nil)
        }
      }
    }
  }

  mutating func startBackoff(_ error: CloudError) {
    lastInsufficient = now
    note(.backoffStarted(error))
  }

  /// Asks EC2 for addresses or prefixes on the first ENI that can take them.
  private mutating func tryAssign(
    store: Int, _ order: PassOrder,
    then next: @escaping @Sendable (inout Engine, GrowthResult) -> Step
  ) -> Step {
    let statistics = datastores[store].statistics
    let free = datastores[store].freePrefixes
    let card = datastores[store].networkCard
    let want =
      policy.isPrefixMode
      ? policy.tryAssignPrefixes(statistics, freePrefixes: free, card: card)
      : policy.tryAssignIPs(statistics, freePrefixes: free, card: card)
    guard let want else { return next(&self, .none) }
    var candidates = datastores[store].allocatableENIs(
      limit: policy.cidrLimitPerENI, skipsTrunk: !profile.trunkGetsAddresses,
      skipsPrimary: configuration.customNetworking)
    if profile.allocatableENIs != .lowestID {
      candidates = PassOrder.arrange(candidates, preferring: order.grow)
    }
    if profile.allocatableENIs != .all { candidates = Array(candidates.prefix(1)) }
    return assign(want, to: candidates[...], store: store, then: next)
  }

  private mutating func assign(
    _ want: Int, to candidates: ArraySlice<ENIID>, store: Int,
    then next: @escaping @Sendable (inout Engine, GrowthResult) -> Step
  ) -> Step {
    guard let eni = candidates.first else { return next(&self, .none) }
    let room = policy.cidrLimitPerENI - datastores[store].cidrCount(of: eni)
    let count = min(room, want, policy.capacity.slotsPerENI)
    guard count > 0 else { return next(&self, .increased) }
    let kind = policy.capacity.mode
    return .waiting(.assign(eni, kind: kind, count: count)) { engine, reply in
      guard case .failed(let error) = reply, !error.isAddressLimit else {
        return engine.accept(reply, eni: eni, store: store, then: next)
      }
      // Whatever the refusal was, one address is asked for before giving up.
      return .waiting(.assign(eni, kind: kind, count: 1)) { engine, reply in
        guard case .failed(let error) = reply, !error.isAddressLimit else {
          return engine.accept(reply, eni: eni, store: store, then: next)
        }
        let triesNext =
          engine.profile.tryNextENIOnInsufficient && engine.configuration.subnetDiscovery
        if triesNext, engine.policy.isInsufficient(error) {
          return engine.assign(want, to: candidates.dropFirst(), store: store, then: next)
        }
        return next(&engine, .error(error))
      }
    }
  }

  /// Takes in what EC2 granted, or what the ENI holds if EC2 says that it is full.
  private mutating func accept(
    _ reply: Reply, eni: ENIID, store: Int,
    then next: @escaping @Sendable (inout Engine, GrowthResult) -> Step
  ) -> Step {
    if case .granted(let cidrs) = reply {
      for cidr in cidrs { datastores[store].addCIDR(cidr, to: eni) }
      return next(&self, .increased)
    }
    guard case .failed = reply else { return next(&self, .error(reply.error)) }
    switch profile.limitExceeded {
    case .swallowed: return next(&self, .increased)
    case .readsENI:
      let kind = policy.capacity.mode
      return .waiting(.describeInterfaces([eni])) { engine, reply in
        guard case .described(let list) = reply else { return next(&engine, .error(reply.error)) }
        for cidr in list.first(where: { $0.id == eni })?.podCIDRs(kind: kind) ?? [] {
          engine.datastores[store].addCIDR(cidr, to: eni)
        }
        return next(&engine, .increased)
      }
    }
  }
}

extension DescribedInterface {
  /// The CIDRs of one form, without the primary address.
  func podCIDRs(kind: AddressKind) -> [CIDR] {
    switch kind {
    case .single: addresses.filter { $0 != primaryAddress }.map { CIDR($0) }
    case .prefix: prefixes
    case .prefixV6: prefixesV6
    }
  }
}

extension MetadataInterface {
  /// The CIDRs of one form, without the primary address.
  func podCIDRs(kind: AddressKind) -> [CIDR] {
    switch kind {
    case .single: addresses.filter { $0 != primaryAddress }.map { CIDR($0) }
    case .prefix: prefixes
    case .prefixV6: prefixesV6
    }
  }
}
