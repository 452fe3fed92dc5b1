import Facts
import IPAMEngine

/// The pool between two statements, and everything that a replay gathers on its way.
struct ReplayState {
  private let journals: [IPAMDJournal]
  /// The log that is read: an element of an array is copied whenever it is asked.
  private var journal = IPAMDJournal()
  private var journalPlace = -1
  private(set) var names: NameCache

  // The process. What is asked of it at every statement is kept apart: it is a large value.
  var epoch: Epoch?
  private(set) var epochNumber = 0
  private(set) var isFull = false
  private(set) var hasTicks = false
  private(set) var hasRooms = false
  private(set) var knowsDecisions = false
  /// Whether enough is known of the process to judge what it decides.
  private(set) var hasJudgedEpoch = false
  /// When the pool or what is in it changed last.
  private(set) var lastChangeUs: Int64 = .min
  var engine: Engine
  var now: Int64?
  var place = LogPlace(journal: 0, statement: 0)
  var line: Int32 = 0
  private var cooldown: Interval?
  /// The ENI that was found in the pool last.
  var lastRequired: ENIID?

  // What lines tell about those behind them.
  var interfaces = InterfaceFacts()
  var adding: (cidr: CIDR, eni: ENIID)?
  var pass = PoolPass()
  var reconcile = ReconcileRun()
  var isRestoring = false
  var forcedENI: ENIID?
  var unassigned: (key: IPAMKey, address: IPAddress)?
  var requests: [String: Int64] = [:]
  var trust = Trust()
  var growth = GrowthHistory()
  /// When lines were found missing last, or the clock was set back.
  var lastGapUs: Int64?

  // What comes of it.
  var samples: [PoolSample] = []
  var events: [ReplayEvent] = []
  var holdings = HoldingList()
  var divergences: [Divergence] = []
  var workload = Workload()
  var checks = CheckCounts()
  var conditions = Conditions()
  var hasExcludedENI = false

  init(_ journals: [IPAMDJournal]) {
    self.journals = journals
    names = NameCache(journals)
    engine = Engine(
      configuration: Configuration(), limits: InstanceLimits(eniLimit: 1, ipv4PerENI: 1),
      maxPods: .max, instanceID: "")
  }

  // MARK: Epochs

  /// A process begins with the statement at a place.
  mutating func begin(
    _ epoch: Epoch, at first: (place: LogPlace, line: Int32), start: PoolSnapshot?
  ) {
    self.epoch = epoch
    place = first.place
    line = first.line
    epochNumber = epoch.number
    isFull = epoch.grade == .full
    hasTicks = epoch.hasTicks
    hasRooms = epoch.release.map { $0 >= Release(1, 22, 0) } ?? false
    knowsDecisions = epoch.knowsTargets && epoch.knowsSlots
    // What a DaemonSet says later need not have been so in this process.
    hasJudgedEpoch =
      epoch.grade == .full && knowsDecisions && epoch.knowsENILimit
      && !epoch.origins.contains { $0.name.hasSuffix("TARGET") && $0.origin == .declared }
    lastChangeUs = .max
    let policy = epoch.policy
    engine = Engine(
      configuration: epoch.configuration, limits: epoch.limits, maxPods: policy.maxPods,
      instanceID: "", profile: policy.profile)
    interfaces = InterfaceFacts()
    adding = nil
    pass = PoolPass()
    reconcile = ReconcileRun()
    isRestoring = false
    forcedENI = nil
    unassigned = nil
    requests = [:]
    growth = GrowthHistory(sampledSinceGap: epoch.hasStart)
    lastGapUs = nil
    trust = Trust(isProved: epoch.hasStart && epoch.grade == .full)
    engine.observe(.started, at: instant(epoch.startUs))
    cooldown = nil
    lastRequired = nil
    if let start { take(start) }
    if !epoch.hasStart {
      let reason = start == nil ? GapReason.startMissing : .startFromIntrospection
      noteGap(reason, fromUs: nil, toUs: epoch.startUs)
    }
  }

  private mutating func take(_ snapshot: PoolSnapshot) {
    for eni in snapshot.enis {
      observe(.eniAdded(eni.attributes, card: eni.card))
      if eni.isExcluded { observe(.eniExcluded(eni.attributes.id, true)) }
      for cidr in eni.cidrs { observe(.cidrAdded(cidr, eni.attributes.id)) }
      for holder in eni.holders {
        observe(.assigned(holder.key, holder.metadata, holder.address, card: eni.card))
        holdings.begin(
          Holding(
            epoch: epochNumber, address: holder.address, eni: eni.attributes.id,
            key: holder.key, metadata: holder.metadata, fromUs: nil, origin: .inferred,
            place: place, line: 0))
      }
    }
  }

  mutating func end(_ epoch: Epoch) {
    holdings.endEpoch()
  }

  mutating func noteLogBoundary() {
    trust.crossedLogs = true
  }

  // MARK: Time

  func instant(_ timeUs: Int64?) -> Instant {
    let (product, overflow) = (timeUs ?? now ?? 0).multipliedReportingOverflow(by: 1000)
    return Instant(nanoseconds: overflow ? .max : product)
  }

  var moment: Instant { instant(now) }

  mutating func pass(to timeUs: Int64) {
    engine.advance(to: instant(timeUs))
  }

  @discardableResult
  mutating func observe(_ observation: Observation) -> Bool {
    lastChangeUs = now ?? .max
    return engine.observe(observation, at: moment)
  }

  // MARK: Names

  func text(_ symbol: IPAMDStatement.Symbol) -> String {
    journal.text(of: symbol)
  }

  /// Code and operation of an error of EC2.
  func error(_ symbol: IPAMDStatement.Symbol) -> (code: String?, operation: String?) {
    journal.error(of: symbol)
  }

  /// The same; nil if there is no text.
  func optionalError(
    _ symbol: IPAMDStatement.Symbol
  ) -> (code: String?, operation: String?)? {
    symbol.isNone ? nil : error(symbol)
  }

  mutating func eni(_ symbol: IPAMDStatement.Symbol) -> ENIID? {
    symbol.isNone ? nil : names.eni(symbol, place.journal) { journal.text(of: $0) }
  }

  mutating func key(_ symbol: IPAMDStatement.Symbol) -> IPAMKey? {
    symbol.isNone ? nil : names.key(symbol, place.journal) { journal.text(of: $0) }
  }

  /// A CIDR that a statement names.
  func cidr(_ statement: IPAMDStatement) -> CIDR? {
    statement.address.map { address in
      let value = UInt128(address.high) << 64 | UInt128(address.low)
      return CIDR(
        IPAddress(family: address.isV6 ? .v6 : .v4, value: value), length: Int(address.length))
    }
  }

  func address(_ statement: IPAMDStatement) -> IPAddress? {
    statement.address.map { address in
      IPAddress(
        family: address.isV6 ? .v6 : .v4,
        value: UInt128(address.high) << 64 | UInt128(address.low))
    }
  }

  // MARK: Statements

  mutating func apply(_ statement: IPAMDStatement, at place: LogPlace) {
    self.place = place
    if journalPlace != place.journal {
      journalPlace = place.journal
      journal = journals[place.journal]
    }
    line = statement.line
    workload.order += 1
    let before = now
    if let time = statement.timeUs { now = time }
    noteTime(from: before, statement)
    growth.see(statement.kind)
    noteConditions(statement)
    applyProcess(statement)
    trust.previous = statement.kind
  }

  private mutating func applyProcess(_ statement: IPAMDStatement) {
    switch statement.kind {
    case .processStart: note(.started, text: text(statement.text))
    case .startFailed: note(.startFailed, text: text(statement.text))
    case .nodeInit: for card in engine.unmanagedCount.indices { setUnmanaged(0, card) }
    case .maxPods:
      if let value = statement[.assigned] {
        _ = engine.handle(.maxPods(value), at: moment)
      }
    case .poolSettings:
      if let value = statement.number { _ = engine.handle(.maxPods(value), at: moment) }
    case .restoreBegins: isRestoring = true
    case .restoreEnds, .nothingToRestore, .nodeInitDone, .serving: isRestoring = false
    case .terminating, .shutdown:
      _ = engine.handle(.terminate, at: moment)
      if statement.kind == .shutdown { note(.shutdown) } else { applyPass(statement) }
    case .subnetEmpty:
      observe(.subnetEmpty)
      note(.subnetEmpty)
      applyPass(statement)
    case .assignError, .assignNewError, .createError, .attachError, .detachError, .unassignError,
      .describeError, .eniFreeFailed:
      note(.ec2Error, text: error(statement.text).code)
      applyPass(statement)
    case .cooldownBegins: applyCooldown(statement)
    case .interfaceFound, .interfaceIsPrimary, .interfaceCard, .interfaceType, .eniSkipped,
      .trunkFound, .eniExcluded, .eniPrimaryAddress, .eniNetwork, .createTry, .created, .room:
      applyRole(statement)
    case .eniAdded, .cidrAdded, .cidrAdding, .cidrKnown, .cidrRemoved, .unusedENIRemoved,
      .eniRemoved, .eniRemovalForced, .excludedCIDRRemoved, .eniNotFull, .attached, .eniSetUp:
      applyPool(statement)
    case .assigned, .unassigned, .unassignDone, .restoreUnknown, .addRequest, .addReply,
      .addFailed, .deleteRequest, .deleteReply, .noAddress, .cooldownEnds, .addRequestFields,
      .checkpointFailed, .assignmentChanged:
      applyPod(statement)
    case .tick, .poolStatistics, .storeCounters: compare(statement)
    default: applyPass(statement)
    }
    if case .tick = statement.kind { applyPass(statement) }
    if case .poolStatistics = statement.kind { applyPass(statement) }
    if case .room = statement.kind { compareRoom(statement) }
  }

  private mutating func applyCooldown(_ statement: IPAMDStatement) {
    if let us = statement.durationUs {
      let period = Interval(nanoseconds: us &* 1000)
      if cooldown != period {
        cooldown = period
        observe(.cooldown(period))
      }
    }
    // Without the line before it, this one is the first to tell of the release.
    if let address = address(statement), unassigned?.address != address {
      _ = observe(.coolingBegan(address, card: card(of: address)))
      holdings.end(address, at: now, line, .lost)
    }
  }

  /// The card in whose store an address is.
  func card(of address: IPAddress) -> Int {
    guard engine.storeCount > 1 else { return engine.firstCard ?? 0 }
    return engine.datastores.first { $0.holds(address) }?.networkCard ?? 0
  }

  /// The card in whose store an ENI is.
  func card(of eni: ENIID) -> Int {
    engine.datastores.first { $0.contains(eni) }?.networkCard ?? interfaces.card(of: eni)
  }

  mutating func setUnmanaged(_ count: Int, _ card: Int) {
    guard engine.unmanagedCount.indices.contains(card), engine.unmanagedCount[card] != count else {
      return
    }
    observe(.unmanagedENIs(count, card: card))
  }
}

/// Names of journals as the engine knows them, made once.
struct NameCache {
  private var enis: [[ENIID?]]
  private var keys: [(index: Int32, key: IPAMKey)?]

  init(_ journals: [IPAMDJournal]) {
    enis = Array(repeating: [], count: journals.count)
    keys = Array(repeating: nil, count: journals.count)
  }

  mutating func eni(
    _ symbol: IPAMDStatement.Symbol, _ journal: Int, _ text: (IPAMDStatement.Symbol) -> String
  ) -> ENIID {
    let index = Int(symbol.index)
    if index < enis[journal].count, let known = enis[journal][index] { return known }
    let eni = ENIID(text(symbol))
    // ENIs are named early, so that their numbers are small; others are rare.
    if index < Self.remembered {
      while enis[journal].count <= index { enis[journal].append(nil) }
      enis[journal][index] = eni
    }
    return eni
  }

  /// Numbers of texts up to which ENIs are remembered.
  private static let remembered = 1 << 16

  /// A key; one line after the other is about the same one.
  mutating func key(
    _ symbol: IPAMDStatement.Symbol, _ journal: Int, _ text: (IPAMDStatement.Symbol) -> String
  ) -> IPAMKey {
    if let last = keys[journal], last.index == symbol.index { return last.key }
    let parts = text(symbol).split(separator: "/", omittingEmptySubsequences: false)
    let key =
      parts.count == 3
      ? IPAMKey(
        networkName: String(parts[0]), containerID: String(parts[1]), ifName: String(parts[2]))
      : IPAMKey(networkName: "", containerID: parts.joined(separator: "/"), ifName: "")
    keys[journal] = (symbol.index, key)
    return key
  }
}
