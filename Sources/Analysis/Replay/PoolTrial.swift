import IPAMEngine
import IPAMReplay
public import ReplayRendering

/// Tries other settings on a recorded workload.
public struct PoolTrial {
  private let alternative: Alternative
  private let advises: Bool

  /// Settings that can be tried.
  public static let settings = [
    "WARM_ENI_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET", "MAX_ENI",
    "ENABLE_PREFIX_DELEGATION", "IP_COOLDOWN_PERIOD", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    "ENABLE_POD_ENI", "AWS_MANAGE_ENIS_NON_SCHEDULABLE",
  ]

  /// A trial of settings that differ from those recorded.
  public init(
    changes: [String: String], instanceType: String?, maxPods: Int?, advises: Bool
  ) {
    alternative = Alternative(
      environment: changes, instanceType: instanceType, maxPods: maxPods)
    self.advises = advises
  }

  /// What came of the recorded settings and of the others.
  public func comparison(
    _ history: PoolHistory
  ) throws(AnalysisError) -> ReplayReport.Comparison {
    if let type = alternative.instanceType, case .unknownType = InstanceLimits.lookUp(type) {
      throw AnalysisError(
        code: "E105", what: "unknown instance type \(type)",
        why: "it is not in the table of limits that ipamd has",
        remedy: "name a type such as m5.large", exitCode: 2)
    }
    let counterfactual = Counterfactual(history.result)
    if let obstacle = counterfactual.obstacle, alternative.instanceType == nil {
      throw AnalysisError(
        code: "E312", what: "the history can't be run again: \(obstacle)",
        why: "the model needs the ticks of the pool loop and the limits of the node",
        remedy: "collect with AWS_VPC_K8S_CNI_LOGLEVEL=DEBUG, which is the default", exitCode: 4)
    }
    var tries: [(settings: String, outcome: Outcome)] = []
    let same = counterfactual.outcome(of: Alternative(environment: [:]))
    if !isSame { tries.append((alternative.words, counterfactual.outcome(of: alternative))) }
    var notes = notes(history.result, same, counterfactual.recorded)
    if advises {
      let advice = counterfactual.advice(base: alternative)
      tries += advice.best.map { ($0.alternative.words, $0.outcome) }
      notes.insert(summary(advice, counterfactual.recorded), at: 0)
    }
    return ReplayReport.Comparison(
      recorded: counterfactual.recorded, alternatives: tries, notes: notes)
  }

  private var isSame: Bool {
    alternative.environment.isEmpty && alternative.instanceType == nil
      && alternative.maxPods == nil
  }

  private func summary(_ advice: Advice, _ recorded: Outcome) -> String {
    guard let best = advice.best.first else { return "No settings were tried." }
    let saved = recorded.meanHeld - best.outcome.meanHeld
    var text = "Of \(advice.tried) settings, \(best.alternative.words) needs the fewest addresses"
    text +=
      advice.startsEveryPod
      ? " with every pod started"
      : "; with none of them every pod starts, \(best.outcome.failedStarts) fail at least"
    if saved > 0 { text += ": \(saved) fewer on average" }
    return text + "."
  }

  private func notes(
    _ result: ReplayResult, _ same: Outcome, _ recorded: Outcome
  ) -> [String] {
    var notes: [String] = []
    if same == recorded {
      notes.append("With the recorded settings the model does exactly what was recorded.")
    } else {
      notes.append(
        "With the recorded settings the model differs from what was recorded: "
          + "\(same.failedStarts) failed starts instead of \(recorded.failedStarts), "
          + "\(same.meanHeld) addresses on average instead of \(recorded.meanHeld). Trust the others "
          + "no more than that.")
    }
    if let first = result.epochs.first?.startUs, let last = result.epochs.last?.endUs {
      let hours = Double(last - first) / 3_600_000_000
      notes.append(
        "It holds for the \(Self.rounded(hours)) h of this log and its \(recorded.peakHeld) addresses at "
          + "most; a larger burst of pods would need more.")
    }
    if result.faults.contains(where: { $0.id == .evidenceGap }) {
      notes.append("Lines are missing from the log: starts and stops may be missing too.")
    }
    notes.append(
      "Pods are placed as tightly as ipamd may place them, and EC2 answers at once: a real node can "
        + "hold somewhat more.")
    return notes
  }

  private static func rounded(_ hours: Double) -> String {
    let tenths = Int((hours * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
