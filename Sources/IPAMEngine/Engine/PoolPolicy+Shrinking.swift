extension PoolPolicy {
  /// Whether single addresses or prefixes are to be given back; maxPods plays no part.
  public func isHigh(_ statistics: PoolStatistics, freePrefixes: Int, card: Int) -> Bool {
    let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
    if state.isDefined { return state.over > 0 }
    return isPrefixMode && freePrefixes > configuration.warmPrefixTarget
  }

  /// How much `decrease` gives back: addresses, or prefixes in prefix mode.
  public func surplus(_ statistics: PoolStatistics, freePrefixes: Int, card: Int) -> Int {
    let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
    if state.isDefined { return state.over }
    return isPrefixMode ? max(freePrefixes - configuration.warmPrefixTarget, 0) : 0
  }

  /// How much is missing, in the unit of ``surplus(_:freePrefixes:card:)``; without IP targets only
  /// prefix mode has an answer.
  public func shortage(_ statistics: PoolStatistics, freePrefixes: Int, card: Int) -> Int {
    let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
    if state.isDefined { return state.short }
    return isPrefixMode ? max(configuration.warmPrefixTarget - freePrefixes, 0) : 0
  }

  /// The CIDRs that one ENI gives up.
  ///
  /// - Parameters:
  ///   - over: surplus left over all ENIs.
  ///   - idle: the ENI's CIDRs without an assigned address, in the order of choice.
  public func decrease(over: Int, idle: [CIDR]) -> [CIDR] {
    Array(idle.prefix(max(over, 0)))
  }

  /// Whether the pass looks for an ENI to release.
  ///
  /// - Parameter hasIdleENI: whether an ENI is neither primary, trunk nor EFA and has no pods.
  public func shouldRemoveENI(
    _ statistics: PoolStatistics, hasIdleENI: Bool, card: Int
  ) -> Bool {
    if card > 0 || configuration.ipTargetsDefined { return true }
    let target =
      (isPrefixMode ? configuration.warmPrefixTarget : configuration.warmENITarget) + 1
    if statistics.available >= target * capacity.maxIPsPerENI { return true }
    return isPrefixMode && hasIdleENI
  }

  /// An ENI as a candidate for release.
  public struct ReleaseCandidate: Hashable, Sendable {
    /// Id.
    public var id: ENIID
    /// Whether it is the primary ENI.
    public var isPrimary: Bool
    /// Whether it is the trunk.
    public var isTrunk: Bool
    /// Whether it is an EFA interface.
    public var isEFA: Bool
    /// Time since it entered the store.
    public var age: Interval
    /// Whether a cooldown runs on it.
    public var isCooling: Bool
    /// Addresses of any form that pods hold on it.
    public var assigned: Int
    /// `size − assigned` over CIDRs of the current mode on other ENIs that are not excluded.
    public var othersAvailable: Int
    /// Addresses in those CIDRs.
    public var othersTotal: Int
    /// CIDRs of either form with nothing assigned on those ENIs.
    public var othersFreeCIDRs: Int

    /// A candidate.
    public init(
      id: ENIID, isPrimary: Bool = false, isTrunk: Bool = false, isEFA: Bool = false,
      age: Interval, isCooling: Bool = false, assigned: Int = 0, othersAvailable: Int,
      othersTotal: Int, othersFreeCIDRs: Int
    ) {
      self.id = id
      self.isPrimary = isPrimary
      self.isTrunk = isTrunk
      self.isEFA = isEFA
      self.age = age
      self.isCooling = isCooling
      self.assigned = assigned
      self.othersAvailable = othersAvailable
      self.othersTotal = othersTotal
      self.othersFreeCIDRs = othersFreeCIDRs
    }
  }

  /// The first test an ENI fails, in ipamd's order.
  public enum ReleaseObstacle: Hashable, Sendable {
    /// It is the primary ENI.
    case primary
    /// It entered the store less than 60 s ago.
    case tooYoung
    /// A released address on it still cools.
    case cooling
    /// A pod has an address on it.
    case inUse
    /// The other ENIs would not keep WARM_IP_TARGET.
    case neededForWarmIPs
    /// The other ENIs would not keep MINIMUM_IP_TARGET.
    case neededForMinimum
    /// The other ENIs would not keep WARM_PREFIX_TARGET.
    case neededForWarmPrefixes
    /// It is the trunk.
    case trunk
    /// It is an EFA interface.
    case efa
  }

  /// Why `freeOneENI` leaves an ENI alone; nil if it may be released.
  public func releaseObstacle(_ eni: ReleaseCandidate, card: Int) -> ReleaseObstacle? {
    let (warm, minimum) = ipTargets(card: card)
    func rounded(_ target: Int) -> Int {
      isPrefixMode ? Self.prefixes(for: target) * 16 : target
    }
    if eni.isPrimary { return .primary }
    if eni.age < Timing.eniMinimumLife { return .tooYoung }
    if eni.isCooling { return .cooling }
    if eni.assigned > 0 { return .inUse }
    if warm != 0, eni.othersAvailable < rounded(warm) { return .neededForWarmIPs }
    if minimum != 0, eni.othersTotal < rounded(minimum) { return .neededForMinimum }
    // WARM_PREFIX_TARGET keeps its say here even when IP targets replace it everywhere else.
    let prefixes = configuration.warmPrefixTarget
    if isPrefixMode, prefixes != 0, eni.othersFreeCIDRs < prefixes { return .neededForWarmPrefixes }
    if profile.trunkKept, eni.isTrunk { return .trunk }
    if profile.efaKept, eni.isEFA { return .efa }
    return nil
  }

  /// Whether ENIs may be released at all in this pass.
  public func mayFreeENI(isTerminating: Bool, isCordoned: Bool) -> Bool {
    !isTerminating && !cordonBlocks(isCordoned)
  }

  /// The first candidate that passes every test; nil if none does.
  public func freeOneENI(_ candidates: [ReleaseCandidate], card: Int) -> ENIID? {
    candidates.first { releaseObstacle($0, card: card) == nil }?.id
  }

  /// Whether a reconcile pass acts.
  public func reconcileIsDue(lastPoolAction: Instant?, hasTrunk: Bool, now: Instant) -> Bool {
    if configuration.podENI, !hasTrunk, profile.reconcilesForMissingTrunk { return true }
    guard let last = lastPoolAction else { return true }
    return now - last > Timing.reconcileInterval
  }
}
