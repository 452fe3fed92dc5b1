public import BundleModel
import FoundationEssentials
import SystemPackage

/// Asks a cluster through the user's own `kubectl` and `aws`, from any machine. Every command only
/// gets, lists or describes; nothing is written before all answers are there.
public struct ClusterCollector: Sendable {
  private let host: Host
  private let limits: CollectLimits
  private let environment: [String: String]
  private let target: ClusterTarget

  /// A collector for a cluster.
  ///
  /// - Parameters:
  ///   - target: which cluster.
  ///   - environment: the user's environment, which the two programs get: their configuration and
  ///     credentials are found through it.
  ///   - clock: where times come from.
  public init(
    target: ClusterTarget, environment: [String: String], clock: Host.Clock,
    limits: CollectLimits = CollectLimits(), effectiveUserID: UInt32
  ) {
    self.target = target
    self.limits = limits
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
      .filter { $0.hasPrefix("/") }
    host = Host(commandPath: folders, clock: clock, effectiveUserID: effectiveUserID)
    self.environment = environment.merging([
      // Neither a pager nor a prompt may wait for a key.
      "AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off",
    ]) { _, fixed in fixed }
  }

  private enum Part: Sendable {
    case gathered(ClusterEvidence)
    case ended(Manifest.EndReason)
    case woken
  }

  /// Gathers a plan's items, or what was there when the run was interrupted or its time was up.
  public func gather(
    _ plan: Plan, interruptions: AsyncStream<Collector.Interruption>,
    report: @escaping @Sendable ([ManifestItem]) -> Void
  ) async -> ClusterEvidence {
    var evidence = ClusterEvidence(
      plan: plan, startedAt: host.clock.wall(), effectiveUserID: host.effectiveUserID)
    await withTaskGroup(of: Part.self) { group in
      let begun = evidence
      group.addTask { .gathered(await everything(begun, report)) }
      group.addTask {
        // Sleeping ends early only because the run has ended.
        (try? await Task.sleep(for: .seconds(limits.runSeconds))) == nil
          ? .woken : .ended(.deadline)
      }
      group.addTask {
        for await interruption in interruptions {
          return .ended(interruption == .interrupt ? .sigint : .sigterm)
        }
        return .woken
      }
      var reason: Manifest.EndReason?
      while let part = await group.next() {
        switch part {
        case .gathered(let whole):
          evidence = whole
          group.cancelAll()
        case .ended(let why):
          reason = reason ?? why
          group.cancelAll()
        case .woken: continue
        }
      }
      evidence.endReason = reason ?? .done
    }
    evidence.endedAt = host.clock.wall()
    return evidence
  }

  // MARK: - Rounds

  private var commands: CommandSource {
    CommandSource(
      host: host, limits: limits, spoolFolder: SpoolFolder.choose(for: nil),
      userEnvironment: environment)
  }

  /// Why a program isn't asked any more.
  private struct Closed: Sendable {
    let status: ItemStatus
    let reason: String
  }

  private func everything(
    _ begun: ClusterEvidence, _ report: @escaping @Sendable ([ManifestItem]) -> Void
  ) async -> ClusterEvidence {
    var evidence = begun
    var target = target
    evidence.context = await context()
    target.region = target.region ?? evidence.context.region
    target.clusterName = target.clusterName ?? evidence.context.cluster
    evidence.context.cluster = target.clusterName
    evidence.context.region = target.region
    var values = ClusterValues(target)
    var closed: [String: Closed] = [:]
    var members: [Int: [CollectedMember]] = [:]
    let plan = evidence.plan
    for round in 0...(ClusterMark.allCases.map(\.round).max() ?? 0) {
      let items = plan.items.enumerated().filter { $0.element.clusterRound == round }
      let results = await run(items, target: target, values: values, closed: closed)
      for (index, found) in results.sorted(by: { $0.index < $1.index }) {
        members[index] = found
        report(found.map(\.item))
        let artifact = plan.items[index]
        learn(from: found, to: artifact.id, &values)
        if round == 0, let program = artifact.clusterCommand?.program {
          closed[program] = closure(found, artifact, of: program)
        }
      }
    }
    evidence.members =
      plan.skipped.compactMap { skipped in
        Catalog.artifact(skipped.id).map { ended($0, .skipped, skipped.reason) }
      } + plan.items.indices.flatMap { members[$0] ?? [] }
    return evidence
  }

  /// Runs the items of one round side by side.
  private func run(
    _ items: [(offset: Int, element: Artifact)], target: ClusterTarget, values: ClusterValues,
    closed: [String: Closed]
  ) async -> [(index: Int, members: [CollectedMember])] {
    await withTaskGroup(of: (Int, [CollectedMember]).self) { group in
      var results: [(Int, [CollectedMember])] = []
      for (place, item) in items.enumerated() {
        if place >= limits.jobs, let result = await group.next() { results.append(result) }
        group.addTask {
          (
            item.offset,
            await answers(to: item.element, target: target, values: values, closed: closed)
          )
        }
      }
      for await result in group { results.append(result) }
      return results
    }
  }

  private func answers(
    to artifact: Artifact, target: ClusterTarget, values: ClusterValues,
    closed: [String: Closed]
  ) async -> [CollectedMember] {
    guard let (program, _) = artifact.clusterCommand else {
      return [ended(artifact, .error, "the item names no program")]
    }
    if let closed = closed[program] { return [ended(artifact, closed.status, closed.reason)] }
    if artifact.id == .clusterNodes, !values[.node].isEmpty {
      return [ended(artifact, .skipped, "only the named nodes are read: see kube.named_nodes")]
    }
    if let mark = artifact.clusterMarks.first(where: { values[$0].isEmpty }) {
      return [ended(artifact, .skipped, mark.absence)]
    }
    var members: [CollectedMember] = []
    for command in ClusterCommand.commands(for: artifact, target: target, values: values) {
      members.append(await answer(to: command, artifact))
    }
    return members
  }

  private func answer(to command: ClusterCommand, _ artifact: Artifact) async -> CollectedMember {
    if Task.isCancelled { return ended(artifact, .aborted, "the run was stopped") }
    let program = command.argv.first ?? ""
    var member = await commands.run(
      program, Array(command.argv.dropFirst()), for: artifact.at(command.path),
      seconds: artifact.timeoutSeconds * limits.timeoutScale)
    // Of several failures of one item each would claim the same place.
    if member.item.path == nil, command.path != artifact.path { member.standardError = nil }
    return member
  }

  /// A service that doesn't answer the first question isn't asked the others: each would take as
  /// long to fail.
  private func closure(
    _ members: [CollectedMember], _ artifact: Artifact, of program: String
  ) -> Closed? {
    guard let item = members.first?.item else { return nil }
    let isClosed: Bool =
      switch item.status {
      case .timeout, .failed, .error: true
      // What one request refuses others may grant; without an identity AWS refuses all of them.
      case .denied: program == "aws"
      default: false
      }
    guard isClosed else { return nil }
    return Closed(status: item.status, reason: "not asked, as \(artifact.id) got no answer")
  }

  private func learn(
    from members: [CollectedMember], to id: ArtifactID, _ values: inout ClusterValues
  ) {
    guard ClusterValues.isSource(id) else { return }
    for member in members where member.item.status.isComplete {
      // An answer that can't be read back is told by its item when it is written.
      guard let spool = member.spool, let bytes = try? spool.read(0..<spool.offered),
        let answer = JSONTree(bytes)
      else { continue }
      values.learn(from: answer, to: id)
    }
  }

  private func ended(
    _ artifact: Artifact, _ status: ItemStatus, _ reason: String
  ) -> CollectedMember {
    let now = host.clock.wall()
    let command = artifact.clusterCommand.map { [$0.program] + $0.arguments }
    var member = CollectedMember(
      ManifestItem(
        id: artifact.id, source: .init(kind: .command, argv: command),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
    member.end(status, reason)
    return member
  }

  // MARK: - The user's configuration

  private func context() async -> ClusterContext {
    let command = ClusterCommand.configuration(target)
    let commands = commands
    guard let program = await commands.locate("kubectl") else { return ClusterContext() }
    let sink = ItemSink(
      rule: .none, capBytes: 1 << 20, keeps: .head, limits: limits,
      spoolFolder: commands.spoolFolder)
    let outcome = await commands.capture(
      program, Array(command.argv.dropFirst()), into: sink, seconds: 10)
    // Without a configuration the items say what kubectl says.
    guard case .ended(let run) = outcome, case .completed = run.end,
      let bytes = try? run.output.spool.read(0..<min(1 << 20, run.output.spool.offered)),
      let view = JSONTree(bytes)
    else { return ClusterContext() }
    return ClusterContext(view)
  }
}
