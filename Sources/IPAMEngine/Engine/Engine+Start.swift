extension Engine {
  /// Tries to set up an ENI at start before going on without it.
  static let setUpTries = 6

  /// Node initialisation.
  mutating func start(_ order: PassOrder) -> Step {
    phase = .starting
    let refusal = StartChecks.ipamd(configuration, supportsPrefixes: limits.supportsPrefixes)
    if let refusal { return fail(.refused(refusal)) }
    return discoverENIs { engine, result in
      switch result {
      case .failure(let error): return engine.fail(.discovery(error))
      case .success(let enis):
        engine.classify(enis)
        engine.createDatastores(enis.map(\.metadata))
        engine.nodeSubnet = enis.first { $0.metadata.isPrimary }?.metadata.subnet ?? ""
        let managed = Set(engine.filterManaged(enis.map(\.metadata)).map(\.id))
        let list = enis.filter { managed.contains($0.metadata.id) }
        return engine.dropExcludedPrimary(list) { engine, list, dropped in
          engine.setUp(list, at: 0, attempt: 1) { engine in
            engine.restoreCheckpoint(store: 0) { engine in
              engine.returnUnusable(order) { engine in
                engine.refreshSecurityGroups(list.map(\.metadata.id)) { engine in
                  engine.firstGrowth(order, needsENI: dropped)
                }
              }
            }
          }
        }
      }
    }
  }

  mutating func fail(_ failure: StartFailure) -> Step {
    phase = .failed(failure)
    outbox.append(.startFailed(failure))
    return .finished
  }

  private mutating func createDatastores(_ list: [MetadataInterface]) {
    managedCards = (0..<policy.capacity.networkCards).filter { card in
      if card == 0 { return true }
      guard configuration.multiNIC else { return false }
      let onCard = list.filter { $0.networkCard == card }
      return onCard.isEmpty || onCard.contains { !$0.isEFAOnly }
    }
    datastores = managedCards.map {
      Datastore(networkCard: $0, mode: policy.capacity.mode, cooldown: configuration.cooldown)
    }
  }

  /// IPv6 gives up a primary ENI whose subnet is excluded and works with a new one instead.
  private mutating func dropExcludedPrimary(
    _ list: [DiscoveredENI],
    then next: @escaping @Sendable (inout Engine, [DiscoveredENI], Bool) -> Step
  ) -> Step {
    guard policy.capacity.mode == .prefixV6, profile.excludedENIs, configuration.subnetDiscovery
    else { return next(&self, list, false) }
    return .waiting(.describeSubnets) { engine, reply in
      guard case .subnets(let subnets) = reply, engine.isExcluded(engine.nodeSubnet, in: subnets)
      else { return next(&engine, list, false) }
      return next(&engine, list.filter { !$0.metadata.isPrimary }, true)
    }
  }

  private mutating func setUp(
    _ list: [DiscoveredENI], at index: Int, attempt: Int,
    then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard index < list.count else { return next(&self) }
    let eni = list[index]
    let setUp: @Sendable (inout Engine) -> Step = { engine in
      engine.setUpENI(eni.metadata) { engine, result in
        if result != .done { engine.note(.eniSetUpFailed(eni.metadata.id)) }
        guard result == .failed, attempt < Self.setUpTries else {
          return engine.setUp(list, at: index + 1, attempt: 1, then: next)
        }
        return engine.wait(Timing.setUpPause) { engine in
          engine.setUp(list, at: index, attempt: attempt + 1, then: next)
        }
      }
    }
    guard attempt == 1 else { return setUp(&self) }
    let tagging = tag(eni) { engine, result in
      if case .failure(let error) = result {
        return engine.fail(.tagging(eni.metadata.id, error))
      }
      return setUp(&engine)
    }
    return tagging ?? setUp(&self)
  }

  // MARK: Addresses of an earlier mode

  /// Gives back what cannot be handed out: idle CIDRs of excluded ENIs, then those of the other
  /// mode. The store forgets them first, whatever EC2 answers, and none enters the reconcile
  /// cooldown.
  private mutating func returnUnusable(
    _ order: PassOrder, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard policy.capacity.mode != .prefixV6 else { return next(&self) }
    let mode = policy.capacity.mode
    let excluded = takeIdle(kind: mode, order, onlyExcluded: true)
    return unassign(excluded[...]) { engine in
      let other = engine.takeIdle(
        kind: mode == .prefix ? .single : .prefix, order, onlyExcluded: false)
      return engine.unassign(other[...], then: next)
    }
  }

  struct Return: Hashable, Sendable {
    let eni: ENIID
    let kind: AddressKind
    let cidrs: [CIDR]
  }

  private mutating func takeIdle(
    kind: AddressKind, _ order: PassOrder, onlyExcluded: Bool
  ) -> [Return] {
    var returns: [Return] = []
    for store in datastores.indices {
      let enis = PassOrder.arrange(datastores[store].eniIDs, preferring: order.shrink)
      for eni in enis where !onlyExcluded || datastores[store].isExcluded(eni) {
        let idle = datastores[store].idleCIDRs(of: eni, kind: kind)
        for cidr in idle { datastores[store].removeCIDR(cidr, from: eni, force: false) }
        if !idle.isEmpty { returns.append(Return(eni: eni, kind: kind, cidrs: idle)) }
      }
    }
    return returns
  }

  /// Unassigns at EC2, one call per entry; a refusal is only noted.
  mutating func unassign(
    _ returns: ArraySlice<Return>, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard let first = returns.first else { return next(&self) }
    return .waiting(.unassign(first.eni, kind: first.kind, first.cidrs)) { engine, reply in
      if case .failed(let error) = reply { engine.note(.unassignFailed(first.eni, error)) }
      return engine.unassign(returns.dropFirst(), then: next)
    }
  }

  // MARK: First growth

  private mutating func refreshSecurityGroups(
    _ enis: [ENIID], then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard !configuration.provisioningDisabled, !configuration.customNetworking else {
      return next(&self)
    }
    guard let eni = enis.first else { return next(&self) }
    return .waiting(.setSecurityGroups(eni)) { engine, _ in
      engine.refreshSecurityGroups(Array(enis.dropFirst()), then: next)
    }
  }

  private mutating func firstGrowth(_ order: PassOrder, needsENI: Bool) -> Step {
    guard !configuration.provisioningDisabled else { return becomeRunning() }
    if policy.capacity.mode == .prefixV6 { return firstENIs(store: 0, needsENI: needsENI) }
    return firstGrowth(store: 0, order)
  }

  private mutating func firstGrowth(store: Int, _ order: PassOrder) -> Step {
    guard store < datastores.count else { return becomeRunning() }
    let card = datastores[store].networkCard
    guard isLow(store: store) else { return firstGrowth(store: store + 1, order) }
    return increase(store: store, order) { engine, error in
      if let error { return engine.fail(.growth(error)) }
      if engine.configuration.customNetworking, card == 0,
        engine.datastores[store].statistics.total == 0
      {
        return engine.fail(.emptyPool)
      }
      return engine.firstGrowth(store: store + 1, order)
    }
  }

  /// IPv6 has no warm pool: a card gets an ENI only if it has none to work with.
  private mutating func firstENIs(store: Int, needsENI: Bool) -> Step {
    guard store < datastores.count else { return becomeRunning() }
    let isEmpty = datastores[store].statistics.total == 0
    guard isEmpty, store > 0 || needsENI else {
      return firstENIs(store: store + 1, needsENI: needsENI)
    }
    return allocateENI(store: store) { engine, _ in
      engine.firstENIs(store: store + 1, needsENI: needsENI)
    }
  }

  private mutating func becomeRunning() -> Step {
    phase = .running
    outbox.append(.started)
    return .finished
  }
}
