import BundleModel
import FoundationEssentials
import Glibc
import NodeCollector
import SystemPackage

/// One call of `collect`: from the options to finished bundles and an exit code.
struct CollectRun {
  let selection: SelectionOptions
  let limits: LimitOptions
  let output: OutputOptions
  let concealment: RedactionOptions
  let node: NodeOptions
  let screen: ScreenOptions

  /// Gathers, or only tells what would be gathered.
  func run(then follow: (FilePath) async -> Void) async throws(CollectError) -> Int32 {
    let choice = ItemChoice(selection: selection, owners: owners)
    let plan = try choice.plan()
    if screen.list {
      Console.output(try PlanTable(choice: choice, plan: plan).text())
      return 0
    }
    if screen.dryRun {
      showPlan(plan)
      return 0
    }
    let privilege = Privilege()
    guard privilege.missing.isEmpty || node.unprivileged else { throw .needsRoot(privilege) }
    let note = NodeNamespaces.enter(root: FilePath(node.hostRoot))
    ProcessPriority.stepBack()
    // A bundle is nobody else's business, whatever the caller's mask allows.
    umask(0o077)
    // A signal that comes this early ends the run as soon as there is something to end.
    let signals = Interruptions()
    defer { signals.end() }
    guard let every = output.every else {
      return try await once(plan, privilege, note, signals, then: follow).code
    }
    return try await Repetition(seconds: every.seconds, keep: output.keep).run(signals) {
      () async throws(CollectError) in
      try await once(plan, privilege, note, signals, then: follow)
    }
  }

  /// User ids that may own a file which says what is gathered.
  private var owners: Set<UInt32> {
    let behind = BundleOwner(
      environment: ProcessInfo.processInfo.environment, effectiveUserID: geteuid())
    return Set([0, geteuid()] + (behind.map { [$0.user] } ?? []))
  }

  private func showPlan(_ plan: Plan) {
    guard !screen.json else {
      // Encoding values of our own can't fail; an empty document would say so.
      return Console.output((try? PlanDescription(plan).json()) ?? [])
    }
    var lines = plan.items.map { artifact in
      "\(artifact.id.rawValue.padded(to: 28))\(artifact.source.summary)"
    }
    lines.append("\(plan.items.count) items; \(plan.skipped.count) left out. Nothing was gathered.")
    Console.output(lines.joined(separator: "\n") + "\n")
  }

  // MARK: - One bundle

  private func once(
    _ plan: Plan, _ privilege: Privilege, _ note: String?, _ signals: Interruptions,
    then follow: (FilePath) async -> Void
  ) async throws(CollectError) -> RunResult {
    let begin = Host.Clock.system.monotonic()
    let settings = try settings()
    var host = host(privilege, settings)
    let survey = await NodeSurvey.make(
      host, privilege: privilege, asksMetadata: !selection.noMetadata, note: note)
    host.traits = survey.kind.traits
    try checkPlatform(survey)
    let progress = Progress(
      isQuiet: screen.quiet || screen.json, form: screen.progress,
      isVerbose: screen.verbose > 0, screen: Screen(color: screen.color, ascii: screen.ascii))
    let masking = await Masking.prepared(for: concealment.redact, on: host)
    let identity = BundleIdentity(survey, time: host.clock.wall(), settings: settings)
      .masked(by: masking)
    let target = try OutputChoice(argument: output.output, format: output.format)
      .resolve(output.layout.archiveName(identity, tool: .current))
    let map = try concealment.mapPath(beside: target)
    let folder = try takeFolder(of: target)
    progress.begin(survey)
    announce(survey, folder, progress)
    var bounds = limits.limits
    try await checkSpace(folder, plan, host, bounds)
    // What the first look cost is part of the run.
    bounds.runSeconds = max(
      0.1, bounds.runSeconds - Double(Host.Clock.system.monotonic() - begin) / 1_000_000)
    let collector = Collector(
      host: host, limits: bounds, settings: settings, masking: masking, tool: .current)
    signals.note(partial: target.partialPath?.string)
    let summary: CollectSummary
    do throws(CollectError) {
      summary = try await collector.run(
        plan, identity: identity, to: target, format: output.format,
        interruptions: signals.stream, started: { progress.started($0) },
        report: { progress.finished($0) })
      if let map { try MapFile.write(masking, of: identity.name, to: map) }
    } catch {
      progress.stop()
      if error.kind == .readerGone { progress.notice("Stopped: \(error.what); \(error.why).") }
      throw error
    }
    let seconds = Int((Host.Clock.system.monotonic() - begin) / 1_000_000)
    if masking.leavesPairsOut { progress.warn(.fullMap) }
    finish(summary, progress, map: map, owner: settings.owner, seconds: seconds)
    if let path = summary.path { await follow(path) }
    return RunResult(code: exitCode(summary), bundle: summary.path)
  }

  private func settings() throws(CollectError) -> CollectSettings {
    let environment = ProcessInfo.processInfo.environment
    let fixed = output.reproducible ? environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) } : nil
    guard !output.reproducible || fixed != nil else { throw .noFixedTime }
    // The window of the logs stands in the bundle as well.
    let now = fixed.map { $0 * 1_000_000 } ?? Host.Clock.system.wall()
    return CollectSettings(
      window: LogWindow(
        since: try LogTime.parse(limits.since, option: "--since", now: now),
        until: try limits.until.flatMap { text throws(CollectError) in
          try LogTime.parse(text, option: "--until", now: now)
        }),
      podLogs: selection.podLogs, includesUserData: selection.includeUserData,
      allowsSideEffects: selection.allowSideEffects, probeSeconds: selection.probeSeconds,
      layout: output.layout, labels: output.labelTable, caseID: output.caseID,
      fixedTime: fixed.map { $0 * 1_000_000 },
      owner: BundleOwner(environment: environment, effectiveUserID: geteuid()))
  }

  private func host(_ privilege: Privilege, _ settings: CollectSettings) -> Host {
    let clock = Host.Clock.system
    var host = Host(
      root: FilePath(node.hostRoot),
      clock: settings.fixedTime.map { time in
        Host.Clock(wall: { time }, monotonic: clock.monotonic)
      } ?? clock, effectiveUserID: geteuid())
    host.hasForeignProcesses =
      host.root != "/" && FileManager.default.fileExists(atPath: "\(node.hostRoot)/proc/1/status")
    host.isPrivileged = privilege.missing.isEmpty
    return host
  }

  private func checkPlatform(_ survey: NodeSurvey) throws(CollectError) {
    guard node.strictEks, [.no, .unknown].contains(survey.kind.membership) else { return }
    throw CollectError(
      code: "E206", kind: .wrongPlatform, what: "this is not a node of EKS",
      why: "looked for \(NodeKind.signs)", remedy: "run it on a node, or without --strict-eks")
  }

  private func takeFolder(of target: BundleOutput) throws(CollectError) -> OutputFolder? {
    guard case .file(let path) = target else { return nil }
    return try OutputFolder(for: path, sharing: output.forceParallel)
  }

  private func checkSpace(
    _ folder: OutputFolder?, _ plan: Plan, _ host: Host, _ limits: CollectLimits
  ) async throws(CollectError) {
    guard let folder else { return }
    try await folder.checkSpace(for: plan, host: host, limits: limits)
  }

  private func announce(_ survey: NodeSurvey, _ folder: OutputFolder?, _ progress: Progress) {
    for name in folder?.removed ?? [] {
      progress.notice("Removed \(name), which an earlier run left unfinished.")
    }
    if survey.kind.membership == .no {
      progress.notice(
        "Not an EKS node: looked for \(NodeKind.signs).\n"
          + "What there is is gathered; items of the CNI will be missing.\n")
    }
    if survey.isMetadataSilent, survey.kind.membership != .hybrid {
      progress.warn(.silentMetadata)
      progress.notice("")
    }
  }

  private func finish(
    _ summary: CollectSummary, _ progress: Progress, map: FilePath?, owner: BundleOwner?,
    seconds: Int
  ) {
    progress.end(summary, map: map, owner: owner, seconds: seconds)
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
}

extension CollectError {
  static func needsRoot(_ privilege: Privilege) -> CollectError {
    let isRoot = geteuid() == 0
    return CollectError(
      code: "E201", kind: .notPermitted,
      what: isRoot
        ? "collect lacks the capabilities \(privilege.missing.joined(separator: ", "))"
        : "collect needs root",
      why: "iptables, ipamd's logs and network namespaces are readable by root only",
      remedy: isRoot
        ? "run the container privileged, or --unprivileged for a thin bundle"
        : "sudo cnitriage collect, or --unprivileged for a thin bundle")
  }

  static let noFixedTime = CollectError(
    code: "E106", kind: .usage, what: "--reproducible without a time",
    why: "SOURCE_DATE_EPOCH is not set to seconds since 1970",
    remedy: "SOURCE_DATE_EPOCH=1700000000 cnitriage collect --reproducible")
}
