public import ArgumentParser
import BundleModel
import Dispatch
import FoundationEssentials
import Glibc
import NodeCollector
import SystemPackage

/// The verb `collect`, which both executables share.
public struct CollectCommand: AsyncParsableCommand {
  /// Name and help of the verb.
  public static let configuration = CommandConfiguration(
    commandName: "collect",
    abstract: "Gather a support bundle from this node (root, read-only).",
    discussion: """
      Reads only: logs, network state, ipamd's state and the instance metadata go into one \
      archive of mode 0600. Ctrl-C once stops early and keeps what is gathered.

      Exit codes: 0 done, 2 wrong usage, 4 a minimum item is lost, 5 root needed, 6 the disk or \
      the output is in the way, 130 stopped by Ctrl-C.
      """)

  @Option(name: [.short, .long], help: "A file, a folder, or - for standard output.")
  var output: String?

  @Option(help: "tar.zst or tar.gz, which opens everywhere.")
  var format: BundleFormat = .zstd

  @Option(help: "minimal, default or full.")
  var profile: Profile = .default

  @Option(help: "Item ids, groups or patterns, comma-separated; only these are gathered.")
  var only: [String] = []

  @Option(help: "Item ids, groups or patterns, comma-separated, that are left out.")
  var skip: [String] = []

  @Option(help: "Longest time of the whole run, in seconds.")
  var timeout: Double = 300

  @Option(help: "Factor for the time limit of every item.")
  var timeoutScale: Double = 1

  @Option(help: "Items in flight.")
  var jobs: Int = 4

  @Option(help: "Where the node's file system is mounted, such as /host in a container.")
  var hostRoot: String = "/"

  @OptionGroup var concealment: RedactionOptions

  @Flag(name: .customLong("no-imds"), help: "Make no calls to the instance metadata service.")
  var noMetadata = false

  @Flag(help: "Go on without root; what needs it is marked as denied.")
  var unprivileged = false

  @Flag(help: "Exit 4 if any item is lost, not only a minimum one.")
  var strict = false

  @Flag(help: "Show every item and what it reads, and gather nothing.")
  var list = false

  @Flag(name: .customLong("dry-run"), help: "Print the resolved plan and gather nothing.")
  var dryRun = false

  @Flag(help: "Print the manifest, path, size and SHA-256 as one JSON document.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print only the path of the bundle.")
  var quiet = false

  /// The profiles, smallest first.
  enum Profile: String, ExpressibleByArgument, CaseIterable {
    case minimal, `default`, full

    var tier: Artifact.Tier {
      switch self {
      case .minimal: .minimum
      case .default: .standard
      case .full: .full
      }
    }
  }

  /// Made by the argument parser.
  public init() {}

  /// Refuses values that make no sense, before anything happens.
  public func validate() throws {
    guard timeout > 0, timeoutScale > 0 else {
      throw ValidationError("--timeout and --timeout-scale must be greater than 0.")
    }
    guard (1...64).contains(jobs) else {
      throw ValidationError("--jobs must be between 1 and 64.")
    }
    try concealment.check(isStreamed: output == "-")
    for pattern in Self.split(only) + Self.split(skip) {
      guard Catalog.all.contains(where: { $0.id.matches(pattern) }) else {
        throw ValidationError(
          "no item matches `\(pattern)`; cnitriage collect --list shows every item.")
      }
    }
  }

  /// Gathers the bundle.
  public func run() async throws {
    let plan = Plan(
      tier: profile.tier, only: Self.split(only), skip: Self.split(skip), metadata: !noMetadata)
    if list { return printList(plan) }
    if dryRun { return try Console.output(PlanDescription(plan).json()) }
    let code: Int32
    do throws(CollectError) {
      code = try await collect(plan)
    } catch {
      Console.report(error, json: json)
      throw ExitCode(error.kind.exitCode)
    }
    if code != 0 { throw ExitCode(code) }
  }

  private func collect(_ plan: Plan) async throws(CollectError) -> Int32 {
    let host = Host(
      root: FilePath(hostRoot), clock: .system, effectiveUserID: geteuid())
    guard host.effectiveUserID == 0 || unprivileged else { throw .needsRoot }
    // A bundle is nobody else's business, whatever the caller's mask allows.
    umask(0o077)
    let masking = await Masking.prepared(for: concealment.redact, on: host)
    let identity = await BundleIdentity.probe(host, asksMetadata: !noMetadata).masked(by: masking)
    let target = try OutputChoice(argument: output, format: format).resolve(identity.name)
    let map = try concealment.mapPath(beside: target)
    let progress = Progress(isQuiet: quiet || json)
    progress.begin(identity)
    let collector = Collector(
      host: host,
      limits: CollectLimits(runSeconds: timeout, jobs: jobs, timeoutScale: timeoutScale),
      settings: CollectSettings(window: LogWindow(since: host.clock.wall() - 48 * 3_600_000_000)),
      masking: masking, tool: .current)
    let signals = Interruptions(partial: target.partialPath?.string)
    let summary = try await collector.run(
      plan, identity: identity, to: target, format: format, interruptions: signals.stream,
      report: { progress.finished($0) })
    signals.end()
    if let map { try MapFile.write(masking, of: identity.name, to: map) }
    finish(summary, progress, map: map)
    return exitCode(summary)
  }

  private func finish(_ summary: CollectSummary, _ progress: Progress, map: FilePath?) {
    progress.end(summary, map: map)
    if json {
      // Encoding values of our own can't fail; an empty document would say so.
      Console.output((try? SummaryDocument(summary).json()) ?? [])
    } else if quiet, let path = summary.path {
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
      strict ? summary.manifest.totals.incomplete > 0 : !summary.lostMinimumItems.isEmpty
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

  private static func split(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map(String.init) }
  }
}

extension BundleFormat: ExpressibleByArgument {}

extension CollectError {
  static let needsRoot = CollectError(
    code: "E201", kind: .notPermitted, what: "collect needs root",
    why: "iptables, ipamd's logs and network namespaces are readable by root only",
    remedy: "sudo cnitriage collect, or --unprivileged for a thin bundle")
}

extension CollectError.Kind {
  var exitCode: Int32 {
    switch self {
    case .notPermitted: 5
    case .environment: 6
    case .usage: 2
    case .internalFailure: 70
    }
  }
}
