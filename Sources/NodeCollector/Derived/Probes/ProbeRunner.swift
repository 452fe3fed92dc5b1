import BundleModel
import FoundationEssentials
import WireFormats

/// Makes the tries of one probe, keeps its samples, and hands them to the run's store.
struct ProbeRunner: Sendable {
  let request: DerivedSource.Request

  /// Whether the probe belongs to the group whose time is bounded; the baseline doesn't.
  var isGrouped = true

  /// Runs series side by side, each at its own pace.
  func run(_ series: [ProbeSeries]) async -> DerivedSource.Output {
    await measure(planned: series.map { ($0.target, $0.count) }) { deadline in
      await withTaskGroup(of: (Int, [ProbeSample]).self) { group in
        for (index, one) in series.enumerated() {
          group.addTask { (index, await samples(of: one, until: deadline)) }
        }
        var all = [[ProbeSample]](repeating: [], count: series.count)
        for await (index, samples) in group { all[index] = samples }
        return all
      }
    }
  }

  /// Runs a probe that makes its samples itself until a moment.
  func measure(
    planned: [(target: String, count: Int)],
    _ samples: (_ deadline: UInt64) async -> [[ProbeSample]]
  ) async -> DerivedSource.Output {
    let deadline = self.deadline
    guard MonotonicTime.nanoseconds < deadline else {
      return .none(.skipped, "the time of all probes is over: see --probe-seconds")
    }
    let before = await NodeLoad.read(request.host)
    let results = await samples(deadline)
    let after = await NodeLoad.read(request.host)
    let series = zip(planned, results).map { plan, samples in
      ProbeStore.Series(target: plan.target, planned: plan.count, samples: samples)
    }
    request.context.probes.add(
      ProbeStore.Report(
        id: request.artifact.id, series: series, before: before, after: after))
    return output(series)
  }

  /// When the item and the group must have ended, whichever is first.
  private var deadline: UInt64 {
    let own = MonotonicTime.nanoseconds + UInt64(request.seconds * 1_000_000_000)
    guard isGrouped else { return own }
    return min(
      own, request.context.probes.deadline(seconds: request.context.settings.probeSeconds))
  }

  private func samples(of series: ProbeSeries, until deadline: UInt64) async -> [ProbeSample] {
    var samples: [ProbeSample] = []
    let interval = UInt64(max(0.05, series.interval) * 1_000_000_000)
    for sequence in 0..<series.count {
      // After a slow try the next ones keep their distance too, or they would come all at once.
      let due = samples.last.map { $0.startNanoseconds + interval } ?? 0
      let now = MonotonicTime.nanoseconds
      guard max(now, due) < deadline else { break }
      if due > now {
        // Sleeping ends early only because the run has ended.
        guard (try? await Task.sleep(for: .nanoseconds(due - now))) != nil else { break }
      }
      guard !Task.isCancelled else { break }
      samples.append(await sample(sequence, of: series, until: deadline))
    }
    return samples
  }

  private func sample(
    _ sequence: Int, of series: ProbeSeries, until deadline: UInt64
  ) async -> ProbeSample {
    let start = MonotonicTime.nanoseconds
    let left = start < deadline ? Double(deadline - start) / 1_000_000_000 : 0.001
    let limit = min(series.timeout, left)
    let result = await series.attempt(limit)
    var sample = ProbeSample(
      sequence: sequence, target: series.target, startNanoseconds: start,
      durationNanoseconds: result.nanoseconds ?? MonotonicTime.nanoseconds - start,
      phases: result.phases, outcome: result.outcome, code: result.code, address: result.address,
      isPrivate: result.address.map { AddressText.isPrivate($0) },
      standardError: result.standardError)
    if result.outcome == .timeout, limit < series.timeout {
      sample.code = "cut short by the time of all probes"
    }
    return sample
  }

  private func output(_ series: [ProbeStore.Series]) -> DerivedSource.Output {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes: [UInt8] = []
    do {
      for sample in series.flatMap(\.samples) {
        bytes += Array(try encoder.encode(sample)) + [UInt8(ascii: "\n")]
      }
    } catch {
      return .none(.error, "cannot encode: \(error)")
    }
    let planned = series.reduce(0) { $0 + $1.planned }
    let made = series.reduce(0) { $0 + $1.samples.count }
    return made == planned
      ? .bytes(bytes) : .partial(bytes, "\(made) of \(planned) samples, then the time was over")
  }
}
