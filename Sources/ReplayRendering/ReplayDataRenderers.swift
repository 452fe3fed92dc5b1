import BundleModel
import FoundationEssentials
import IPAMEngine
import IPAMReplay

/// Writes the curve of the pool as comma-separated values.
public struct ReplayCSVRenderer: Sendable {
  /// Makes the renderer.
  public init() {}

  /// One line for each change, or for each step.
  public func text(_ report: ReplayReport) -> String {
    var out =
      "time,last_time,epoch,network_card,total,assigned,cooldown,available,target,enis,proved,follows_gap\r\n"
    for card in report.cards {
      for sample in report.steppedSamples(card: card) {
        let target = sample.target.map { String($0) } ?? ""
        out +=
          "\(RFC3339.string(microseconds: sample.timeUs)),\(RFC3339.string(microseconds: sample.lastUs))"
          + ",\(sample.epoch),\(sample.card),\(sample.total),\(sample.assigned),\(sample.cooling)"
          + ",\(sample.total - sample.assigned),\(target),\(sample.enis)"
          + ",\(sample.isProved ? 1 : 0),\(sample.followsGap ? 1 : 0)\r\n"
      }
    }
    return out
  }
}

extension ReplayReport {
  /// The samples of a card, one for each change or one for each step.
  func steppedSamples(card: Int) -> [PoolSample] {
    let samples = samples(card: card)
    guard let stepSeconds, let span, let first = samples.first else { return samples }
    let step = Int64(stepSeconds) * 1_000_000
    var stepped: [PoolSample] = []
    var index = 0
    var time = max(span.fromUs, first.timeUs)
    while time <= span.toUs, stepped.count < ReplayLimits.samples {
      while index + 1 < samples.count, samples[index + 1].timeUs <= time { index += 1 }
      let sample = samples[index]
      let isCovered =
        time <= sample.lastUs
        || (index + 1 < samples.count && !samples[index + 1].followsGap
          && samples[index + 1].epoch == sample.epoch)
      if isCovered {
        var copy = sample
        copy.timeUs = time
        copy.lastUs = time
        stepped.append(copy)
      }
      time += step
    }
    return stepped
  }
}

/// Writes a replay as one JSON object of the schema `cnitriage.replay/1`.
public struct ReplayJSONRenderer: Sendable {
  /// Makes the renderer.
  public init() {}

  /// The object with sorted keys.
  public func text(_ report: ReplayReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(ReplayDocument(report))
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

/// The JSON form of a replay.
private struct ReplayDocument: Encodable {
  var schema = "cnitriage.replay/1"
  var node: String
  var epochs: [EpochDocument]
  var pool: [PoolDocument]
  var events: [EventDocument]
  var faults: [FaultDocument]
  var differences: [DifferenceDocument]
  var compared: Int
  var different: Int
  var unknown: Int
  var recorded: OutcomeDocument?
  var alternatives: [OutcomeDocument]?
  var notes: [String]?

  init(_ report: ReplayReport) {
    node = report.node
    epochs = report.result.epochs.map { EpochDocument($0) }
    pool = report.cards.flatMap { report.steppedSamples(card: $0) }.map { PoolDocument($0) }
    events = report.shownEvents.map { EventDocument($0, report.source($0.place, $0.line)) }
    faults =
      report.result.faults.map { FaultDocument($0, report.source($0.place, $0.line)) }
      + report.snapshotFaults.map { FaultDocument($0) }
    differences = report.result.divergences.map {
      DifferenceDocument(
        time: $0.timeUs.map { RFC3339.string(microseconds: $0) }, epoch: $0.epoch, event: $0.event,
        said: $0.said, replayed: $0.replayed, source: report.source($0.place, $0.line))
    }
    compared = report.result.checks.compared
    different = report.result.checks.different
    unknown = report.result.checks.unknown
    guard let comparison = report.comparison else { return }
    recorded = OutcomeDocument("as it was", comparison.recorded)
    alternatives = comparison.alternatives.map { OutcomeDocument($0.settings, $0.outcome) }
    notes = comparison.notes
  }
}

private struct EpochDocument: Encodable {
  var epoch: Int
  var start: String?
  var end: String?
  var hasStart: Bool
  var ended: String
  var release: String?
  var grade: String
  var settings: [String: SettingDocument]
  var maxPods: Int?
  var instanceType: String?

  struct SettingDocument: Encodable {
    var value: String?
    var from: String
  }

  init(_ epoch: Epoch) {
    self.epoch = epoch.number
    start = epoch.startUs.map { RFC3339.string(microseconds: $0) }
    end = epoch.endUs.map { RFC3339.string(microseconds: $0) }
    hasStart = epoch.hasStart
    ended = epoch.end.rawValue
    release = epoch.release.map { "\($0)" }
    grade = epoch.grade.rawValue
    maxPods = epoch.maxPods
    instanceType = epoch.instanceType
    let settings = epoch.configuration
    let values: [String: String?] = [
      "WARM_ENI_TARGET": "\(settings.warmENITarget)",
      "WARM_IP_TARGET": "\(settings.warmIPTarget)",
      "MINIMUM_IP_TARGET": "\(settings.minimumIPTarget)",
      "WARM_PREFIX_TARGET": "\(settings.warmPrefixTarget)",
      "MAX_ENI": settings.maxENI.map { "\($0)" },
      "IP_COOLDOWN_PERIOD": "\(settings.cooldown.nanoseconds / 1_000_000_000)",
      "ENABLE_PREFIX_DELEGATION": "\(settings.prefixDelegation)",
      "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "\(settings.customNetworking)",
      "ENABLE_SUBNET_DISCOVERY": "\(settings.subnetDiscovery)",
      "ENABLE_POD_ENI": "\(settings.podENI)",
    ]
    self.settings = [:]
    for (name, origin) in epoch.origins {
      self.settings[name] = SettingDocument(
        value: origin == .unknown ? nil : values[name] ?? nil, from: origin.rawValue)
    }
  }
}

private struct PoolDocument: Encodable {
  var time: String
  var lastTime: String
  var epoch: Int
  var networkCard: Int
  var total: Int
  var assigned: Int
  var cooldown: Int
  var target: Int?
  var enis: Int
  var isProved: Bool
  var followsGap: Bool

  init(_ sample: PoolSample) {
    time = RFC3339.string(microseconds: sample.timeUs)
    lastTime = RFC3339.string(microseconds: sample.lastUs)
    epoch = sample.epoch
    networkCard = sample.card
    total = sample.total
    assigned = sample.assigned
    cooldown = sample.cooling
    target = sample.target
    enis = sample.enis
    isProved = sample.isProved
    followsGap = sample.followsGap
  }
}

private struct EventDocument: Encodable {
  var time: String?
  var since: String?
  var lastTime: String?
  var epoch: Int
  var event: String
  var eni: String?
  var cidr: String?
  var count: Int
  var pod: String?
  var total: Int?
  var assigned: Int?
  var detail: String?
  var isInferred: Bool
  var source: String

  init(_ event: ReplayEvent, _ source: String) {
    time = event.timeUs.map { RFC3339.string(microseconds: $0) }
    since = event.fromUs.map { RFC3339.string(microseconds: $0) }
    lastTime = event.lastUs.map { RFC3339.string(microseconds: $0) }
    epoch = event.epoch
    self.event = event.kind.rawValue
    eni = event.eni?.name
    cidr = event.cidr.map { "\($0)" }
    count = event.count
    pod = event.pod
    total = event.total
    assigned = event.assigned
    detail = event.text
    isInferred = event.isInferred
    self.source = source
  }
}

private struct FaultDocument: Encodable {
  var fault: String
  var name: String
  var confidence: String
  var first: String?
  var last: String?
  var count: Int
  var subject: String?
  var cause: String?
  var detail: String
  var source: String

  init(_ fault: Fault, _ source: String) {
    self.fault = fault.id.rawValue
    name = fault.id.name
    confidence = fault.confidence.rawValue
    first = fault.firstUs.map { RFC3339.string(microseconds: $0) }
    last = fault.lastUs.map { RFC3339.string(microseconds: $0) }
    count = fault.count
    subject = fault.subject
    cause = fault.cause
    detail = fault.detail
    self.source = source
  }

  init(_ fault: ReplayReport.SnapshotFault) {
    self.fault = fault.id
    name = fault.name
    confidence = fault.confidence
    count = 1
    subject = fault.subject
    cause = fault.cause
    detail = fault.detail
    source = fault.source
  }
}

private struct DifferenceDocument: Encodable {
  var time: String?
  var epoch: Int
  var event: String
  var said: String
  var replayed: String
  var source: String
}

private struct OutcomeDocument: Encodable {
  var settings: String
  var failedStarts: Int
  var meanHeld: Int
  var peakHeld: Int
  var peakENIs: Int
  var ec2Calls: Int?
  var secondsWithoutFreeAddress: Int64

  init(_ settings: String, _ outcome: Outcome) {
    self.settings = settings
    failedStarts = outcome.failedStarts
    meanHeld = outcome.meanHeld
    peakHeld = outcome.peakHeld
    peakENIs = outcome.peakENIs
    ec2Calls = outcome.ec2Calls
    secondsWithoutFreeAddress = outcome.emptyUs / 1_000_000
  }
}
