public import IPAMReplay

/// What is shown of a replay.
public struct ReplayReport: Sendable {
  /// Shown name of the node.
  public var node: String
  /// What the replay found.
  public var result: ReplayResult
  /// Faults that show in the state at one moment, besides those of the history.
  public var snapshotFaults: [SnapshotFault]
  /// Other settings and what they would have done.
  public var comparison: Comparison?
  /// The part of the history that is shown, in microseconds since 1970 UTC.
  public var window: Window
  /// Which events are listed.
  public var events = EventChoice.all
  /// Distance of the samples in seconds; nil for every change.
  public var stepSeconds: Int?
  /// Whether differences are listed one by one.
  public var showsDifferences = false

  /// A part of the history; nil for as far as it goes.
  public struct Window: Sendable {
    /// Its begin.
    public var fromUs: Int64?
    /// Its end.
    public var toUs: Int64?

    /// The whole history unless bounds are given.
    public init(fromUs: Int64? = nil, toUs: Int64? = nil) {
      self.fromUs = fromUs
      self.toUs = toUs
    }

    /// Whether a moment lies in it.
    public func holds(_ timeUs: Int64?) -> Bool {
      guard let timeUs else { return true }
      return timeUs >= fromUs ?? .min && timeUs <= toUs ?? .max
    }
  }

  /// Which events are listed.
  public enum EventChoice: String, Sendable, CaseIterable {
    /// Every one.
    case all
    /// Refusals, errors, gaps and what was taken away.
    case errors
  }

  /// A fault that the state at one moment shows.
  public struct SnapshotFault: Sendable {
    /// Its number.
    public var id: String
    /// Its name.
    public var name: String
    /// How sure it is.
    public var confidence: String
    /// What it is about.
    public var subject: String?
    /// Why it happened.
    public var cause: String?
    /// What was seen.
    public var detail: String
    /// Member and line.
    public var source: String

    /// A fault.
    public init(
      id: String, name: String, confidence: String, subject: String?, cause: String?,
      detail: String, source: String
    ) {
      self.id = id
      self.name = name
      self.confidence = confidence
      self.subject = subject
      self.cause = cause
      self.detail = detail
      self.source = source
    }
  }

  /// What settings would have done, beside what happened.
  public struct Comparison: Sendable {
    /// What happened.
    public var recorded: Outcome
    /// What would have happened, each with the settings in words.
    public var alternatives: [(settings: String, outcome: Outcome)]
    /// What limits the comparison, in sentences.
    public var notes: [String]

    /// A comparison.
    public init(
      recorded: Outcome, alternatives: [(settings: String, outcome: Outcome)], notes: [String]
    ) {
      self.recorded = recorded
      self.alternatives = alternatives
      self.notes = notes
    }
  }

  /// A report of everything.
  public init(node: String, result: ReplayResult) {
    self.node = node
    self.result = result
    snapshotFaults = []
    window = Window()
  }

  // MARK: What lies in the window

  /// The samples of a card in the window.
  func samples(card: Int) -> [PoolSample] {
    result.samples.filter {
      $0.card == card && $0.lastUs >= window.fromUs ?? .min && $0.timeUs <= window.toUs ?? .max
    }
  }

  /// The network cards of the samples.
  var cards: [Int] { Array(Set(result.samples.map(\.card))).sorted() }

  /// The chosen events in the window.
  var shownEvents: [ReplayEvent] {
    result.events.filter { event in
      window.holds(event.timeUs ?? event.fromUs) && (events == .all || event.kind.isError)
    }
  }

  /// First and last moment of what is shown.
  var span: (fromUs: Int64, toUs: Int64)? {
    let starts = result.epochs.compactMap(\.startUs)
    let ends = result.epochs.compactMap(\.endUs)
    guard let first = starts.min(), let last = ends.max() else { return nil }
    let from = max(window.fromUs ?? first, first)
    let to = min(window.toUs ?? last, last)
    return from <= to ? (from, to) : nil
  }

  /// Member and line of a place.
  func source(_ place: LogPlace, _ line: Int) -> String {
    let path = result.journals[place.journal]
    return "\(path.split(separator: "/").last.map(String.init) ?? path):\(line)"
  }
}

extension ReplayEvent.Kind {
  /// Whether something went wrong.
  var isError: Bool {
    switch self {
    case .startFailed, .eniRemovedWithPods, .reconcileRemoved, .noAddress, .subnetEmpty, .ec2Error,
      .gap:
      true
    case .started, .shutdown, .eniAdded, .eniRemoved, .cidrsAdded, .cidrsReturned, .cidrsRemoved,
      .reconcileAdded:
      false
    }
  }
}

extension ReplayEvent {
  /// The event in words.
  var words: String {
    let some = count == 1 ? "1 address" : "\(count) addresses"
    let place = eni.map { ", \($0)" } ?? ""
    return switch kind {
    case .started: "ipamd started" + (text.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? "")
    case .startFailed: "ipamd could not start: \(text ?? "")"
    case .shutdown: "ipamd was told to stop"
    case .eniAdded: "ENI added\(place)"
    case .eniRemoved: "ENI released\(place)"
    case .eniRemovedWithPods: "ENI gone with its pods\(place)"
    case .cidrsAdded: "\(some) added\(place)"
    case .cidrsReturned: "\(some) returned to EC2\(place)"
    case .cidrsRemoved: "\(some) removed\(place)"
    case .reconcileAdded: "\(some) found by reconcile\(place)"
    case .reconcileRemoved: "\(some) gone, found by reconcile\(place)"
    case .noAddress:
      pod.map { "pod \($0) refused, none free" } ?? "a pod refused, none free"
    case .subnetEmpty: "add refused, subnet has no free address"
    case .ec2Error: "EC2 refused: \(text ?? "unknown error")"
    case .gap: "lines are missing: \(text ?? "")"
    }
  }
}
