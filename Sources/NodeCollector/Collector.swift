import BundleArchive
public import BundleModel
import FoundationEssentials
import Synchronization
import SystemPackage

/// Gathers a plan from a node into one bundle.
///
/// Read-only on the node: the bundle and temporary files without a name are all that is written.
public struct Collector: Sendable {
  private let host: Host
  private let limits: CollectLimits
  private let settings: CollectSettings
  private let masking: Masking
  private let tool: Manifest.ToolVersion

  /// A collector for a node.
  public init(
    host: Host, limits: CollectLimits = CollectLimits(),
    settings: CollectSettings = CollectSettings(), masking: Masking = .secrets,
    tool: Manifest.ToolVersion
  ) {
    self.host = host
    self.limits = limits
    self.settings = settings
    self.masking = masking
    self.tool = tool
  }

  /// Who asked a run to end early.
  public enum Interruption: Sendable {
    /// Ctrl-C.
    case interrupt
    /// A polite request to stop.
    case terminate
  }

  /// Gathers everything, or what was there when the run was interrupted or its time was up.
  ///
  /// - Parameters:
  ///   - plan: what to gather.
  ///   - identity: names the bundle; see ``BundleIdentity/probe(_:asksMetadata:)`` and
  ///     ``BundleIdentity/masked(by:)``.
  ///   - output: where the bundle goes.
  ///   - format: how it is compressed.
  ///   - interruptions: ends the run early, in an orderly way.
  ///   - report: called with the members of each finished item, from any thread.
  public func run(
    _ plan: Plan, identity: BundleIdentity, to output: BundleOutput, format: BundleFormat,
    interruptions: AsyncStream<Interruption>, report: @escaping @Sendable ([ManifestItem]) -> Void
  ) async throws(CollectError) -> CollectSummary {
    let stop = StopReason()
    let result = await withTaskGroup(
      of: Result<CollectSummary, CollectError>?.self
    ) { group in
      group.addTask {
        do throws(CollectError) {
          return .success(
            try await gather(
              plan, identity: identity, to: output, format: format, stop: stop, report: report))
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        // Sleeping ends early only because the run has ended.
        guard (try? await Task.sleep(for: .seconds(limits.runSeconds))) != nil else { return nil }
        stop.set(.deadline)
        return nil
      }
      group.addTask {
        for await interruption in interruptions {
          stop.set(interruption == .interrupt ? .sigint : .sigterm)
          break
        }
        return nil
      }
      var result: Result<CollectSummary, CollectError>?
      while let next = await group.next() {
        if let next { result = next }
        // Whatever ended first, nothing of the others is wanted any more; gathering then stops its
        // items and finishes the archive.
        group.cancelAll()
      }
      return result
    }
    guard let result else {
      throw CollectError(
        code: "E901", kind: .internalFailure, what: "the run ended without a result",
        why: "a bug in cnitriage", remedy: "report it")
    }
    return try result.get()
  }

  private func gather(
    _ plan: Plan, identity: BundleIdentity, to output: BundleOutput, format: BundleFormat,
    stop: StopReason, report: @escaping @Sendable ([ManifestItem]) -> Void
  ) async throws(CollectError) -> CollectSummary {
    let open = try OpenOutput(output)
    do {
      let manifest = try await write(
        plan, identity: identity, to: open, format: format, stop: stop, report: report)
      try open.commit(owner: nil)
      return try CollectSummary(manifest: manifest, path: open.final)
    } catch let error as CollectError {
      open.discard()
      throw error
    } catch {
      open.discard()
      throw Self.failure(error, output: output)
    }
  }

  private func write(
    _ plan: Plan, identity: BundleIdentity, to open: OpenOutput, format: BundleFormat,
    stop: StopReason, report: @escaping @Sendable ([ManifestItem]) -> Void
  ) async throws -> Manifest {
    let start = host.clock.wall()
    var writer = try BundleWriter(
      open.descriptor, compression: format.compression, top: identity.name,
      totalLimit: limits.totalBytes)
    let description = BundleDescription(identity: identity, tool: tool, createdAt: start)
    try writer.add(description.json(), at: "bundle.json", modified: start)
    let runner = ItemRunner(
      context: RunContext(
        host: host, limits: limits, settings: settings,
        spoolFolder: SpoolFolder.choose(for: open.final), masking: masking))
    let scheduler = Scheduler(runner: runner, jobs: limits.jobs)
    var concealment = Concealment(masking)
    for skipped in plan.skipped {
      guard let artifact = Catalog.artifact(skipped.id) else { continue }
      try writer.add(concealment.applied(to: runner.ended(artifact, .skipped, skipped.reason)))
    }
    // Probes mostly wait; side by side with the rest they cost the run no time.
    let rounds: [[Artifact.Stage]] = [[.logs], [.snapshot], [.parallel, .probes], [.again]]
    for stages in rounds {
      let items = stages.flatMap { stage in plan.items.filter { $0.stage == stage } }
      try await scheduler.run(items, report: report) { members in
        for member in members { try writer.add(concealment.applied(to: member)) }
      }
    }
    let end = host.clock.wall()
    try writer.add(RunLog.lines(writer.items), at: "collect.log", modified: end)
    try writer.add(PlanDescription(plan).json(), at: "plan.json", modified: end)
    let reason = stop.value
    let manifest = Manifest(
      bundleID: identity.bundleID, complete: reason == nil, endReason: reason ?? .done,
      tool: tool, startedAt: RFC3339.string(microseconds: start),
      endedAt: RFC3339.string(microseconds: end), platform: identity.platform,
      redaction: masking.level,
      items: writer.items)
    try writer.add(JSONBytes.encode(manifest), at: "manifest.json", modified: end)
    try writer.finish()
    return manifest
  }

  static func failure(_ error: any Error, output: BundleOutput) -> CollectError {
    let isFull =
      (error as? ArchiveError)?.isOutOfSpace == true || (error as? Errno) == .noSpace
    if isFull {
      return CollectError(
        code: "E202", kind: .environment, what: "the disk is full: the bundle could not be written",
        why: "the output folder has too little free space",
        remedy: "-o with a folder on another disk, or -o - over ssh")
    }
    return CollectError(
      code: "E203", kind: .environment, what: "the bundle could not be written: \(error)",
      why: "the output was closed or failed", remedy: "-o with another folder, or -o - over ssh")
  }
}

/// Why a run was stopped early; set at most once.
private final class StopReason: Sendable {
  private let state = Mutex<Manifest.EndReason?>(nil)

  func set(_ reason: Manifest.EndReason) {
    state.withLock { $0 = $0 ?? reason }
  }

  var value: Manifest.EndReason? { state.withLock { $0 } }
}

/// Chooses where temporary files without a name may live.
enum SpoolFolder {
  /// The bundle's own folder; where the bundle is streamed, a folder in memory if there is one.
  static func choose(for path: FilePath?) -> String {
    if let path {
      let folder = path.removingLastComponent().string
      return folder.isEmpty ? "." : folder
    }
    let candidates = ["/dev/shm", "/run", "/var/tmp", "/tmp"]
    return candidates.first { FileManager.default.isWritableFile(atPath: $0) } ?? "/tmp"
  }
}
