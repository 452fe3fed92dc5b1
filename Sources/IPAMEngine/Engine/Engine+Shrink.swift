extension Engine {
  /// Gives the surplus back, ENI after ENI.
  mutating func decrease(
    store: Int, _ order: PassOrder, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    let over = surplus(store: store)
    let enis = PassOrder.arrange(datastores[store].eniIDs, preferring: order.shrink)
    return shrink(enis[...], over: over, store: store, order, then: next)
  }

  private func surplus(store: Int) -> Int {
    policy.surplus(
      datastores[store].statistics, freePrefixes: datastores[store].freePrefixes,
      card: datastores[store].networkCard)
  }

  private mutating func shrink(
    _ enis: ArraySlice<ENIID>, over: Int, store: Int, _ order: PassOrder,
    then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard let eni = enis.first, over > 0 else { return next(&self) }
    let idle = PassOrder.arrange(
      datastores[store].idleCIDRs(of: eni), preferring: order.shrinkCIDRs)
    if idle.isEmpty, profile.shrinkRule == .stopsAtFullENI { return next(&self) }
    let taken = policy.decrease(over: over, idle: idle)
    for cidr in taken {
      datastores[store].removeCIDR(cidr, from: eni, force: false)
      reconcileCooldowns.insert(cidr, until: now + Timing.reconcileCooldown)
    }
    let returns = [AddressKind.prefix, .single].compactMap { kind -> Return? in
      let cidrs = taken.filter { AddressKind($0) == kind }
      return cidrs.isEmpty ? nil : Return(eni: eni, kind: kind, cidrs: cidrs)
    }
    return unassign(returns[...]) { engine in
      let left: Int =
        switch engine.profile.shrinkRule {
        case .shared: over - taken.count
        case .stopsAtFullENI: over
        case .perENI: engine.surplus(store: store)
        }
      return engine.shrink(enis.dropFirst(), over: left, store: store, order, then: next)
    }
  }

  // MARK: Whole ENIs

  /// Releases the first ENI that passes every test.
  mutating func freeOneENI(
    store: Int, _ order: PassOrder, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard policy.mayFreeENI(isTerminating: isTerminating, isCordoned: isCordoned) else {
      return next(&self)
    }
    let card = datastores[store].networkCard
    let enis = PassOrder.arrange(datastores[store].eniIDs, preferring: order.release)
    let candidates = enis.compactMap { candidate($0, store: store) }
    guard let eni = policy.freeOneENI(candidates, card: card) else {
      for candidate in candidates {
        policy.releaseObstacle(candidate, card: card).map { note(.eniKept(candidate.id, $0)) }
      }
      return next(&self)
    }
    _ = datastores[store].removeENI(eni, force: false, subtractsTwice: false)
    note(.eniReleased(eni))
    return freeENI(eni) { engine in
      if engine.profile.forgetsReleasedPrimaryIP { engine.primaryAddresses[eni] = nil }
      return next(&engine)
    }
  }

  func candidate(_ eni: ENIID, store: Int) -> PoolPolicy.ReleaseCandidate? {
    datastores[store].releaseCandidate(
      eni, at: now, eniCooling: profile.eniCooling ? Timing.eniCooling : nil)
  }

  /// Detaches and deletes an ENI. A failure leaves it behind: attached, so that reconcile takes it
  /// in again, or detached, for the clean-up of leaked ENIs.
  mutating func freeENI(
    _ eni: ENIID, then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    .waiting(.describeInterfaces([eni])) { engine, reply in
      guard case .described(let list) = reply else {
        if !reply.error.isNotFound { engine.note(.eniReleaseFailed(eni, reply.error)) }
        return next(&engine)
      }
      guard list.contains(where: { $0.id == eni && $0.isAttached }) else { return next(&engine) }
      return engine.retry(.detachInterface(eni), .detach) { engine, result in
        if case .failure(let error) = result {
          engine.note(.eniReleaseFailed(eni, error))
          return next(&engine)
        }
        return engine.wait(Timing.detachPause) { engine in
          engine.retry(.deleteInterface(eni), .delete) { engine, result in
            if case .failure(let error) = result { engine.note(.eniReleaseFailed(eni, error)) }
            return next(&engine)
          }
        }
      }
    }
  }
}
