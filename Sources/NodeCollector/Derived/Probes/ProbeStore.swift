import BundleModel
import Synchronization

/// What the probes of one run found, kept until the summary is made of it.
final class ProbeStore: Sendable {
  /// A probe that has ended.
  struct Report: Sendable {
    var id: ArtifactID
    var series: [Series]
    var before: NodeLoad
    var after: NodeLoad
  }

  /// The samples of one target.
  struct Series: Sendable {
    var target: String
    var planned: Int
    var samples: [ProbeSample]
  }

  private struct State {
    var deadline: UInt64?
    var reports: [Report] = []
    var introspection: [ProbeSummary.Introspection] = []
  }

  private let state = Mutex(State())

  /// When the time of all probes together is over: so many seconds after the first one asked.
  func deadline(seconds: Double) -> UInt64 {
    state.withLock { state in
      let deadline =
        state.deadline ?? MonotonicTime.nanoseconds + UInt64(max(0, seconds) * 1_000_000_000)
      state.deadline = deadline
      return deadline
    }
  }

  /// Keeps a probe's samples.
  func add(_ report: Report) {
    state.withLock { $0.reports.append(report) }
  }

  /// Keeps how long an answer of ipamd took; other items say nothing about it.
  func note(_ item: ManifestItem) {
    guard item.id.category == "ipamd", item.source.kind == .http else { return }
    let entry = ProbeSummary.Introspection(
      id: item.id.rawValue, status: item.status.rawValue,
      duration_ms: item.durationMilliseconds)
    state.withLock { $0.introspection.append(entry) }
  }

  /// Everything so far, by id.
  var reports: [Report] {
    state.withLock { $0.reports.sorted { $0.id < $1.id } }
  }

  /// How long ipamd's answers took.
  var introspection: [ProbeSummary.Introspection] {
    state.withLock { $0.introspection }
  }
}

/// The figures of all probes of a run. Durations are in nanoseconds unless they say otherwise.
struct ProbeSummary: Sendable, Encodable {
  /// The processors in use.
  var cpus: String?
  var probes: [Probe]
  /// The answers of ipamd that were collected anyway: slow ones mean that its lock is contended.
  var introspection: [Introspection]

  struct Probe: Sendable, Encodable {
    var id: String
    var series: [Figures]
    var load_before: NodeLoad
    var load_after: NodeLoad
  }

  struct Figures: Sendable, Encodable {
    var target: String
    var planned: Int
    var figures: ProbeStatistics
    /// Each code of a sample that was not ok, and how often it came.
    var codes: [String: Int]

    enum CodingKeys: String, CodingKey {
      case target, planned, codes
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(target, forKey: .target)
      try container.encode(planned, forKey: .planned)
      try container.encode(codes, forKey: .codes)
      try figures.encode(to: encoder)
    }
  }

  struct Introspection: Sendable, Encodable {
    var id: String
    var status: String
    var duration_ms: Int
  }

  /// Sums up what a run has found.
  static func output(_ request: DerivedSource.Request) async -> DerivedSource.Output {
    let store = request.context.probes
    let reports = store.reports
    guard !reports.isEmpty else { return .none(.skipped, "no probe was made") }
    let probes = reports.map { report in
      Probe(
        id: report.id.rawValue,
        series: report.series.map { series in
          Figures(
            target: series.target, planned: series.planned,
            figures: ProbeStatistics(series.samples), codes: codes(series.samples))
        },
        load_before: report.before, load_after: report.after)
    }
    return .json(
      ProbeSummary(
        cpus: await NodeLoad.processors(request.host), probes: probes,
        introspection: store.introspection))
  }

  private static func codes(_ samples: [ProbeSample]) -> [String: Int] {
    var codes: [String: Int] = [:]
    for sample in samples where sample.outcome == .fail {
      codes[sample.code ?? "?", default: 0] += 1
    }
    return codes
  }
}
