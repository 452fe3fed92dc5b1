import BundleModel
import BundleReader
import FoundationEssentials
import Glibc
import NodeCollector
import SystemPackage

/// One call of `collect --cluster`: from the options to a finished bundle and an exit code.
struct ClusterCollection {
  let options: ClusterOptions
  let selection: SelectionOptions
  let limits: LimitOptions
  let output: OutputOptions
  let concealment: RedactionOptions
  let screen: ScreenOptions
  /// Whether any lost item counts, not only a minimum one.
  let isStrict: Bool

  /// Gathers, or only shows what would be gathered; answers the exit code.
  func run() async -> Int32 {
    do {
      try check()
      let plan = try plan()
      if screen.list { return list(plan) }
      let bundle = try options.bundle.map { try NodeBundle($0) }
      if screen.dryRun { return try preview(plan, bundle) }
      return try await gather(plan, bundle)
    } catch let error as CollectError {
      if error.kind != .readerGone { Console.report(error, json: screen.json) }
      return error.kind.exitCode
    } catch let error as BundleError {
      Console.report(error, json: screen.json)
      return 3
    } catch {
      let failure = CollectError(
        code: "E901", kind: .internalFailure, what: "internal error: \(error)",
        why: "a bug in cnitriage", remedy: "report it with this text")
      Console.report(failure, json: screen.json)
      return failure.kind.exitCode
    }
  }

  /// Options of a node's run that mean nothing here are refused rather than ignored.
  private func check() throws(CollectError) {
    let foreign: [(String, Bool)] = [
      ("--every", output.every != nil), ("--plan", selection.planFile != nil),
      ("--items", selection.customItems != nil), ("--layout", output.layout != .native),
      ("--output", options.bundle != nil && output.output != nil),
    ]
    guard concealment.redact == .secrets else {
      throw CollectError(
        code: "E101", kind: .usage,
        what: "--redact \(concealment.redact.rawValue) doesn't go with --cluster",
        why: "an answer of the cluster names what is asked for next",
        remedy: "collect without it, then cnitriage redact the bundle")
    }
    guard let (name, _) = foreign.first(where: { $0.1 }) else { return }
    throw CollectError(
      code: "E101", kind: .usage,
      what: "\(name) doesn't go with \(name == "--output" ? "--into" : "--cluster")",
      why: name == "--output"
        ? "--into rewrites the bundle that it names" : "it is about gathering from a node",
      remedy: "leave out \(name)")
  }

  private func plan() throws(CollectError) -> Plan {
    let only = SelectionOptions.split(selection.only)
    let skip = SelectionOptions.split(selection.skip)
    for pattern in only + skip where !Catalog.cluster.contains(where: { $0.id.matches(pattern) }) {
      throw CollectError(
        code: "E103", kind: .usage, what: "no item of a cluster matches `\(pattern)`",
        why: "no item or group of items has this name",
        remedy: "cnitriage collect --cluster --list")
    }
    return Plan(Catalog.cluster, tier: selection.profile.tier, only: only, skip: skip)
  }

  private func list(_ plan: Plan) -> Int32 {
    let width = (plan.items.map { $0.id.rawValue.utf8.count }.max() ?? 4) + 2
    let lines = plan.items.map {
      $0.id.rawValue.padded(to: width) + $0.tier.rawValue.padded(to: 10)
        + ByteCount.text($0.capBytes).padded(to: 9) + $0.source.summary
    }
    Console.output(
      (["ITEM".padded(to: width) + "TIER      CAP      READS"] + lines
        + ["\(plan.items.count) of \(Catalog.cluster.count) items."])
        .joined(separator: "\n") + "\n")
    return 0
  }

  /// The commands line by line, as a shell would take them.
  private func preview(_ plan: Plan, _ bundle: NodeBundle?) throws -> Int32 {
    let commands = ClusterCommand.preview(plan, target: options.target(for: bundle))
    guard screen.json else {
      Console.output(commands.map { $0.line + "\n" }.joined())
      return 0
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Console.output(
      Array(try encoder.encode(["commands": commands.map(\.argv)])) + [UInt8(ascii: "\n")])
    return 0
  }

  private func gather(_ plan: Plan, _ bundle: NodeBundle?) async throws -> Int32 {
    // A bundle is nobody else's business, whatever the caller's mask allows.
    umask(0o077)
    let progress = Progress(
      isQuiet: screen.quiet || screen.json, form: screen.progress, isVerbose: screen.verbose > 0,
      screen: Screen(color: screen.color, ascii: screen.ascii))
    progress.notice("cnitriage \(Manifest.ToolVersion.current.version)  collect --cluster")
    progress.notice(
      "Asks through your kubectl and aws; every command only gets, lists or describes.\n")
    let collector = ClusterCollector(
      target: options.target(for: bundle), environment: ProcessInfo.processInfo.environment,
      clock: .system, limits: limits.limits, effectiveUserID: geteuid())
    let signals = Interruptions(partial: nil)
    let evidence = await collector.gather(plan, interruptions: signals.stream) {
      progress.finished($0)
    }
    signals.end()
    let summary = try write(evidence, bundle)
    progress.stop()
    progress.notice(
      ClusterClosing(evidence: evidence, summary: summary, screen: progress.screen).text)
    if screen.json {
      Console.output(try SummaryDocument(summary).json())
    } else if screen.quiet, let path = summary.path {
      Console.output("\(path)\n")
    }
    return exitCode(evidence)
  }

  private func write(_ evidence: ClusterEvidence, _ bundle: NodeBundle?) throws -> CollectSummary {
    if let bundle { return try evidence.add(to: bundle) }
    let target = try OutputChoice(argument: output.output ?? ".", format: output.format)
      .resolve(evidence.bundleName)
    return try evidence.write(to: target, format: output.format, tool: .current)
  }

  private func exitCode(_ evidence: ClusterEvidence) -> Int32 {
    switch evidence.endReason {
    case .sigint: return 130
    case .sigterm: return 143
    case .disk: return 6
    case .deadline, .error: return 4
    case .done: break
    }
    let isIncomplete = evidence.items.contains { item in
      let isLost = [.timeout, .failed, .error, .denied, .aborted].contains(item.status)
      return isLost && (isStrict || Catalog.artifact(item.id)?.tier == .minimum)
    }
    return isIncomplete ? 4 : 0
  }
}
