extension Engine {
  /// What one reconcile run knows of the attached ENIs.
  private struct Run: Sendable {
    var managed: [DiscoveredENI]
    /// Whether EC2 was asked in this run; it is asked once at most.
    var isRefreshed = false
  }

  /// Brings the stores in line with what is attached; nothing in IPv6 mode.
  mutating func reconcilePool() -> Step {
    let hasTrunk = datastores.contains { $0.hasTrunk }
    guard policy.capacity.mode != .prefixV6,
      policy.reconcileIsDue(lastPoolAction: lastPoolAction, hasTrunk: hasTrunk, now: now)
    else { return .finished }
    return listInterfaces { engine, result in
      guard case .success(let list) = result, !list.isEmpty else { return .finished }
      let managed = engine.filterManaged(list).map { DiscoveredENI(metadata: $0) }
      return engine.reconcile(store: 0, Run(managed: managed))
    }
  }

  private mutating func reconcile(store: Int, _ run: Run) -> Step {
    guard store < datastores.count else {
      lastPoolAction = now
      return .finished
    }
    let card = datastores[store].networkCard
    let mine = run.managed.filter { $0.metadata.networkCard == card }
    let hasUnknown = mine.contains { !datastores[store].contains($0.metadata.id) }
    guard hasUnknown, !run.isRefreshed else {
      return reconcile(mine[...], store: store) { engine in
        engine.removeVanished(keeping: mine.map(\.metadata.id), store: store)
        return engine.reconcile(store: store + 1, run)
      }
    }
    return discoverENIs { engine, result in
      // lastPoolAction stays, so the next tick tries again.
      guard case .success(let enis) = result else { return .finished }
      engine.classify(enis)
      let managed = Set(engine.filterManaged(enis.map(\.metadata)).map(\.id))
      let list = enis.filter { managed.contains($0.metadata.id) }
      return engine.reconcile(store: store, Run(managed: list, isRefreshed: true))
    }
  }

  private mutating func reconcile(
    _ enis: ArraySlice<DiscoveredENI>, store: Int,
    then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    guard let eni = enis.first else { return next(&self) }
    let goOn: @Sendable (inout Engine) -> Step = { engine in
      engine.reconcile(enis.dropFirst(), store: store, then: next)
    }
    if datastores[store].contains(eni.metadata.id) {
      return reconcileCIDRs(eni.metadata, kind: .single, store: store) { engine in
        engine.reconcileCIDRs(eni.metadata, kind: .prefix, store: store, then: goOn)
      }
    }
    let setUp: @Sendable (inout Engine) -> Step = { engine in
      engine.setUpENI(eni.metadata) { engine, result in
        if result != .done { engine.note(.eniSetUpFailed(eni.metadata.id)) }
        return goOn(&engine)
      }
    }
    let tagging = tag(eni) { engine, result in
      if case .failure = result { return goOn(&engine) }
      return setUp(&engine)
    }
    return tagging ?? setUp(&self)
  }

  private mutating func removeVanished(keeping managed: [ENIID], store: Int) {
    for eni in datastores[store].eniIDs where !managed.contains(eni) {
      let lost = datastores[store].removeENI(
        eni, force: profile.forcedRemoval, subtractsTwice: profile.forcedRemovalSubtractsTwice)
      guard let lost else { continue }
      if profile.forgetsReleasedPrimaryIP { primaryAddresses[eni] = nil }
      note(.eniVanished(eni, pods: lost))
      if !lost.isEmpty {
        outbox.append(.checkpointWritten(card: datastores[store].networkCard))
      }
    }
  }

  // MARK: Addresses of one ENI

  private mutating func reconcileCIDRs(
    _ eni: MetadataInterface, kind: AddressKind, store: Int,
    then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    let listed = withoutPrimary(eni.id, kind == .single ? eni.addresses : nil, eni.prefixes)
    let stored = datastores[store].cidrs(of: eni.id, kind: kind)
    if policy.reconcileDistrusts(listed: listed, stored: stored) {
      note(.metadataMismatch(eni.id))
      return readFromEC2(eni.id, kind: kind) { engine, held in
        if let held {
          engine.apply(held, .trusted, eni: eni.id, kind: kind, store: store)
        }
        return next(&engine)
      }
    }
    let mustVerify = policy.reconcileMustVerify(
      listed: listed, cooldowns: reconcileCooldowns, now: now)
    guard mustVerify else {
      apply(listed, .trusted, eni: eni.id, kind: kind, store: store)
      return next(&self)
    }
    return readFromEC2(eni.id, kind: kind) { engine, held in
      let verification = held.map(CooldownVerification.confirmed) ?? .unavailable
      engine.apply(listed, verification, eni: eni.id, kind: kind, store: store)
      return next(&engine)
    }
  }

  /// Drops the primary address as far as it is remembered: a forgotten one slips into the pool.
  private func withoutPrimary(
    _ eni: ENIID, _ addresses: [IPAddress]?, _ prefixes: [CIDR]
  ) -> [CIDR] {
    guard let addresses else { return prefixes }
    let primary = primaryAddresses[eni]
    return addresses.filter { $0 != primary }.map { CIDR($0) }
  }

  private func readFromEC2(
    _ eni: ENIID, kind: AddressKind, then next: @escaping @Sendable (inout Engine, [CIDR]?) -> Step
  ) -> Step {
    .waiting(.describeInterfaces([eni])) { engine, reply in
      guard case .described(let list) = reply, let match = list.first(where: { $0.id == eni })
      else { return next(&engine, nil) }
      let held = engine.withoutPrimary(
        eni, kind == .single ? match.addresses : nil, match.prefixes)
      return next(&engine, held)
    }
  }

  private mutating func apply(
    _ listed: [CIDR], _ verification: CooldownVerification, eni: ENIID, kind: AddressKind,
    store: Int
  ) {
    let plan = policy.reconcile(
      listed: listed, stored: datastores[store].cidrs(of: eni, kind: kind),
      cooldowns: reconcileCooldowns, verification: verification, now: now)
    for cidr in plan.endCooldown { reconcileCooldowns.remove(cidr) }
    for cidr in plan.add where datastores[store].addCIDR(cidr, to: eni) {
      note(.cidrFound(eni, cidr))
    }
    for cidr in plan.remove {
      let removal = datastores[store].removeCIDR(cidr, from: eni, force: profile.forcedRemoval)
      guard case .removed(let lost) = removal else { continue }
      note(.cidrVanished(eni, cidr, pods: lost))
      if !lost.isEmpty {
        outbox.append(.checkpointWritten(card: datastores[store].networkCard))
      }
    }
  }
}
