extension Engine {
  // MARK: ADD

  /// AddNetwork. It never waits, never grows the pool and never asks EC2 for addresses.
  mutating func add(_ request: AddRequest, _ choice: Choice) {
    var reply = AddReply(key: request.key)
    reply.failure = addFailure(request, choice, &reply)
    if reply.failure == nil { reply.failure = afterAssignment(request) }
    outbox.append(.added(reply))
  }

  private mutating func addFailure(
    _ request: AddRequest, _ choice: Choice, _ reply: inout AddReply
  ) -> AddFailure? {
    guard phase == .running else { return .notRunning }
    if request.mishaps.contains(.wrongClientVersion) { return .wrongClientVersion }
    if configuration.podENI {
      switch request.pod {
      case .ordinary, .otherUID: break
      case .notFound, .unavailable: return .podUnavailable
      case .branch(let branch):
        guard datastores[0].hasTrunk else { return .noTrunk }
        guard let branch, branch.vlan != 0 else { return .noBranchInterface }
        reply.branch = branch
        return nil
      }
    }
    guard !request.wantsAllCards || configuration.multiNIC else { return .multiNICDisabled }
    if request.key.isIncomplete { return .incompleteKey }
    return assign(request, choice, &reply)
  }

  private mutating func assign(
    _ request: AddRequest, _ choice: Choice, _ reply: inout AddReply
  ) -> AddFailure? {
    let required = request.wantsAllCards ? datastores.count : 1
    let metadata = PodMetadata(
      namespace: request.namespace, name: request.name, interfacesCount: required)
    var found = 0
    for store in datastores.indices where found < required {
      let isLast = store == datastores.count - 1
      let observed = observed(choice, position: found)
      if let observed, required == 1, !isLast, !datastores[store].hasFreeAddress,
        datastores[store].location(of: observed) == nil
      {
        continue
      }
      let assignment = datastores[store].assign(
        request.key, metadata: metadata, choice: observed, at: now,
        checkpointWritten: !request.mishaps.contains(.checkpointFails))
      switch assignment {
      case .assigned(let address):
        outbox.append(.checkpointWritten(card: datastores[store].networkCard))
        reply.take(address)
        found += 1
      case .alreadyAssigned(let address):
        reply.take(address)
        found += 1
      case .noneAvailable:
        if required == 1, !isLast { continue }
        return .noAddress
      case .checkpointFailed: return .checkpointFailed
      case .notAssignable(let address, let obstacle): return .notAssignable(address, obstacle)
      }
    }
    return nil
  }

  private func observed(_ choice: Choice, position: Int) -> IPAddress? {
    switch choice {
    case .lowest, .order: nil
    case .address(let address): address
    case .addresses(let addresses):
      addresses.indices.contains(position) ? addresses[position] : nil
    }
  }

  /// What can still fail when the pod has its address; the address then stays assigned.
  private func afterAssignment(_ request: AddRequest) -> AddFailure? {
    if request.mishaps.isEmpty { return nil }
    if request.mishaps.contains(.vpcCIDRsUnavailable) { return .vpcCIDRsUnavailable }
    if configuration.annotatesPods, profile.annotationFailureFailsAdd,
      request.mishaps.contains(.annotationFails)
    {
      return .annotationFailed
    }
    return nil
  }

  // MARK: DEL

  /// DelNetwork.
  mutating func delete(_ request: DeleteRequest) {
    var reply = DeleteReply(key: request.key)
    reply.failure = deleteFailure(request, &reply)
    outbox.append(.deleted(reply))
  }

  private mutating func deleteFailure(
    _ request: DeleteRequest, _ reply: inout DeleteReply
  ) -> DeleteFailure? {
    if request.mishaps.contains(.wrongClientVersion) { return .wrongClientVersion }
    var wanted = 1
    var failure: DeleteFailure?
    for store in datastores.indices where reply.addresses.count < wanted {
      guard let key = knownKey(request.key, store: store) else {
        if configuration.podENI, let end = answerFromAPI(request, &reply) { return end.failure }
        if store < datastores.count - 1, reply.addresses.isEmpty { continue }
        failure = failure ?? .unknownPod
        continue
      }
      if request.mishaps.contains(.checkpointFails) {
        failure = failure ?? .checkpointFailed
        continue
      }
      guard let released = datastores[store].unassign(key, at: now) else { continue }
      outbox.append(.checkpointWritten(card: datastores[store].networkCard))
      if released.metadata.interfacesCount > 0 { wanted = released.metadata.interfacesCount }
      returnOtherMode(after: released, store: store)
      reply.addresses.append(released.address)
    }
    if failure == nil, datastores.isEmpty { return .unknownPod }
    if failure == nil, configuration.annotatesPods, profile.annotationFailureFailsDelete,
      request.mishaps.contains(.annotationFails)
    {
      return .annotationFailed
    }
    return failure
  }

  private func knownKey(_ key: IPAMKey, store: Int) -> IPAMKey? {
    if datastores[store].pods[key] != nil { return key }
    let migrated = IPAMKey.migrated(containerID: key.containerID)
    return datastores[store].pods[migrated] == nil ? nil : migrated
  }

  /// With security groups for pods an unknown pod may have a branch ENI, or be gone altogether.
  private func answerFromAPI(
    _ request: DeleteRequest, _ reply: inout DeleteReply
  ) -> (failure: DeleteFailure?, Void)? {
    switch request.pod {
    case .ordinary: return nil
    case .notFound: return (nil, ())
    case .unavailable: return (.podUnavailable, ())
    case .otherUID: return profile.checksPodUID ? (.podUIDMismatch, ()) : nil
    case .branch(let branch):
      guard let branch else { return nil }
      reply.branch = branch
      return (nil, ())
    }
  }

  /// After a mode switch a DEL gives back what the ENI no longer needs of the other mode.
  private mutating func returnOtherMode(after released: Datastore.Unassignment, store: Int) {
    let kind = AddressKind(released.cidr)
    guard policy.capacity.mode != .prefixV6, kind != policy.capacity.mode else { return }
    if kind == .single {
      if profile.secondaryDeleteMiscounts { datastores[store].total -= 1 }
      guard profile.pdReleasesSecondaryOnDelete else { return }
    }
    let eni = released.address.eni
    let idle = datastores[store].idleCIDRs(of: eni, kind: kind)
    for cidr in idle { datastores[store].removeCIDR(cidr, from: eni, force: false) }
    guard !idle.isEmpty else { return }
    outbox.append(.detachedCall(nextCallID(), .unassign(eni, kind: kind, idle)))
  }
}

extension AddReply {
  mutating func take(_ address: PodAddress) {
    if self.address == nil {
      self.address = address
    } else {
      furtherAddresses.append(address)
    }
  }
}
