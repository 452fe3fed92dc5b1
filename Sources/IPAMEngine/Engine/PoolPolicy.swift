/// Times at which ipamd acts or refrains from acting.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd/ipamd.go` and `pkg/ipamd/datastore`.
public enum Timing {
  /// Pause before each half of the pool loop.
  public static let halfTick = Interval.milliseconds(2500)
  /// Least time between two shrink passes: skipped while no more than this has passed.
  public static let decreaseInterval = Interval.seconds(30)
  /// Least time from the last pool action to a reconcile: skipped while no more has passed.
  public static let reconcileInterval = Interval.seconds(60)
  /// A CIDR given back by shrinking is not taken in again by reconcile before this has passed.
  public static let reconcileCooldown = Interval.seconds(60)
  /// An ENI younger than this in the store is not released.
  public static let eniMinimumLife = Interval.seconds(60)
  /// Old releases: an ENI is not released for this long after a pod left it.
  public static let eniCooling = Interval.seconds(60)
  /// Growth pauses while no more than this has passed since the subnet was found empty.
  public static let insufficientBackoff = Interval.seconds(120)
  /// Pause between detaching an ENI and deleting it.
  public static let detachPause = Interval.seconds(2)
  /// Pause between the attempts to set up an ENI at start.
  public static let setUpPause = Interval.seconds(10)
}

/// How far a pool is from its IP targets.
public struct TargetState: Hashable, Sendable {
  /// What is missing: addresses, or prefixes in prefix mode on card 0.
  public let short: Int
  /// What is too much, in the same unit.
  public let over: Int
  /// Whether an IP target is in force; otherwise `short` and `over` are 0.
  public let isDefined: Bool
}

/// The pool decisions of ipamd as pure functions of configuration, limits and statistics.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/ipamd/ipamd.go`.
public struct PoolPolicy: Hashable, Sendable {
  /// Variables in force.
  public let configuration: Configuration
  /// Version switches in force.
  public let profile: BehaviourProfile
  /// What the instance can hold.
  public let capacity: NodeCapacity
  /// Pod capacity of the node; growth ends when the pool has as many addresses.
  public let maxPods: Int

  /// The decisions for one node.
  public init(
    configuration: Configuration, profile: BehaviourProfile, capacity: NodeCapacity, maxPods: Int
  ) {
    self.configuration = configuration
    self.profile = profile
    self.capacity = capacity
    self.maxPods = maxPods
  }

  /// Whether IPv4 prefixes are in use.
  public var isPrefixMode: Bool { capacity.mode == .prefix }

  // MARK: Targets

  /// WARM_IP_TARGET and MINIMUM_IP_TARGET in force on a card; hard-wired to 1 and 1 above card 0.
  public func ipTargets(card: Int) -> (warm: Int, minimum: Int) {
    card > 0 ? (1, 1) : (configuration.warmIPTarget, configuration.minimumIPTarget)
  }

  /// How far the pool is from its IP targets.
  ///
  /// - Parameters:
  ///   - statistics: numbers of the card's pool.
  ///   - freePrefixes: prefixes without an assigned address, excluded ENIs included.
  public func targetState(
    _ statistics: PoolStatistics, freePrefixes: Int, card: Int
  ) -> TargetState {
    let (warm, minimum) = ipTargets(card: card)
    guard card > 0 || warm != 0 || minimum != 0 else {
      return TargetState(short: 0, over: 0, isDefined: false)
    }
    let available = statistics.available
    let short = max(max(warm - available, 0), minimum - statistics.total)
    // Above card 0 prefix mode is left counting addresses, so that one idle prefix is a surplus.
    guard card == 0, isPrefixMode else {
      let over = max(min(max(available - warm, 0), statistics.total - minimum), 0)
      return TargetState(short: short, over: over, isDefined: true)
    }
    let prefixes = statistics.totalPrefixes
    let spareOfWarm = prefixes - Self.prefixes(for: statistics.assigned + warm)
    let spareOfMinimum = prefixes - Self.prefixes(for: minimum)
    let over = max(min(max(min(freePrefixes, spareOfWarm), 0), spareOfMinimum), 0)
    return TargetState(short: Self.prefixes(for: short), over: over, isDefined: true)
  }

  /// Prefixes that hold `addresses`, rounded up.
  public static func prefixes(for addresses: Int) -> Int { (addresses + 15) / 16 }

  // MARK: Growing

  /// Whether the pool is to grow.
  public func isLow(_ statistics: PoolStatistics, freePrefixes: Int, card: Int) -> Bool {
    if profile.maxPodsGate, statistics.total >= maxPods { return false }
    let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
    if state.isDefined { return state.short > 0 }
    let (target, unit) =
      isPrefixMode
      ? (configuration.warmPrefixTarget, 16)
      : (configuration.warmENITarget, capacity.maxIPsPerENI)
    return statistics.available < unit * target
      || (profile.zeroTargetRule && target == 0 && statistics.available == 0)
  }

  /// Prefixes that one growth step asks for; at least 1.
  public func prefixesNeeded(_ statistics: PoolStatistics, freePrefixes: Int, card: Int) -> Int {
    let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
    if state.isDefined { return max(1, state.short) }
    return max(1, configuration.warmPrefixTarget - freePrefixes)
  }

  /// What keeps `increase` from doing anything.
  public enum GrowthObstacle: Hashable, Sendable {
    /// ipamd was told to stop.
    case terminating
    /// The node is cordoned.
    case cordoned
    /// The subnet was found empty; growth resumes after this time has passed.
    case backoff(until: Instant)
  }

  /// Whether `increase` may act at all.
  public func increase(
    isTerminating: Bool, isCordoned: Bool, lastInsufficient: Instant?, now: Instant
  ) -> GrowthObstacle? {
    if isTerminating { return .terminating }
    if cordonBlocks(isCordoned) { return .cordoned }
    if let last = lastInsufficient, profile.insufficientBackoff != .none,
      now - last <= Timing.insufficientBackoff
    {
      return .backoff(until: last + Timing.insufficientBackoff)
    }
    return nil
  }

  /// Whether a cordon stops ENIs from being attached and released.
  public func cordonBlocks(_ isCordoned: Bool) -> Bool {
    switch profile.cordonGate {
    case .none: false
    case .always: isCordoned
    case .overridable: isCordoned && !configuration.managesENIsWhenCordoned
    }
  }

  /// Addresses that `tryAssignIPs` wants on an ENI of a secondary-IP pool; nil if none.
  public func tryAssignIPs(
    _ statistics: PoolStatistics, freePrefixes: Int, card: Int
  ) -> Int? {
    let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
    guard state.isDefined else { return capacity.maxIPsPerENI }
    if state.short == 0 { return nil }
    return profile.exactAssign ? state.short : capacity.maxIPsPerENI
  }

  /// Prefixes that `tryAssignPrefixes` wants on an ENI of a prefix pool.
  public func tryAssignPrefixes(
    _ statistics: PoolStatistics, freePrefixes: Int, card: Int
  ) -> Int {
    prefixesNeeded(statistics, freePrefixes: freePrefixes, card: card)
  }

  /// CIDRs an ENI may hold before growth passes it over.
  public var cidrLimitPerENI: Int {
    isPrefixMode ? capacity.maxPrefixesPerENI : capacity.maxIPsPerENI
  }

  /// What to ask for with a new ENI: addresses, or prefixes in prefix mode.
  public func newENIResources(
    _ statistics: PoolStatistics, freePrefixes: Int, card: Int
  ) -> Int {
    switch capacity.mode {
    case .prefixV6: return 1
    case .prefix:
      let needed = prefixesNeeded(statistics, freePrefixes: freePrefixes, card: card)
      return min(needed, capacity.maxPrefixesPerENI)
    case .single:
      let state = targetState(statistics, freePrefixes: freePrefixes, card: card)
      guard state.isDefined else { return capacity.maxIPsPerENI }
      return profile.newENIResourceCap ? min(state.short, capacity.maxIPsPerENI) : state.short
    }
  }

  /// Whether another ENI fits on the instance.
  ///
  /// - Parameters:
  ///   - eniCount: ENIs in the card's store, excluded ones included.
  ///   - unmanaged: ENIs of the card set aside as unmanaged.
  ///   - hasTrunk: whether the store has the trunk.
  public func hasRoomForENI(eniCount: Int, unmanaged: Int, hasTrunk: Bool, card: Int) -> Bool {
    let wantsTrunk = configuration.podENI && card == 0 && !hasTrunk
    let reserved: Bool =
      switch profile.trunkReservation {
      case .none: false
      case .always: wantsTrunk
      case .compatibleTypes: wantsTrunk && capacity.isTrunkCompatible
      }
    return eniCount < capacity.maxENI - unmanaged - (reserved ? 1 : 0)
  }

  /// Whether EC2's refusal means that the subnet is exhausted.
  public func isInsufficient(_ error: CloudError) -> Bool {
    switch profile.insufficientBackoff {
    case .none: false
    case .cidrBlocks: error.code == CloudError.insufficientCIDRBlocks
    case .both:
      error.code == CloudError.insufficientCIDRBlocks
        || error.code == CloudError.insufficientFreeAddresses
    }
  }
}
