import IPAMEngine

/// Feeds the recorded pod starts and stops to the engine under other settings.
///
/// The pool loop runs at the recorded ticks, and EC2 refuses what it refused then; pods are placed as
/// tightly as ipamd may place them, requests to EC2 take no time.
public struct Counterfactual: Sendable {
  private let result: ReplayResult

  /// A counterfactual of a replayed history.
  public init(_ result: ReplayResult) {
    self.result = result
  }

  /// Why the history can't be run again; nil if it can.
  public var obstacle: String? {
    guard let epoch = result.epochs.last else { return "the bundle holds no log of ipamd" }
    if epoch.grade != .full { return "the log has no records of level debug, and so no ticks" }
    if !result.conditions.passes.contains(where: { !$0.isStart }) {
      return "the log holds no tick of the pool loop"
    }
    if epoch.configuration.ipv6 { return "IPv6 has no warm pool to compare" }
    if !epoch.knowsSlots || !epoch.knowsENILimit {
      return "the limits of the instance are not known: name its type with --instance-type"
    }
    return nil
  }

  /// The process whose settings are the recorded ones.
  var recordedEpoch: Epoch? { result.epochs.last }

  /// Addresses that pods held half of the time, nine tenths of it, and at most.
  var assignedQuantiles: [Int] {
    let held = result.samples.filter { $0.card == 0 }.map(\.assigned).sorted()
    guard let most = held.last else { return [] }
    return [held[held.count / 2], held[held.count * 9 / 10], most]
  }

  // MARK: What happened

  /// What the recorded settings did.
  public var recorded: Outcome {
    var outcome = Outcome()
    outcome.failedStarts = Self.failedPods(result.workload)
    outcome.ec2Calls = result.conditions.ec2Calls
    var tally = OutcomeTally()
    let samples = result.samples.filter { $0.card == 0 }
    for (index, sample) in samples.enumerated() {
      let next = index + 1 < samples.count ? samples[index + 1] : nil
      let isNear = next.map { !$0.followsGap && $0.epoch == sample.epoch } ?? false
      let end = isNear ? next?.timeUs ?? sample.lastUs : sample.lastUs
      tally.add(
        held: sample.total + sample.enis, enis: sample.enis,
        isEmpty: sample.total - sample.assigned - sample.cooling <= 0,
        spanUs: max(0, end - sample.timeUs))
    }
    tally.write(to: &outcome)
    return outcome
  }

  private static func failedPods(_ workload: Workload) -> Int {
    var failing: Set<String> = []
    var count = 0
    for request in workload.requests {
      let pod = request.pod.isEmpty ? request.containerID : request.pod
      switch request.kind {
      case .refused: if failing.insert(pod).inserted { count += 1 }
      case .started: failing.remove(pod)
      case .stopped: break
      }
    }
    return count
  }

  // MARK: What would have happened

  /// What other settings would have done.
  public func outcome(of alternative: Alternative) -> Outcome {
    var run = CounterfactualRun(result, alternative)
    return run.outcome()
  }
}

extension ReplayResult {
  /// Whether the node's own subnet gives no addresses to pods.
  var excludesNodeSubnet: Bool { hasExcludedENI }
}
