import Facts
import IPAMEngine

/// How far the replayed state can be relied on.
struct Trust {
  /// Whether the state is what ipamd had, as far as lines can prove it.
  private(set) var isProved: Bool
  /// Whether the last lines cross from one log to the next.
  var crossedLogs = false
  /// The kind of the line before.
  var previous: IPAMDStatement.Kind?
  /// ENIs whose beginning was not seen.
  var inferredENIs: Set<ENIID> = []
  /// Since when the state is proved, in microseconds since 1970 UTC.
  private(set) var provedSinceUs: Int64?

  private var agreeing: Set<Witness> = []
  /// The difference that was reported last, so that one surprise is reported once.
  var lastDifference: String?

  /// Lines of ipamd about itself.
  enum Witness {
    case tick, counters, room
  }

  init(isProved: Bool = false) {
    self.isProved = isProved
  }

  mutating func lose() {
    isProved = false
    provedSinceUs = nil
    agreeing = []
  }

  mutating func agree(_ witness: Witness, at timeUs: Int64?, hasRooms: Bool) {
    guard !isProved else { return }
    agreeing.insert(witness)
    if !hasRooms { agreeing.insert(.room) }
    guard agreeing.count == 3 else { return }
    isProved = true
    provedSinceUs = timeUs
    lastDifference = nil
  }

  mutating func deviate() { agreeing = [] }
}

/// How many lines of ipamd about itself were compared with the replayed state.
public struct CheckCounts: Sendable, Equatable {
  /// Lines that were compared while the state was known.
  public var compared = 0
  /// Lines that said something else.
  public var different = 0
  /// Lines that could not be compared, because the state was not known.
  public var unknown = 0

  /// Nothing was compared.
  public init() {}
}

extension ReplayState {
  /// Compares what ipamd says of its pool with the replayed pool.
  mutating func compare(_ statement: IPAMDStatement) {
    let card = statement.card.map { Int($0) } ?? engine.firstCard ?? 0
    engine.advance(to: moment)
    guard let pool = engine.numbers(card: card) else { return }
    let said = Said(statement)
    guard statement.kind != .storeCounters else {
      guard engine.storeCount == 1 else { return }
      let own = Said(total: said.total == nil ? nil : pool.total, assigned: pool.assigned)
      return judge(statement, said, own, own == said, .counters)
    }
    var own = Said(pool.statistics)
    if said.prefixes == nil || statement.kind == .tick { own.prefixes = nil }
    if said.cooling == nil { own.cooling = nil }
    judge(statement, said, own, agrees(said, own, card), .tick)
    guard statement.kind == .tick else { return }
    sample(said, pool)
    growth.tickIsLow = isLow(said, pool)
    growth.forgetStatistics()
  }

  /// Whether the pool that a tick shows is low by the settings that are known.
  private func isLow(_ said: Said, _ pool: PoolNumbers) -> Bool? {
    guard knowsDecisions, let total = said.total, let assigned = said.assigned else { return nil }
    let statistics = PoolStatistics(
      total: total, assigned: assigned, cooling: said.cooling ?? 0,
      totalPrefixes: pool.statistics.totalPrefixes)
    return engine.policy.isLow(
      statistics, freePrefixes: pool.freePrefixes, card: pool.card)
  }

  /// ipamd grows the pool: if the known settings don't ask for it, one of them is not what it was.
  mutating func checkDecision() {
    guard growth.tickIsLow.take() == false, !growth.doubtsSettings else { return }
    growth.doubtsSettings = true
    divergences.append(
      Divergence(
        timeUs: now, epoch: epochNumber, event: IPAMDStatement.Kind.increase.rawValue,
        said: "the pool is too low", replayed: "it is not by the settings that are known",
        place: place, line: Int(line)))
    noteGap(.settingsDiffer, fromUs: now, toUs: now)
  }

  /// Numbers that a line holds, or those of the replayed pool.
  struct Said: Hashable {
    var total: Int?
    var assigned: Int?
    var cooling: Int?
    var prefixes: Int?

    init(total: Int?, assigned: Int?) {
      self.total = total.map(Self.clamped)
      self.assigned = assigned
    }

    init(_ statement: IPAMDStatement) {
      total = statement[.total]
      assigned = statement[.assigned]
      guard statement.kind != .storeCounters else { return }
      cooling = statement[.cooling]
      prefixes = statement[.prefixes]
    }

    init(_ statistics: PoolStatistics) {
      total = Self.clamped(statistics.total)
      assigned = statistics.assigned
      cooling = statistics.cooling
      prefixes = statistics.totalPrefixes
    }

    /// Statements hold 32 bits, IPv6 pools more addresses.
    private static func clamped(_ value: Int) -> Int { Int(Int32(clamping: value)) }

    var text: String {
      var parts: [String] = []
      if let total { parts.append("total \(total)") }
      if let assigned { parts.append("assigned \(assigned)") }
      if let cooling { parts.append("cooldown \(cooling)") }
      if let prefixes { parts.append("prefixes \(prefixes)") }
      return parts.joined(separator: ", ")
    }
  }

  /// Statistics are taken a moment before they are written, while pods come and go.
  private func agrees(_ said: Said, _ own: Said, _ card: Int) -> Bool {
    if said == own { return true }
    if growth.statistics.contains(where: { $0.matches(said) }) { return true }
    var other = own
    other.cooling = said.cooling
    guard other == said, let cooling = said.cooling, let counted = own.cooling else { return false }
    return abs(cooling - counted)
      <= engine.coolingEnds(card: card, within: Self.cooldownTolerance, of: moment)
  }

  private static let cooldownTolerance = Interval.milliseconds(200)

  private mutating func judge(
    _ statement: IPAMDStatement, _ said: Said, _ own: Said, _ agrees: Bool,
    _ witness: Trust.Witness
  ) {
    guard !agrees else {
      if trust.isProved { checks.compared += 1 } else { checks.unknown += 1 }
      trust.agree(witness, at: now, hasRooms: hasRooms)
      return
    }
    guard trust.isProved else {
      checks.unknown += 1
      return trust.deviate()
    }
    checks.compared += 1
    checks.different += 1
    divergences.append(
      Divergence(
        timeUs: now, epoch: epochNumber, event: statement.kind.rawValue, said: said.text,
        replayed: own.text, place: place, line: Int(line)))
    lose(.stateDiffers)
  }

  mutating func compareRoom(_ statement: IPAMDStatement) {
    guard let enis = statement.number,
      let pool = engine.numbers(card: Int(statement.card ?? 0))
    else { return }
    guard enis == pool.eniCount else {
      guard trust.isProved else { return trust.deviate() }
      checks.compared += 1
      checks.different += 1
      divergences.append(
        Divergence(
          timeUs: now, epoch: epochNumber, event: statement.kind.rawValue,
          said: "\(enis) ENIs", replayed: "\(pool.eniCount) ENIs", place: place,
          line: Int(line)))
      return lose(.stateDiffers)
    }
    if trust.isProved { checks.compared += 1 } else { checks.unknown += 1 }
    trust.agree(.room, at: now, hasRooms: true)
  }

  /// Keeps the numbers before a change, because statistics may be older than their line.
  mutating func rememberStatistics() {
    guard hasTicks, let card = engine.firstCard, let pool = engine.numbers(card: card) else {
      return
    }
    growth.remember(Said(pool.statistics))
  }

  // MARK: Gaps

  /// Lines are missing: what is not proved again is only inferred.
  mutating func lose(_ reason: GapReason) {
    trust.lose()
    lastGapUs = now
    noteGap(reason, fromUs: now, toUs: now)
  }

  mutating func noteTime(from before: Int64?, _ statement: IPAMDStatement) {
    defer { trust.crossedLogs = false }
    guard let before, let time = statement.timeUs, statement.kind != .processStart else { return }
    let passed = time - before
    if passed < -1_000_000 {
      lastGapUs = time
      return noteGap(.clockStepped, fromUs: time, toUs: before)
    }
    guard isFull else { return }
    if trust.crossedLogs, passed > Self.boundaryUs {
      trust.lose()
      lastGapUs = now
      growth.sampledSinceGap = false
      return noteGap(.logMissing, fromUs: before, toUs: time)
    }
    guard growth.hasTicks, passed > Self.silenceUs, !growth.isBlocked,
      !growth.explainsSilence(statement.kind)
    else { return }
    trust.lose()
    lastGapUs = now
    growth.sampledSinceGap = false
    noteGap(.silence, fromUs: before, toUs: time)
  }

  /// Three ticks without a line.
  private static let silenceUs: Int64 = 15_000_000
  /// A log ends and the next one begins within a tick.
  private static let boundaryUs: Int64 = 10_000_000

  /// Gaps of one kind that are no further apart are told as one.
  private static let sameGapUs: Int64 = 600_000_000

  mutating func noteGap(_ reason: GapReason, fromUs: Int64?, toUs: Int64?) {
    var event = ReplayEvent(
      kind: .gap, fromUs: fromUs, timeUs: toUs ?? fromUs, epoch: epochNumber,
      text: reason.rawValue, place: place, line: Int(line))
    // Lines that are missing in one place are told once, and what goes on and on is counted.
    event.lastUs = event.timeUs
    if let last = events.indices.last, events[last].kind == .gap, events[last].text == event.text,
      events[last].epoch == event.epoch, let lastUs = events[last].lastUs, let time = event.timeUs,
      abs(time - lastUs) < Self.sameGapUs
    {
      if time - lastUs >= 1_000_000 { events[last].count += 1 }
      events[last].lastUs = time
      return
    }
    guard events.count < ReplayLimits.events else { return }
    events.append(event)
  }
}

/// Why the state of the pool is not known from here on.
public enum GapReason: String, Sendable, CaseIterable {
  /// The process started before the first line.
  case startMissing = "start_missing"
  /// The same, but introspection tells how the pool was.
  case startFromIntrospection = "start_from_introspection"
  /// Between two logs lines are missing.
  case logMissing = "log_missing"
  /// Nothing was written although the pool loop writes every 5 s.
  case silence
  /// The clock was set back.
  case clockStepped = "clock_stepped"
  /// Numbers of ipamd differ from what the lines add up to.
  case stateDiffers = "state_differs"
  /// ipamd decided otherwise than the known settings say.
  case settingsDiffer = "settings_differ"
  /// An ENI was named that no line added.
  case eniUnknown = "eni_unknown"
  /// A CIDR was named that no line added.
  case cidrUnknown = "cidr_unknown"
  /// An address has a pod that no line gave it to.
  case podUnseen = "pod_unseen"
  /// A pod got an address that it had not asked for.
  case requestUnseen = "request_unseen"
  /// An address cools that no line took back.
  case releaseUnseen = "release_unseen"
}
