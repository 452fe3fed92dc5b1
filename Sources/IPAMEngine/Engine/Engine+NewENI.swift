extension Engine {
  typealias AllocationDone = @Sendable (inout Engine, Bool) -> Step

  /// Creates, attaches and sets up an ENI; says whether the step counts as a success.
  mutating func allocateENI(store: Int, then next: @escaping AllocationDone) -> Step {
    let card = datastores[store].networkCard
    if configuration.customNetworking, eniConfigSubnet == nil {
      return giveUp(.noENIConfig, card: card, next)
    }
    let count = policy.newENIResources(
      datastores[store].statistics, freePrefixes: datastores[store].freePrefixes, card: card)
    // The need may be met by now; ipamd counts that as an action.
    guard count > 0 else { return next(&self, true) }
    return chooseSubnets { engine, subnets in
      engine.createENI(in: subnets[...], count: count, lastError: nil) { engine, result in
        switch result {
        case .failure(.some(let error)):
          if engine.policy.isInsufficient(error) { engine.startBackoff(error) }
          return engine.giveUp(.refused(error), card: card, next)
        case .failure(.none): return engine.giveUp(.noSubnet, card: card, next)
        case .success(let eni):
          return engine.attach(eni, store: store, count: count, then: next)
        }
      }
    }
  }

  private mutating func giveUp(
    _ failure: Note.NewENIFailure, card: Int, _ next: AllocationDone
  ) -> Step {
    note(.newENIFailed(failure, card: card))
    return next(&self, false)
  }

  // MARK: Subnet

  private mutating func chooseSubnets(
    then next: @escaping @Sendable (inout Engine, [String]) -> Step
  ) -> Step {
    if configuration.customNetworking { return next(&self, eniConfigSubnet.map { [$0] } ?? []) }
    guard configuration.subnetDiscovery || profile.excludedENIs else {
      return next(&self, [nodeSubnet])
    }
    return .waiting(.describeSubnets) { engine, reply in
      guard engine.configuration.subnetDiscovery else {
        // A check that is impossible does not keep the node's own subnet out.
        guard case .subnets(let subnets) = reply, engine.isExcluded(engine.nodeSubnet, in: subnets)
        else { return next(&engine, [engine.nodeSubnet]) }
        return next(&engine, [])
      }
      guard case .subnets(let subnets) = reply else { return engine.fallBackToNodeSubnet(next) }
      let valid = subnets.filter {
        ENIClassification.isValid(
          $0, nodeSubnet: engine.nodeSubnet, clusterName: engine.configuration.clusterName,
          profile: engine.profile)
      }
      return next(&engine, valid.sorted { $0.freeAddresses > $1.freeAddresses }.map(\.id))
    }
  }

  private mutating func fallBackToNodeSubnet(
    _ next: @escaping @Sendable (inout Engine, [String]) -> Step
  ) -> Step {
    guard profile.excludedENIs else { return next(&self, [nodeSubnet]) }
    return .waiting(.describeSubnets) { engine, reply in
      guard case .subnets(let subnets) = reply, !engine.isExcluded(engine.nodeSubnet, in: subnets)
      else { return next(&engine, []) }
      return next(&engine, [engine.nodeSubnet])
    }
  }

  // MARK: Create and attach

  private enum Creation: Sendable {
    case success(ENIID)
    case failure(CloudError?)
  }

  private mutating func createENI(
    in subnets: ArraySlice<String>, count: Int, lastError: CloudError?,
    then next: @escaping @Sendable (inout Engine, Creation) -> Step
  ) -> Step {
    guard let subnet = subnets.first else { return next(&self, .failure(lastError)) }
    let tags = ENIClassification.ownTags(instanceID: instanceID, configuration: configuration)
    let call = Call.createInterface(
      subnet: subnet, kind: policy.capacity.mode,
      count: profile.createENIWithAddresses ? count : 0, tags: tags)
    return .waiting(call) { engine, reply in
      if case .created(let eni) = reply { return next(&engine, .success(eni)) }
      return engine.createENI(
        in: subnets.dropFirst(), count: count, lastError: reply.error, then: next)
    }
  }

  private mutating func attach(
    _ eni: ENIID, store: Int, count: Int, then next: @escaping AllocationDone
  ) -> Step {
    let card = datastores[store].networkCard
    return .waiting(.describeInstance(card: card)) { engine, reply in
      guard case .devices(let used) = reply else {
        return engine.discard(eni, reply.error, card: card, then: next)
      }
      let device = (0...used.count).first { !used.contains($0) } ?? used.count
      return .waiting(.attachInterface(eni, device: device, card: card)) { engine, reply in
        if case .failed(let error) = reply {
          return engine.discard(eni, error, card: card, then: next)
        }
        return engine.keepAttached(eni, store: store, count: count, then: next)
      }
    }
  }

  private mutating func discard(
    _ eni: ENIID, _ error: CloudError, card: Int, then next: @escaping AllocationDone
  ) -> Step {
    retry(.deleteInterface(eni), .delete) { engine, _ in
      engine.giveUp(.refused(error), card: card, next)
    }
  }

  private mutating func keepAttached(
    _ eni: ENIID, store: Int, count: Int, then next: @escaping AllocationDone
  ) -> Step {
    let card = datastores[store].networkCard
    return .waiting(.setDeleteOnTermination(eni)) { engine, reply in
      if case .failed(let error) = reply {
        return engine.freeENI(eni) { engine in engine.giveUp(.refused(error), card: card, next) }
      }
      guard !engine.profile.createENIWithAddresses else {
        return engine.awaitMetadata(eni, store: store, count: count, look: 1, then: next)
      }
      let call = Call.assign(eni, kind: engine.policy.capacity.mode, count: count)
      return .waiting(call) { engine, reply in
        if case .failed(let error) = reply, engine.policy.isInsufficient(error) {
          engine.startBackoff(error)
        }
        return engine.awaitMetadata(eni, store: store, count: count, look: 1, then: next)
      }
    }
  }

  // MARK: Metadata

  private mutating func awaitMetadata(
    _ eni: ENIID, store: Int, count: Int, look: Int, then next: @escaping AllocationDone
  ) -> Step {
    listInterfaces { engine, result in
      // A failed look counts as one that did not show the ENI.
      let shown = (try? result.get())?.first { $0.id == eni }
      let kind = engine.policy.capacity.mode
      let held = shown?.podCIDRs(kind: kind).count ?? 0
      // With prefixes a partial result is taken only from two on.
      let acceptable = look == RetryPlan.metadata.tries && held >= (kind == .single ? 1 : 2)
      if let shown, held >= count || acceptable {
        return engine.finishENI(shown, store: store, then: next)
      }
      guard look < RetryPlan.metadata.tries else {
        return engine.giveUp(
          .notInMetadata, card: engine.datastores[store].networkCard, next)
      }
      return engine.wait(
        RetryPlan.metadata.pause(after: look), jitterPercent: RetryPlan.metadata.jitterPercent
      ) { engine in
        engine.awaitMetadata(eni, store: store, count: count, look: look + 1, then: next)
      }
    }
  }

  private mutating func finishENI(
    _ eni: MetadataInterface, store: Int, then next: @escaping AllocationDone
  ) -> Step {
    setUpENI(eni) { engine, result in
      guard result == .done else {
        engine.note(.eniSetUpFailed(eni.id))
        return engine.giveUp(.setUp, card: engine.datastores[store].networkCard, next)
      }
      return next(&engine, true)
    }
  }
}
