import Facts
import IPAMEngine
import IPAMReplay

/// The rows of the replay's tables.
struct ReplayRows {
  let epochs: [Located<ReplayEpoch>]
  let pool: [Located<ReplayPool>]
  let events: [Located<ReplayPoolEvent>]
  let addresses: [Located<ReplayAddress>]
  let divergences: [Located<ReplayDivergence>]
  let faults: [Located<ReplayFault>]

  init(_ result: ReplayResult) {
    func located<Row>(_ row: Row, _ place: LogPlace, _ line: Int) -> Located<Row> {
      Located(path: result.journals[place.journal], line: line, row: row)
    }
    epochs = result.epochs.map { located(ReplayEpoch($0), $0.place, $0.line) }
    pool = result.samples.map { located(ReplayPool($0), $0.place, $0.line) }
    events = result.events.map { located(ReplayPoolEvent($0), $0.place, $0.line) }
    addresses = result.holdings.map { located(ReplayAddress($0), $0.place, $0.line) }
    divergences = result.divergences.map { located(ReplayDivergence($0), $0.place, $0.line) }
    faults = result.faults.map { located(ReplayFault($0), $0.place, $0.line) }
  }
}

extension ReplayEpoch {
  init(_ epoch: Epoch) {
    let targets = [
      "WARM_ENI_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET",
    ].map { epoch.origin($0) }
    let capacity = epoch.policy.capacity
    self.init(
      epoch: epoch.number, hasStart: epoch.hasStart, ended: epoch.end.rawValue,
      releaseFrom: epoch.releaseOrigin.rawValue, grade: epoch.grade.rawValue,
      mode: capacity.mode.word, targetsFrom: Self.weakest(targets).rawValue,
      statements: epoch.statementCount)
    startUs = epoch.startUs
    endUs = epoch.endUs
    release = epoch.release.map { "\($0)" }
    let settings = epoch.configuration
    func known(_ name: String, _ value: Int) -> Int? {
      epoch.origin(name) == .unknown ? nil : value
    }
    warmENITarget = known("WARM_ENI_TARGET", settings.warmENITarget)
    warmIPTarget = known("WARM_IP_TARGET", settings.warmIPTarget)
    minimumIPTarget = known("MINIMUM_IP_TARGET", settings.minimumIPTarget)
    warmPrefixTarget = known("WARM_PREFIX_TARGET", settings.warmPrefixTarget)
    maxPods = epoch.maxPods
    instanceType = epoch.instanceType
    maxENIs = epoch.knowsENILimit ? capacity.maxENI : nil
    addressesPerENI = epoch.knowsSlots ? capacity.maxIPsPerENI : nil
    cooldownS = epoch.provesCooldown ? settings.cooldown.nanoseconds / 1_000_000_000 : nil
  }

  private static func weakest(_ origins: [Epoch.Origin]) -> Epoch.Origin {
    [.unknown, .declared, .log].first { origins.contains($0) } ?? .default
  }
}

extension AddressKind {
  /// The form's name in tables.
  var word: String {
    switch self {
    case .single: "single"
    case .prefix: "prefix"
    case .prefixV6: "prefix_v6"
    }
  }
}

extension ReplayPool {
  init(_ sample: PoolSample) {
    self.init(
      epoch: sample.epoch, card: sample.card, timeUs: sample.timeUs, lastUs: sample.lastUs,
      total: sample.total, assigned: sample.assigned, cooldown: sample.cooling,
      target: sample.target, enis: sample.enis, isProved: sample.isProved,
      followsGap: sample.followsGap)
  }
}

extension ReplayPoolEvent {
  init(_ event: ReplayEvent) {
    self.init(
      epoch: event.epoch, timeUs: event.fromUs ?? event.timeUs, event: event.kind.rawValue,
      count: event.count, isInferred: event.isInferred)
    lastUs = event.lastUs ?? event.timeUs
    eni = event.eni?.name
    cidr = event.cidr.map { "\($0)" }
    pod = event.pod
    total = event.total
    assigned = event.assigned
    detail = event.text.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension ReplayAddress {
  init(_ holding: Holding) {
    self.init(
      epoch: holding.epoch, address: "\(holding.address)", origin: holding.origin.rawValue)
    func filled(_ text: String) -> String? { text.isEmpty ? nil : text }
    eni = holding.eni?.name
    network = filled(holding.key.networkName)
    containerID = filled(holding.key.containerID)
    namespace = filled(holding.metadata.namespace)
    pod = filled(holding.metadata.name)
    fromUs = holding.fromUs
    toUs = holding.toUs
    ended = holding.end?.rawValue
    endLine = holding.endLine
  }
}

extension ReplayDivergence {
  init(_ divergence: Divergence) {
    self.init(
      epoch: divergence.epoch, timeUs: divergence.timeUs, event: divergence.event,
      said: divergence.said, replayed: divergence.replayed)
  }
}

extension ReplayFault {
  init(_ fault: Fault) {
    self.init(
      fault: fault.id.rawValue, name: fault.id.name, confidence: fault.confidence.rawValue,
      epoch: fault.epoch, count: fault.count, detail: fault.detail)
    firstUs = fault.firstUs
    lastUs = fault.lastUs
    subject = fault.subject
    cause = fault.cause
  }
}
