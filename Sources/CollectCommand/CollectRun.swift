import BundleModel
import FoundationEssentials
import Glibc
import NodeCollector
import SystemPackage

/// One call of `collect`: from the options to a finished bundle and an exit code.
struct CollectRun {
  let selection: SelectionOptions
  let limits: LimitOptions
  let output: OutputOptions
  let concealment: RedactionOptions
  let node: NodeOptions
  let screen: ScreenOptions

  /// Gathers, or only lists what would be gathered.
  func run(then follow: (FilePath) async -> Void) async throws(CollectError) -> Int32 {
    let plan = try plan()
    if screen.list {
      printList(plan)
      return 0
    }
    if screen.dryRun {
      // Encoding values of our own can't fail; an empty document would say so.
      Console.output((try? PlanDescription(plan).json()) ?? [])
      return 0
    }
    return try await collect(plan, then: follow)
  }

  private func plan() throws(CollectError) -> Plan {
    let only = SelectionOptions.split(selection.only)
    let skip = SelectionOptions.split(selection.skip)
    for pattern in only + skip where !Catalog.all.contains(where: { $0.id.matches(pattern) }) {
      throw CollectError(
        code: "E103", kind: .usage, what: "no item matches `\(pattern)`",
        why: "no item or group of items has this name", remedy: "cnitriage collect --list")
    }
    return Plan(
      tier: selection.profile.tier, only: only, skip: skip, metadata: !selection.noMetadata)
  }

  private func settings(now: Int64) throws(CollectError) -> CollectSettings {
    CollectSettings(
      window: LogWindow(
        since: try LogTime.parse(limits.since, option: "--since", now: now),
        until: try limits.until.flatMap { text throws(CollectError) in
          try LogTime.parse(text, option: "--until", now: now)
        }),
      podLogs: selection.podLogs, includesUserData: selection.includeUserData,
      allowsSideEffects: selection.allowSideEffects, probeSeconds: selection.probeSeconds,
      layout: output.layout, labels: output.labelTable, caseID: output.caseID,
      isReproducible: output.reproducible)
  }

  private func collect(
    _ plan: Plan, then follow: (FilePath) async -> Void
  ) async throws(CollectError) -> Int32 {
    let host = Host(
      root: FilePath(node.hostRoot), clock: .system, effectiveUserID: geteuid())
    guard host.effectiveUserID == 0 || node.unprivileged else { throw .needsRoot }
    let settings = try settings(now: host.clock.wall())
    // A bundle is nobody else's business, whatever the caller's mask allows.
    umask(0o077)
    let masking = await Masking.prepared(for: concealment.redact, on: host)
    let identity = await BundleIdentity.probe(host, asksMetadata: !selection.noMetadata)
      .masked(by: masking)
    let target = try OutputChoice(argument: output.output, format: output.format)
      .resolve(identity.name)
    let map = try concealment.mapPath(beside: target)
    let progress = Progress(isQuiet: screen.quiet || screen.json)
    progress.begin(identity)
    let collector = Collector(
      host: host, limits: limits.limits, settings: settings, masking: masking, tool: .current)
    let signals = Interruptions(partial: target.partialPath?.string)
    let summary = try await collector.run(
      plan, identity: identity, to: target, format: output.format, interruptions: signals.stream,
      report: { progress.finished($0) })
    signals.end()
    if let map { try MapFile.write(masking, of: identity.name, to: map) }
    finish(summary, progress, map: map)
    if let path = summary.path { await follow(path) }
    return exitCode(summary)
  }

  private func finish(_ summary: CollectSummary, _ progress: Progress, map: FilePath?) {
    progress.end(summary, map: map)
    if screen.json {
      Console.output((try? SummaryDocument(summary).json()) ?? [])
    } else if screen.quiet, let path = summary.path {
      Console.output(Array("\(path)\n".utf8))
    }
  }

  private func exitCode(_ summary: CollectSummary) -> Int32 {
    switch summary.manifest.endReason {
    case .sigint: return 130
    case .sigterm: return 143
    case .disk: return 6
    case .done, .deadline, .error: break
    }
    let isIncomplete =
      node.strict ? summary.manifest.totals.incomplete > 0 : !summary.lostMinimumItems.isEmpty
    return isIncomplete || !summary.manifest.complete ? 4 : 0
  }

  private func printList(_ plan: Plan) {
    let idWidth = (plan.items.map { $0.id.rawValue.utf8.count }.max() ?? 4) + 2
    var lines = ["ITEM".padded(to: idWidth) + "TIER      CAP      READS"]
    for artifact in plan.items {
      lines.append(
        artifact.id.rawValue.padded(to: idWidth) + artifact.tier.rawValue.padded(to: 10)
          + ByteCount.text(artifact.capBytes).padded(to: 9) + artifact.source.summary)
    }
    lines.append("\(plan.items.count) of \(Catalog.all.count) items.")
    Console.output(Array((lines.joined(separator: "\n") + "\n").utf8))
  }
}

extension CollectError {
  static let needsRoot = CollectError(
    code: "E201", kind: .notPermitted, what: "collect needs root",
    why: "iptables, ipamd's logs and network namespaces are readable by root only",
    remedy: "sudo cnitriage collect, or --unprivileged for a thin bundle")
}
