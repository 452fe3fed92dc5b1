import Facts
import IPAMEngine

/// Reads from an epoch's statements how its ipamd was set up, before anything is replayed.
struct EpochReader {
  private let journals: [IPAMDJournal]
  private let context: ReplayContext

  private var found = Findings()

  /// What the statements say.
  private struct Findings {
    var hasStart = false
    var version: String?
    var targets: [String: String] = [:]
    var poolSettings: [String: String] = [:]
    var flags: [String: Bool] = [:]
    var maxPods: Int?
    var instanceType: String?
    var addressesPerENI: Int?
    var prefixesPerENI: Int?
    var eniLimit: Int?
    var cooldownUs: Int64?
    var isPrefixMode: Bool?
    var isV6 = false
    var wantsTrunk = false
    var lowestRelease: Release?
    var firstUs: Int64?
    var lastUs: Int64?
    var shutdown = false
    var failed = false
    var count = 0
    var hasTicks = false
  }

  init(_ journals: [IPAMDJournal], _ context: ReplayContext) {
    self.journals = journals
    self.context = context
  }

  /// Describes an epoch.
  mutating func read(_ parts: [LogSequence.Part], number: Int, isLast: Bool) -> Epoch {
    found = Findings()
    for part in parts {
      let journal = journals[part.journal]
      var reader = IPAMDJournal.Reader(journal)
      for index in part.range { note(reader[index], journal) }
    }
    let hasDebug = parts.contains { journals[$0.journal].hasDebug }
    let hasInfo = parts.contains { journals[$0.journal].hasInfo }
    let hasStart = found.hasStart
    var settings = Settings(
      isComplete: hasStart && hasDebug, declared: isLast ? context.environment : nil)
    for name in Settings.targets {
      settings.take(name, found.poolSettings[name] ?? found.targets[name])
    }
    settings.take("MAX_ENI", found.targets["MAX_ENI"])
    settings.take("IP_COOLDOWN_PERIOD", found.cooldownUs.map { String($0 / 1_000_000) })
    let prefixes = found.flags["ENABLE_PREFIX_DELEGATION"] ?? found.isPrefixMode
    settings.take("ENABLE_PREFIX_DELEGATION", prefixes.map { "\($0)" })
    for name in ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "ENABLE_SUBNET_DISCOVERY"] {
      settings.take(name, found.flags[name].map { "\($0)" })
    }
    settings.take("ENABLE_POD_ENI", found.wantsTrunk ? "true" : nil)
    let (release, origin) = release(isLast: isLast)
    settings.environment["ENABLE_IPv6"] = found.isV6 ? "true" : "false"
    settings.environment["ENABLE_IPv4"] = found.isV6 ? "false" : "true"
    if found.isV6 { settings.environment["ENABLE_PREFIX_DELEGATION"] = "true" }
    let configuration = Configuration(
      environment: settings.environment,
      profile: release.map { BehaviourProfile(release: $0) } ?? .newest)
    let limits = limits()
    let place = LogPlace(journal: parts[0].journal, statement: parts[0].range.lowerBound)
    return Epoch(
      number: number, startUs: found.firstUs, endUs: found.lastUs, hasStart: hasStart,
      end: found.failed ? .failed : found.shutdown ? .shutdown : isLast ? .running : .vanished,
      release: release, releaseOrigin: origin, configuration: configuration,
      origins: settings.origins, limits: limits.value, knowsENILimit: limits.hasENIs,
      knowsSlots: limits.hasSlots, maxPods: found.maxPods ?? (isLast ? context.maxPods : nil),
      instanceType: found.instanceType ?? context.instanceType,
      grade: hasDebug ? .full : hasInfo ? .partial : .none,
      provesCooldown: found.cooldownUs != nil, hasTicks: found.hasTicks,
      statementCount: found.count, place: place,
      line: Int(journals[place.journal][place.statement].line))
  }

  private mutating func note(_ statement: IPAMDStatement, _ journal: IPAMDJournal) {
    found.count += 1
    if let time = statement.timeUs {
      if found.firstUs == nil { found.firstUs = time }
      found.lastUs = time
    }
    switch statement.kind {
    case .processStart:
      found.hasStart = true
      found.version = journal.text(of: statement.text)
    case .startFailed: found.failed = true
    case .shutdown: found.shutdown = true
    case .target:
      let name = journal.text(of: statement.text)
      found.targets[name] = statement.number.map(String.init)
    case .poolSettings: notePool(statement)
    case .prefixDelegation: found.flags["ENABLE_PREFIX_DELEGATION"] = statement.flag
    case .prefixFallback: found.flags["ENABLE_PREFIX_DELEGATION"] = false
    case .customNetworking:
      found.flags["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] = statement.flag
    case .eniConfigUsed, .eniConfigError:
      let name = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
      found.flags[name] = found.flags[name] ?? true
    case .subnetDiscovery: found.flags["ENABLE_SUBNET_DISCOVERY"] = statement.flag
    case .limits:
      found.addressesPerENI = statement.number
      found.prefixesPerENI = statement[.prefixes]
    case .instance: noteInstance(journal.text(of: statement.text))
    case .cooldownBegins:
      found.cooldownUs = found.cooldownUs ?? statement.durationUs
      atLeast(Release(1, 21, 2))
    case .room:
      found.eniLimit = statement[.assigned]
      if statement[.prefixes] ?? 0 > 0 { found.wantsTrunk = true }
      atLeast(Release(1, 22, 0))
    case .eniExcluded: atLeast(Release(1, 22, 0))
    case .noSlotForTrunk, .trunkFound: found.wantsTrunk = true
    case .reconcileStart:
      if let since = statement.durationUs, since <= 60_000_000 { found.wantsTrunk = true }
    case .poolStatistics:
      if found.isPrefixMode == nil {
        found.isPrefixMode = journal.text(of: statement.text).hasPrefix("Prefix")
      }
    case .assigned where !statement.pod.isNone: atLeast(Release(1, 20, 0))
    case .storeMade: atLeast(Release(1, 20, 0))
    case .cidrAdded: if statement.address?.isV6 == true { found.isV6 = true }
    case .tick: found.hasTicks = true
    default: break
    }
  }

  private mutating func atLeast(_ release: Release) {
    found.lowestRelease = max(found.lowestRelease ?? release, release)
  }

  private mutating func notePool(_ statement: IPAMDStatement) {
    found.maxPods = found.maxPods ?? statement.number
    let places: [(String, IPAMDStatement.Number)] = [
      ("WARM_IP_TARGET", .assigned), ("WARM_PREFIX_TARGET", .cooling),
      ("WARM_ENI_TARGET", .prefixes), ("MINIMUM_IP_TARGET", .perENI),
    ]
    for (name, place) in places { found.poolSettings[name] = statement[place].map(String.init) }
  }

  private mutating func noteInstance(_ text: String) {
    guard text.contains("instance-type"), let value = text.split(separator: ":").last else {
      return
    }
    found.instanceType = value.split(separator: " ").first.map(String.init)
  }

  private func release(isLast: Bool) -> (Release?, Epoch.Origin) {
    if let release = found.version.flatMap({ Release($0) }) { return (release, .log) }
    if isLast, let release = context.release { return (release, .declared) }
    // The newest shape is that of 1.22.0; what 1.22 and later releases write looks alike.
    if found.lowestRelease == Release(1, 22, 0) { return (Release(1, 23, 1), .messages) }
    return found.lowestRelease.map { ($0, .messages) } ?? (nil, .unknown)
  }

  private func limits() -> (value: InstanceLimits, hasENIs: Bool, hasSlots: Bool) {
    var value = InstanceLimits(eniLimit: Self.unknownENILimit, ipv4PerENI: 1)
    var hasENIs = false
    var hasSlots = false
    if let type = found.instanceType ?? context.instanceType,
      case .known(let known) = InstanceLimits.lookUp(type)
    {
      value = known
      hasENIs = true
      hasSlots = true
    }
    if let limit = found.eniLimit {
      value.eniLimit = limit
      hasENIs = true
    }
    if let addresses = found.addressesPerENI {
      let prefixes = found.prefixesPerENI ?? 0
      value.ipv4PerENI = (prefixes > 0 ? prefixes : addresses) + 1
      hasSlots = true
    }
    return (value, hasENIs, hasSlots)
  }

  /// More than any instance has.
  private static let unknownENILimit = 1000
}

/// ipamd's variables with the place where each value was found.
private struct Settings {
  static let targets = [
    "WARM_ENI_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET",
  ]

  /// Variables whose default no line tells.
  private static let unlogged = ["IP_COOLDOWN_PERIOD", "ENABLE_POD_ENI"]

  /// Whether the log tells every variable that differs from its default.
  let isComplete: Bool
  let declared: [String: String]?
  var environment: [String: String]
  var origins: [(name: String, origin: Epoch.Origin)] = []

  init(isComplete: Bool, declared: [String: String]?) {
    self.isComplete = isComplete
    self.declared = declared
    environment = declared ?? [:]
  }

  mutating func take(_ name: String, _ logged: String?) {
    if let logged {
      environment[name] = logged
      origins.append((name, .log))
    } else if declared?[name] != nil {
      origins.append((name, .declared))
    } else if Self.unlogged.contains(name) {
      origins.append((name, .unknown))
    } else {
      // A variable that a process was started without writes no line.
      origins.append((name, isComplete || declared != nil ? .default : .unknown))
    }
  }
}
