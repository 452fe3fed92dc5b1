/// What became of setting up an ENI.
enum SetUpResult: Hashable, Sendable {
  case done
  case failed
  /// No link of the host has its MAC: trying again is useless.
  case noLink
}

extension CloudError {
  /// Answer to ``Call/configureLink(_:)`` when no link of the host has the ENI's MAC.
  public static let noLink = "NoLink"
}

extension Engine {
  func storeIndex(card: Int) -> Int? { datastores.firstIndex { $0.networkCard == card } }

  /// Brings ipamd's own tags onto an ENI, with a call only if one is missing or different.
  func tag(
    _ eni: DiscoveredENI, then next: @escaping @Sendable (inout Engine, Attempt<Void>) -> Step
  ) -> Step? {
    let wanted = ENIClassification.ownTags(instanceID: instanceID, configuration: configuration)
    let isTrunk = eni.metadata.id == trunkENI
    guard !isTrunk, !configuration.provisioningDisabled, !wanted.allSatisfy(eni.tags.contains)
    else { return nil }
    return retry(.createTags(eni.metadata.id, wanted), .tag, then: next)
  }

  /// Takes an ENI into its store with the addresses the metadata shows.
  mutating func setUpENI(
    _ eni: MetadataInterface, then next: @escaping @Sendable (inout Engine, SetUpResult) -> Step
  ) -> Step {
    guard let store = storeIndex(card: eni.networkCard) else { return next(&self, .failed) }
    let attributes = ENIAttributes(
      id: eni.id, isPrimary: eni.isPrimary, isTrunk: eni.id == trunkENI,
      isEFA: efaENIs.contains(eni.id), device: eni.device, subnet: eni.subnet)
    if datastores[store].addENI(attributes, at: now) { note(.eniAdded(eni.id)) }
    if profile.primaryIPBeforeSubnetCheck { primaryAddresses[eni.id] = eni.primaryAddress }
    guard profile.excludedENIs, configuration.subnetDiscovery else {
      return setUpAddresses(eni, store: store, then: next)
    }
    return .waiting(.describeSubnets) { engine, reply in
      guard case .subnets(let subnets) = reply else { return next(&engine, .failed) }
      if engine.policy.capacity.mode != .prefixV6 {
        engine.datastores[store].setExcluded(eni.id, engine.isExcluded(eni.subnet, in: subnets))
      }
      return engine.setUpAddresses(eni, store: store, then: next)
    }
  }

  func isExcluded(_ subnet: String, in subnets: [Subnet]) -> Bool {
    guard let match = subnets.first(where: { $0.id == subnet }) else { return false }
    return ENIClassification.isExcluded(
      match, clusterName: configuration.clusterName, profile: profile)
  }

  private mutating func setUpAddresses(
    _ eni: MetadataInterface, store: Int,
    then next: @escaping @Sendable (inout Engine, SetUpResult) -> Step
  ) -> Step {
    primaryAddresses[eni.id] = eni.primaryAddress
    guard policy.capacity.mode == .prefixV6, eni.id != trunkENI else {
      return setUpLink(eni, store: store, then: next)
    }
    return .waiting(.describeInterfaces([eni.id])) { engine, reply in
      guard case .described(let described) = reply else { return next(&engine, .failed) }
      if let held = described.first(where: { $0.id == eni.id })?.prefixesV6.first {
        engine.datastores[store].addCIDR(held, to: eni.id)
        return engine.setUpLink(eni, store: store, then: next)
      }
      return .waiting(.assign(eni.id, kind: .prefixV6, count: 1)) { engine, reply in
        guard case .granted(let cidrs) = reply else { return next(&engine, .failed) }
        for cidr in cidrs { engine.datastores[store].addCIDR(cidr, to: eni.id) }
        return engine.setUpLink(eni, store: store, then: next)
      }
    }
  }

  private mutating func setUpLink(
    _ eni: MetadataInterface, store: Int,
    then next: @escaping @Sendable (inout Engine, SetUpResult) -> Step
  ) -> Step {
    if eni.isPrimary {
      addListedCIDRs(eni, store: store)
      return next(&self, .done)
    }
    return .waiting(.configureLink(eni.id)) { engine, reply in
      if case .failed(let error) = reply {
        _ = engine.datastores[store].removeENI(
          eni.id, force: true, subtractsTwice: engine.profile.forcedRemovalSubtractsTwice)
        return next(&engine, error.code == CloudError.noLink ? .noLink : .failed)
      }
      engine.addListedCIDRs(eni, store: store)
      return next(&engine, .done)
    }
  }

  private mutating func addListedCIDRs(_ eni: MetadataInterface, store: Int) {
    guard policy.capacity.mode != .prefixV6 else { return }
    for address in eni.addresses where address != eni.primaryAddress {
      datastores[store].addCIDR(CIDR(address), to: eni.id)
    }
    for prefix in eni.prefixes { datastores[store].addCIDR(prefix, to: eni.id) }
  }
}
