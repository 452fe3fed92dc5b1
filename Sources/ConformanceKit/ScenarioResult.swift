import IPAMEngine
import IPAMPlanner

/// What came of one scenario.
public struct ScenarioResult: Sendable {
  /// A step with its differences.
  public struct FailedStep: Sendable {
    /// Position of the step.
    public let index: Int
    /// The event.
    public let event: String
    /// Everything that differs.
    public let mismatches: [Mismatch]
  }

  /// File or name of the scenario.
  public let name: String
  /// Steps compared.
  public let steps: Int
  /// Steps that differ, in order.
  public let failures: [FailedStep]

  /// Values that differ, over all steps.
  public var mismatchCount: Int { failures.reduce(0) { $0 + $1.mismatches.count } }
}

/// Runs recorded scenarios and compares every step.
public enum Conformance {
  /// Runs one scenario file.
  ///
  /// - Parameter comparesCalls: also compares the number of requests by name, reads included.
  public static func run(file: String, comparesCalls: Bool = false) throws -> ScenarioResult {
    let recording = try Recording.read(file)
    var node = try Node(recording.scenario.config)
    let native = recording.scenario.order == "native"
    var enis: [RecordedENI] = []
    var failures: [ScenarioResult.FailedStep] = []
    for (index, step) in recording.steps.enumerated() {
      var comparison = Comparison()
      node.engine.advance(to: Clock.instant(step.startedAt ?? step.event.at))
      comparison.compare(step.before, "before", node.engine)
      let outcome = Driver.run(step, native: native, previous: enis, on: node)
      node = outcome.node
      enis = step.state?.enis ?? enis
      let isLast = index == recording.steps.count - 1
      finish(
        step, outcome, enis, &comparison, comparesCalls,
        limits: isLast ? recording.limits : nil, &node)
      if !comparison.mismatches.isEmpty {
        failures.append(
          ScenarioResult.FailedStep(
            index: step.index ?? index, event: describe(step.event),
            mismatches: comparison.mismatches))
      }
    }
    return ScenarioResult(
      name: recording.scenario.name ?? file, steps: recording.steps.count, failures: failures)
  }

  private static func finish(
    _ step: RecordedStep, _ outcome: Driver.Outcome, _ enis: [RecordedENI],
    _ comparison: inout Comparison, _ comparesCalls: Bool, limits: Recording.Limits?,
    _ node: inout Node
  ) {
    if step.event.op == "add", node.replies.added?.isSuccess == true {
      node.veths.insert(step.event.pod ?? "")
    }
    comparison.sameTime("endedAt", step.endedAt ?? step.event.at, outcome.end)
    comparison.compare(step.rpc, node.replies)
    if ["init", "restart"].contains(step.event.op) {
      comparison.same("start succeeded", step.initError == nil, node.engine.phase == .running)
    }
    if comparesCalls { comparison.compareCalls(step.ec2Calls ?? [:], node.cloud) }
    comparison.compare(step.actions ?? [], node.cloud.takeActions())
    if let state = step.state { comparison.compare(state, enis, node.engine) }
    if let limits { compare(limits, node, &comparison) }
  }

  private static func compare(
    _ limits: Recording.Limits, _ node: Node, _ comparison: inout Comparison
  ) {
    let capacity = node.engine.policy.capacity
    comparison.same("limits.maxENI", limits.maxENI ?? 0, capacity.maxENI)
    comparison.same("limits.maxIPsPerENI", limits.maxIPsPerENI ?? 0, capacity.maxIPsPerENI)
    comparison.same(
      "limits.maxPrefixesPerENI", limits.maxPrefixesPerENI ?? 0, capacity.maxPrefixesPerENI)
    comparison.same("limits.maxPods", limits.maxPods ?? 0, node.engine.policy.maxPods)
    comparison.same(
      "limits.ipCooldownSeconds", Clock.milliseconds(limits.ipCooldownSeconds ?? 0),
      Int(node.engine.configuration.cooldown.nanoseconds / 1_000_000))
  }

  private static func describe(_ event: RecordedEvent) -> String {
    "\(event.op)\(event.pod.map { " \($0)" } ?? "") at \(event.at) s"
  }
}
