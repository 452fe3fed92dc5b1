/// An attached ENI with what EC2 adds to the metadata.
struct DiscoveredENI: Hashable, Sendable {
  var metadata: MetadataInterface
  /// Nil when EC2 was not asked.
  var kind: DescribedInterface.Kind?
  var tags: [ENITag] = []
}

typealias Attempt<Value> = Result<Value, CloudError>

extension Engine {
  /// Tries to describe all ENIs before giving up.
  static let describeTries = 12

  /// Lists the attached ENIs as the metadata shows them.
  func listInterfaces(
    then next: @escaping @Sendable (inout Engine, Attempt<[MetadataInterface]>) -> Step
  ) -> Step {
    .waiting(.listInterfaces) { engine, reply in
      guard case .interfaces(var list) = reply else { return next(&engine, .failure(reply.error)) }
      if list.contains(where: { !$0.isEFAOnly && $0.addresses.isEmpty }) {
        return next(&engine, .failure(CloudError(code: "NoAddressInMetadata")))
      }
      if engine.configuration.customNetworking {
        for index in list.indices where list[index].isPrimary { list[index].prefixes = [] }
      }
      return next(&engine, .success(list))
    }
  }

  /// DescribeAllENIs: the metadata's list, with type and tags from EC2.
  func discoverENIs(
    then next: @escaping @Sendable (inout Engine, Attempt<[DiscoveredENI]>) -> Step
  ) -> Step {
    listInterfaces { engine, result in
      switch result {
      case .failure(let error): return next(&engine, .failure(error))
      case .success(let list):
        if engine.configuration.imdsOnly {
          return next(&engine, .success(list.map { DiscoveredENI(metadata: $0) }))
        }
        return engine.describe(list, attempt: 1, then: next)
      }
    }
  }

  private func describe(
    _ list: [MetadataInterface], attempt: Int,
    then next: @escaping @Sendable (inout Engine, Attempt<[DiscoveredENI]>) -> Step
  ) -> Step {
    .waiting(.describeInterfaces(list.map(\.id))) { engine, reply in
      if case .described(let described) = reply {
        return next(&engine, .success(Self.merge(list, described)))
      }
      let error = reply.error
      guard attempt < Self.describeTries else { return next(&engine, .failure(error)) }
      if error.isNotFound {
        // The metadata is stale: the ENI is gone and its id makes the whole request fail.
        let rest = list.filter { $0.id != error.interface }
        return engine.describe(rest, attempt: attempt + 1, then: next)
      }
      return engine.wait(.milliseconds(10 * (attempt - 1))) { engine in
        engine.describe(list, attempt: attempt + 1, then: next)
      }
    }
  }

  private static func merge(
    _ list: [MetadataInterface], _ described: [DescribedInterface]
  ) -> [DiscoveredENI] {
    list.compactMap { metadata in
      guard let match = described.first(where: { $0.id == metadata.id }) else { return nil }
      var eni = DiscoveredENI(metadata: metadata, kind: match.kind, tags: match.tags)
      if match.kind == .efaOnly { eni.metadata.isEFAOnly = true }
      return eni
    }
  }

  /// Learns roles and the unmanaged set from a discovery.
  mutating func classify(_ enis: [DiscoveredENI]) {
    guard enis.contains(where: { $0.kind != nil }) else { return }
    trunkENI = enis.first { $0.kind == .trunk }?.metadata.id
    efaENIs = enis.filter { $0.kind == .efa || $0.kind == .efaOnly }.map(\.metadata.id)
    unmanagedENIs = enis.filter { isUnmanaged($0) }.map(\.metadata.id).sorted()
  }

  private func isUnmanaged(_ eni: DiscoveredENI) -> Bool {
    ENIClassification.isUnmanaged(
      isPrimary: eni.metadata.isPrimary, tags: eni.tags, instanceID: instanceID,
      managesUntagged: configuration.managesUntaggedENIs || profile.onlyNoManageTag)
  }

  /// The ENIs of a list that ipamd manages; counts the others anew.
  mutating func filterManaged(_ list: [MetadataInterface]) -> [MetadataInterface] {
    var counts =
      profile.unmanagedCountAccumulates && phase == .running
      ? unmanagedCount : Array(repeating: 0, count: unmanagedCount.count)
    var managed: [MetadataInterface] = []
    for eni in list {
      let card = eni.networkCard
      if policy.capacity.mode == .prefixV6, eni.isPrimary {
        managed.append(eni)
      } else if policy.capacity.mode == .prefixV6, !profile.ipv6ManagesSecondaryENIs {
        continue
      } else if !managedCards.contains(card) {
        if profile.countsENIsOfUnmanagedCards { counts[0] += 1 }
      } else if unmanagedENIs.contains(eni.id) || (eni.isEFAOnly && !eni.isPrimary) {
        if counts.indices.contains(card) { counts[card] += 1 }
      } else {
        managed.append(eni)
      }
    }
    unmanagedCount = counts
    return managed
  }

  /// A pause of the pool loop; none at all if it has no length.
  func wait(
    _ interval: Interval, jitterPercent: Int = 0,
    then next: @escaping @Sendable (inout Engine) -> Step
  ) -> Step {
    // A pause of no length is still announced: the caller's closure needs an engine to work on.
    .waiting(.wait(atLeast: interval, jitterPercent: jitterPercent)) { engine, _ in next(&engine) }
  }

  /// Repeats a call with growing pauses until it succeeds, cannot succeed, or was tried often
  /// enough.
  func retry(
    _ call: Call, _ plan: RetryPlan, attempt: Int = 1,
    then next: @escaping @Sendable (inout Engine, Attempt<Void>) -> Step
  ) -> Step {
    .waiting(call) { engine, reply in
      guard case .failed(let error) = reply else { return next(&engine, .success(())) }
      if plan.absenceIsSuccess, error.isNotFound { return next(&engine, .success(())) }
      guard attempt < plan.tries else { return next(&engine, .failure(error)) }
      return engine.wait(plan.pause(after: attempt), jitterPercent: plan.jitterPercent) { engine in
        engine.retry(call, plan, attempt: attempt + 1, then: next)
      }
    }
  }
}

/// How often a call is repeated, and with which pauses.
struct RetryPlan: Sendable {
  let tries: Int
  let firstPause: Interval
  let longestPause: Interval
  let jitterPercent: Int
  var absenceIsSuccess = false

  /// Pauses double from one try to the next.
  func pause(after attempt: Int) -> Interval {
    var pause = firstPause
    for _ in 1..<max(attempt, 1) where pause < longestPause {
      pause = Interval(nanoseconds: pause.nanoseconds * 2)
    }
    return min(pause, longestPause)
  }

  static let detach = RetryPlan(
    tries: 12, firstPause: .milliseconds(200), longestPause: .seconds(60), jitterPercent: 15)
  static let delete = RetryPlan(
    tries: 12, firstPause: .milliseconds(500), longestPause: .seconds(60), jitterPercent: 15,
    absenceIsSuccess: true)
  static let metadata = RetryPlan(
    tries: 12, firstPause: .milliseconds(100), longestPause: .seconds(60), jitterPercent: 15)
  static let tag = RetryPlan(
    tries: 5, firstPause: .milliseconds(500), longestPause: .seconds(60), jitterPercent: 30)
}
