import ArgumentParser
import BundleModel
import FoundationEssentials
import Glibc
import NodeCollector
import SystemPackage

/// The run behind `collect --cluster`.
struct ClusterCollection {
  let options: ClusterOptions
  /// The largest tier, and patterns of items that are wanted and not wanted.
  let tier: Artifact.Tier
  let only: [String]
  let skip: [String]
  let limits: CollectLimits
  /// Where a bundle of its own goes; the current folder unless told otherwise.
  let output: String?
  let format: BundleFormat
  let isStrict: Bool
  let isJSON: Bool
  let isQuiet: Bool

  /// The commands line by line, as a shell would take them.
  func preview() throws {
    let bundle = try options.bundle.map { try NodeBundle($0) }
    let commands = ClusterCommand.preview(plan, target: options.target(for: bundle))
    guard isJSON else {
      return Console.output(commands.map { $0.line + "\n" }.joined())
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Console.output(
      Array(try encoder.encode(["commands": commands.map(\.argv)])) + [UInt8(ascii: "\n")])
  }

  /// Gathers and writes; answers the exit code.
  func run() async throws -> Int32 {
    umask(0o077)
    let bundle = try options.bundle.map { try NodeBundle($0) }
    let progress = Progress(isQuiet: isQuiet || isJSON)
    begin(bundle)
    let collector = ClusterCollector(
      target: options.target(for: bundle), environment: ProcessInfo.processInfo.environment,
      clock: .system, limits: limits, effectiveUserID: geteuid())
    let signals = Interruptions(partial: nil)
    let evidence = await collector.gather(plan, interruptions: signals.stream) {
      progress.finished($0)
    }
    signals.end()
    let summary = try write(evidence, bundle)
    progress.end(summary)
    if isJSON {
      Console.output(try SummaryDocument(summary).json())
    } else if isQuiet, let path = summary.path {
      Console.output("\(path)\n")
    }
    return exitCode(evidence)
  }

  private var plan: Plan { Plan(Catalog.cluster, tier: tier, only: only, skip: skip) }

  private func begin(_ bundle: NodeBundle?) {
    guard !isQuiet, !isJSON else { return }
    Console.error("cnitriage \(Manifest.ToolVersion.current.version)  collect --cluster\n")
    Console.error("Asks through your kubectl and aws; every command only gets, lists, describes.\n\n")
  }

  private func write(_ evidence: ClusterEvidence, _ bundle: NodeBundle?) throws -> CollectSummary {
    if let bundle { return try evidence.add(to: bundle) }
    let target = try OutputChoice(argument: output ?? ".", format: format)
      .resolve(evidence.bundleName)
    return try evidence.write(to: target, format: format, tool: .current)
  }

  private func exitCode(_ evidence: ClusterEvidence) -> Int32 {
    switch evidence.endReason {
    case .sigint: return 130
    case .sigterm: return 143
    case .disk: return 6
    case .deadline, .error: return 4
    case .done: break
    }
    let lost = evidence.items.filter { item in
      let isLost = [.timeout, .failed, .error, .denied, .aborted].contains(item.status)
      return isLost && (isStrict || Catalog.artifact(item.id)?.tier == .minimum)
    }
    return lost.isEmpty ? 0 : 4
  }
}
