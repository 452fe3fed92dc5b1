import BundleArchive
public import BundleModel
import FoundationEssentials
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
  ///   - identity: names the bundle; see ``BundleIdentity`` and ``BundleIdentity/masked(by:)``.
  ///   - output: where the bundle goes.
  ///   - format: how it is compressed.
  ///   - interruptions: ends the run early, in an orderly way.
  ///   - started: called when an item begins, from any thread.
  ///   - report: called with the members of each finished item, from any thread.
  public func run(
    _ plan: Plan, identity: BundleIdentity, to output: BundleOutput, format: BundleFormat,
    interruptions: AsyncStream<Interruption>,
    started: @escaping @Sendable (ArtifactID) -> Void = { _ in },
    report: @escaping @Sendable ([ManifestItem]) -> Void
  ) async throws(CollectError) -> CollectSummary {
    let stop = StopReason(limit: PackingLimit(clock: host.clock))
    let events = Scheduler.Events(started: started, finished: report)
    let result = await withTaskGroup(
      of: Result<CollectSummary, CollectError>?.self
    ) { group in
      group.addTask {
        do throws(CollectError) {
          return .success(
            try await gather(
              plan, identity: identity, to: output, format: format, stop: stop, events: events))
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
    stop: StopReason, events: Scheduler.Events
  ) async throws(CollectError) -> CollectSummary {
    let open = try OpenOutput(output)
    do {
      let written = RunningDigest()
      let packing = try await start(open, identity, format, stop, written)
      defer { packing.close() }
      let manifest = try await write(
        plan, identity: identity, to: open, through: packing, stop: stop, events: events)
      let isVerified = try await readBack(open, written, through: packing, stop: stop)
      try open.commit(owner: settings.owner)
      try open.writeChecksum(written.value.sha256, owner: settings.owner)
      return CollectSummary(
        manifest: manifest, path: open.final, digest: open.final.map { _ in written.value },
        isVerified: isVerified)
    } catch let error as CollectError {
      open.discard()
      throw error
    } catch {
      open.discard()
      throw Self.failure(error, output: output)
    }
  }

  /// Opens the archive on a thread of its own.
  private func start(
    _ open: OpenOutput, _ identity: BundleIdentity, _ format: BundleFormat, _ stop: StopReason,
    _ written: RunningDigest
  ) async throws -> BundleThread {
    let reserve = try DiskReserve(for: open, minimumFree: limits.minimumFreeBytes)
    var note: (@Sendable ([UInt8]) -> Void)?
    if open.partial != nil { note = { bytes in written.add(bytes) } }
    let output = ArchiveOutput(
      open.descriptor, hasRoom: { reserve?.hasRoom ?? true }, makeRoom: { reserve?.release() },
      written: note)
    let compression = format.compression(
      isBusy: !settings.isReproducible && ProcessorLoad(host: host).isBusy)
    return try await BundleThread.start { [limits, settings] in
      try BundleWriter(
        output, compression: compression, top: settings.layout.topFolder(identity),
        totalLimit: limits.totalBytes, limit: stop.limit, settings: settings)
    }
  }

  private func write(
    _ plan: Plan, identity: BundleIdentity, to open: OpenOutput, through packing: BundleThread,
    stop: StopReason, events: Scheduler.Events
  ) async throws -> Manifest {
    let start = host.clock.wall()
    let runner = ItemRunner(
      context: RunContext(
        host: host, limits: limits, settings: settings,
        spoolFolder: SpoolFolder.choose(for: open.final), masking: masking))
    let description = try BundleDescription(identity: identity, tool: tool, createdAt: start).json()
    let concealment = Concealment(masking)
    let skipped = plan.skipped.compactMap { entry in
      Catalog.artifact(entry.id).map {
        concealment.applied(to: runner.ended($0, .skipped, entry.reason))
      }
    }
    try await packing.perform(patience: stop.patience) { writer in
      try writer.add(description, at: "bundle.json", modified: start)
      try writer.addFiles(ofLayout: identity, modified: start)
      for member in skipped { try writer.add(member) }
    }
    let scheduler = Scheduler(runner: runner, jobs: limits.jobs)
    // Probes mostly wait; side by side with the rest they cost the run no time.
    let rounds: [[Artifact.Stage]] = [[.logs], [.snapshot], [.parallel, .probes], [.again]]
    for stages in rounds {
      let items = stages.flatMap { stage in plan.items.filter { $0.stage == stage } }
      try await scheduler.run(items, events: events) { members in
        for member in members { runner.context.probes.note(member.item) }
        let concealed = members.map { concealment.applied(to: $0) }
        try await packing.perform(patience: stop.patience) { writer in
          for member in concealed { try writer.add(member) }
        }
      }
    }
    return try await finish(plan, identity, start: start, through: packing, stop: stop)
  }

  /// Writes the collector's own last members and ends the archive.
  private func finish(
    _ plan: Plan, _ identity: BundleIdentity, start: Int64, through packing: BundleThread,
    stop: StopReason
  ) async throws -> Manifest {
    let end = host.clock.wall()
    let (tool, settings, level) = (tool, settings, masking.level)
    return try await packing.perform(patience: stop.patience) { writer in
      try writer.add(RunLog.lines(writer.items), at: "collect.log", modified: end)
      try writer.add(PlanDescription(plan).json(), at: "plan.json", modified: end)
      let isFull = writer.items.contains { $0.status == .diskFull }
      let reason = isFull && stop.value != .sigint && stop.value != .sigterm ? .disk : stop.value
      var manifest = Manifest(
        bundleID: identity.bundleID, complete: reason == nil, endReason: reason ?? .done,
        tool: tool, startedAt: RFC3339.string(microseconds: start),
        endedAt: RFC3339.string(microseconds: end), platform: identity.platform,
        redaction: level, items: writer.items)
      manifest.privilege = identity.privilege
      manifest.labels = settings.labels.isEmpty ? nil : settings.labels
      manifest.caseID = settings.caseID
      try writer.add(JSONBytes.encode(manifest), at: "manifest.json", modified: end)
      try writer.end()
      return manifest
    }
  }

  /// Reads the finished file again; `false` when there was no file to read or no time.
  private func readBack(
    _ open: OpenOutput, _ written: RunningDigest, through packing: BundleThread, stop: StopReason
  ) async throws -> Bool {
    guard let partial = open.partial else { return false }
    return try await packing.perform(patience: stop.patience) { _ in
      try open.sync()
      switch try ReadBack(written: written.value, limit: stop.limit).check(partial) {
      case .agrees: return true
      case .noTime: return false
      case .differs(let what):
        throw CollectError(
          code: "E205", kind: .environment, what: "the bundle was not stored as it was written",
          why: "read back, \(what): the disk or the memory is faulty",
          remedy: "-o with a folder on another disk, or -o - over ssh")
      }
    }
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
    if output == .standardOutput, (error as? ArchiveError)?.isReaderGone == true {
      return CollectError(
        code: "E207", kind: .readerGone, what: "the reader of standard output went away",
        why: "what it got of the bundle is not whole", remedy: "let it read to the end, or -o FILE")
    }
    return CollectError(
      code: "E203", kind: .environment, what: "the bundle could not be written: \(error)",
      why: "the output was closed or failed", remedy: "-o with another folder, or -o - over ssh")
  }
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
