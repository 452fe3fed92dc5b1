public import IPAMEngine

/// What a replay found.
public struct ReplayResult: Sendable {
  /// The processes.
  public var epochs: [Epoch]
  /// Paths of the logs; evidence names them by their place.
  public var journals: [String]
  /// The pool over time.
  public var samples: [PoolSample]
  /// What happened to the pool.
  public var events: [ReplayEvent]
  /// Who held which address.
  public var holdings: [Holding]
  /// Where ipamd's numbers differ from the replayed ones.
  public var divergences: [Divergence]
  /// What went wrong.
  public var faults: [Fault]
  /// Pod starts and stops, as a counterfactual replays them.
  public var workload: Workload
  /// How many of ipamd's lines about itself were compared.
  public var checks: CheckCounts
  /// What the world around ipamd did.
  public var conditions: Conditions
  /// Whether an ENI gave no addresses because of its subnet's tags.
  public var hasExcludedENI: Bool
}

/// The pool of a card as one or several ticks in a row showed it.
public struct PoolSample: Sendable {
  /// When it looked so first, in microseconds since 1970 UTC.
  public var timeUs: Int64
  /// When it looked so last.
  public var lastUs: Int64
  /// The process.
  public var epoch: Int
  /// Network card.
  public var card: Int
  /// Addresses in the pool.
  public var total: Int
  /// Addresses that pods hold.
  public var assigned: Int
  /// Addresses in cooldown.
  public var cooling: Int
  /// Addresses that the settings ask for; nil if they are not known.
  public var target: Int?
  /// ENIs in the pool.
  public var enis: Int
  /// Whether the replayed pool is proved to be the real one.
  public var isProved: Bool
  /// Whether nothing is known of the time between the sample before and this one.
  public var followsGap: Bool
  /// The log.
  public var place: LogPlace
  /// Line of the log.
  public var line: Int
}

/// Something that happened to the pool.
public struct ReplayEvent: Sendable {
  /// What happened.
  public var kind: Kind
  /// Since when, for gaps; in microseconds since 1970 UTC.
  public var fromUs: Int64?
  /// When it happened first, in microseconds since 1970 UTC.
  public var timeUs: Int64?
  /// When it happened last.
  public var lastUs: Int64?
  /// The process.
  public var epoch: Int
  /// The ENI.
  public var eni: ENIID?
  /// The first of the CIDRs.
  public var cidr: CIDR?
  /// How many CIDRs, or how often.
  public var count = 1
  /// The pod, by namespace and name.
  public var pod: String?
  /// Addresses in the pool behind it.
  public var total: Int?
  /// Addresses of the pool that pods hold behind it.
  public var assigned: Int?
  /// What the log says about it.
  public var text: String?
  /// Whether it was concluded from other lines.
  public var isInferred = false
  /// The log.
  public var place: LogPlace
  /// Line of the log.
  public var line: Int

  /// What can happen.
  public enum Kind: String, Sendable, CaseIterable {
    /// ipamd started.
    case started
    /// ipamd could not start.
    case startFailed = "start_failed"
    /// ipamd was told to stop.
    case shutdown
    /// An ENI joined the pool.
    case eniAdded = "eni_added"
    /// An ENI without pods left the pool.
    case eniRemoved = "eni_removed"
    /// An ENI left the pool although pods had addresses of it.
    case eniRemovedWithPods = "eni_removed_with_pods"
    /// CIDRs joined the pool.
    case cidrsAdded = "cidrs_added"
    /// The pool shrank: CIDRs went back to EC2.
    case cidrsReturned = "cidrs_returned"
    /// CIDRs left the pool for another reason.
    case cidrsRemoved = "cidrs_removed"
    /// Reconcile found CIDRs that the pool did not have.
    case reconcileAdded = "reconcile_added"
    /// Reconcile found that CIDRs are gone.
    case reconcileRemoved = "reconcile_removed"
    /// A pod got no address.
    case noAddress = "no_address"
    /// The subnet had no address left.
    case subnetEmpty = "subnet_empty"
    /// EC2 refused a request.
    case ec2Error = "ec2_error"
    /// Lines are missing.
    case gap
  }
}

/// A line in which ipamd says something else of its pool than its other lines add up to.
public struct Divergence: Sendable {
  /// When, in microseconds since 1970 UTC.
  public var timeUs: Int64?
  /// The process.
  public var epoch: Int
  /// The line's event.
  public var event: String
  /// What the line says.
  public var said: String
  /// What the replay holds.
  public var replayed: String
  /// The log.
  public var place: LogPlace
  /// Line of the log.
  public var line: Int
}

extension ReplayState {
  /// Adds an event, or counts it with the one before if both say the same of one ENI.
  mutating func note(
    _ kind: ReplayEvent.Kind, eni: ENIID? = nil, cidr: CIDR? = nil, count: Int? = nil,
    pod: String? = nil, text: String? = nil, isInferred: Bool = false
  ) {
    let statistics = engine.firstCard.flatMap { engine.numbers(card: $0)?.statistics }
    if let last = events.indices.last, events[last].kind == kind, events[last].eni == eni,
      events[last].epoch == epochNumber, kind != .noAddress || events[last].pod == pod,
      events[last].text == text, isSoon(events[last])
    {
      events[last].count += count ?? 1
      events[last].lastUs = now
      events[last].total = statistics?.total
      events[last].assigned = statistics?.assigned
      return
    }
    guard events.count < ReplayLimits.events else { return }
    events.append(
      ReplayEvent(
        kind: kind, timeUs: now, lastUs: now, epoch: epochNumber, eni: eni, cidr: cidr,
        count: count ?? 1, pod: pod, total: statistics?.total, assigned: statistics?.assigned,
        text: text, isInferred: isInferred, place: place, line: Int(line)))
  }

  private func isSoon(_ event: ReplayEvent) -> Bool {
    guard let last = event.lastUs ?? event.timeUs, let now else { return true }
    return abs(now - last) <= 5_000_000
  }

  /// Takes a sample of what a tick says.
  mutating func sample(_ said: Said, _ pool: PoolNumbers) {
    guard let total = said.total, let assigned = said.assigned else { return }
    add(total, assigned, said.cooling ?? 0, pool)
  }

  /// Takes a sample of the replayed pool where no tick tells of it.
  mutating func sampleEngine() {
    guard !hasTicks, let now, let card = engine.firstCard, let pool = engine.numbers(card: card)
    else { return }
    if let last = samples.last, last.epoch == epochNumber, now - last.lastUs < 5_000_000 {
      return
    }
    let statistics = pool.statistics
    add(statistics.total, statistics.assigned, statistics.cooling, pool)
  }

  private mutating func add(_ total: Int, _ assigned: Int, _ cooling: Int, _ pool: PoolNumbers) {
    guard let now else { return }
    let isWhole = growth.sampledSinceGap
    growth.sampledSinceGap = true
    if isWhole, let last = samples.indices.last, samples[last].epoch == epochNumber,
      samples[last].card == pool.card, samples[last].total == total,
      samples[last].assigned == assigned, samples[last].cooling == cooling,
      samples[last].enis == pool.eniCount, samples[last].isProved == trust.isProved
    {
      samples[last].lastUs = now
      return
    }
    guard samples.count < ReplayLimits.samples else { return }
    samples.append(
      PoolSample(
        timeUs: now, lastUs: now, epoch: epochNumber, card: pool.card, total: total,
        assigned: assigned, cooling: cooling, target: target(pool, total, assigned),
        enis: pool.eniCount, isProved: trust.isProved, followsGap: !isWhole, place: place,
        line: Int(line)))
  }

  /// What the pool would have to be by its settings.
  private func target(_ pool: PoolNumbers, _ total: Int, _ assigned: Int) -> Int? {
    guard knowsDecisions, pool.mode != .prefixV6 else { return nil }
    let policy = engine.policy
    let (warm, minimum) = policy.ipTargets(card: pool.card)
    if pool.card > 0 || policy.configuration.ipTargetsDefined {
      let wanted = max(assigned + warm, minimum)
      return policy.isPrefixMode ? PoolPolicy.prefixes(for: wanted) * 16 : wanted
    }
    if policy.isPrefixMode {
      return PoolPolicy.prefixes(for: assigned + policy.configuration.warmPrefixTarget * 16) * 16
    }
    return assigned + policy.configuration.warmENITarget * policy.capacity.maxIPsPerENI
  }
}

/// Bounds of a replay.
public enum ReplayLimits {
  /// Most samples of the pool; a tick every 5 s for 28 days.
  public static let samples = 500_000
  /// Most events.
  public static let events = 200_000
  /// Most addresses with their holders.
  public static let holdings = 2_000_000
  /// Most pod starts and stops that a counterfactual can replay.
  public static let workload = 4_000_000
}
