import BundleArchive
import BundleModel
import SystemPackage

/// Reads files of the node on threads that may be abandoned.
struct FileSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String
  var settings = CollectSettings()
  var masking: Masking = .secrets

  /// The first of several paths that exists.
  func first(of paths: [String], for artifact: Artifact, seconds: Double) async -> CollectedMember {
    let (host, settings) = (host, settings)
    var member = begin(artifact, origin: paths.first)
    let paths =
      await BlockingThread.run(seconds: seconds) {
        FoundPaths(host: host, settings: settings).replaced(in: paths)
      } ?? paths
    for path in paths {
      let place = await BlockingThread.run(seconds: seconds) {
        host.rooted(avoidingNetwork: true).resolve(path)
      }
      switch place {
      case nil: member.end(.timeout, "finding \(path) took longer than \(seconds) s")
      case .avoided(let type): member.end(.skipped, Self.avoided(path, type))
      case .found(let place):
        let result = await read(
          path, at: place, for: artifact, to: artifact.path, capBytes: artifact.capBytes,
          seconds: seconds)
        guard result.item.status == .missing else { return result }
        continue
      }
      return member
    }
    member.end(.missing, "no such file: \(paths.joined(separator: ", "))")
    return member
  }

  /// Every regular file below folders or matching patterns, each as a member of its own.
  func group(
    of patterns: [String], for artifact: Artifact, seconds: Double
  ) async -> [CollectedMember] {
    let deadline = host.clock.monotonic() + Int64(seconds * 1_000_000)
    if settings.podLogs.isEmpty, patterns == [FoundPath.requestedPodLogs.rawValue] {
      var member = begin(artifact, origin: nil)
      member.end(.skipped, "left out: no pod was named with --pod-logs")
      return [member]
    }
    guard let listing = await list(patterns, for: artifact, seconds: seconds) else {
      var member = begin(artifact, origin: patterns.first)
      member.end(.timeout, "listing took longer than \(seconds) s")
      return [member]
    }
    var copy = GroupCopy(artifact)
    let (recent, old) = generations(of: listing.files, artifact)
    await copy.take(recent, with: self, until: deadline)
    // A log may have been rotated under our hands: what was renamed is found by its number.
    if artifact.stage == .logs, !copy.members.isEmpty,
      let second = await list(patterns, for: artifact, seconds: left(deadline))
    {
      await copy.takeLate(
        generations(of: second.files, artifact).recent, with: self, until: deadline)
    }
    var members = copy.members
    for file in old {
      var member = begin(artifact, origin: file.path)
      member.end(.skipped, "last written before the time that --since names")
      members.append(member)
    }
    for path in listing.avoided {
      var member = begin(artifact, origin: path.path)
      member.end(.skipped, Self.avoided(path.path, path.type))
      members.append(member)
    }
    for path in listing.denied {
      var member = begin(artifact, origin: path)
      member.end(.denied, "permission denied: \(path)")
      members.append(member)
    }
    if members.isEmpty {
      var member = begin(artifact, origin: patterns.first)
      let names = patterns.filter { !$0.hasPrefix("{") }
      let more = names.count > 6 ? " and \(names.count - 6) more" : ""
      member.end(.missing, "no such file: \(names.prefix(6).joined(separator: ", "))\(more)")
      members.append(member)
    }
    return members
  }

  /// Divides the files of a log by whether they were written to within the run's window. The newest
  /// one always is, because it is the log itself, however quiet.
  private func generations(
    of files: [FileListing.File], _ artifact: Artifact
  ) -> (recent: [FileListing.File], old: [FileListing.File]) {
    guard let since = settings.window.since, artifact.stage == .logs, files.count > 1,
      let newest = files.map(\.status.modified).max()
    else { return (files, []) }
    func isOld(_ file: FileListing.File) -> Bool {
      file.status.modified < since && file.status.modified < newest
    }
    return (files.filter { !isOld($0) }, files.filter(isOld))
  }

  private static func avoided(_ path: String, _ type: String) -> String {
    "\(path) lies on a network file system (\(type)), whose server may not answer"
  }

  private func list(
    _ patterns: [String], for artifact: Artifact, seconds: Double
  ) async -> FileListing.Result? {
    let (host, settings) = (host, settings)
    // Where the newest files count, more must be seen than are taken.
    let limit = limits.filesPerGroup * (artifact.groupBytes == nil ? 1 : 10)
    return await BlockingThread.run(seconds: seconds) {
      let paths = FoundPaths(host: host, settings: settings).replaced(in: patterns)
      return FileListing(host: host, limit: limit).files(matching: paths)
    }
  }

  func left(_ deadline: Int64) -> Double {
    max(0.1, Double(deadline - host.clock.monotonic()) / 1_000_000)
  }

  func begin(_ artifact: Artifact, origin: String?) -> CollectedMember {
    let now = host.clock.wall()
    return CollectedMember(
      ManifestItem(
        id: artifact.id, source: .init(kind: .file, origin: origin),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
  }

  /// Reads one file.
  func read(
    _ path: String, at place: FilePath, for artifact: Artifact, to member: String, capBytes: Int,
    seconds: Double
  ) async -> CollectedMember {
    let target = member
    var member = begin(artifact, origin: path)
    let start = host.clock.monotonic()
    let isCompressed = artifact.redaction == .log && path.hasSuffix(".gz")
    let keeps = isCompressed ? .head : artifact.keeps
    let sink = ItemSink(
      rule: isCompressed ? .none : artifact.redaction, capBytes: capBytes, keeps: keeps,
      limits: limits, spoolFolder: spoolFolder, masking: masking)
    let keepsTail = keeps == .headAndTail && capBytes > Spool.headBytes
    let staysBytes = limits.spoolMemoryBytes
    let outcome = await BlockingThread.run(seconds: seconds, patience: 0.3) { stop in
      FileCopy(
        path: place, capBytes: capBytes, keepsTail: keepsTail, staysBytes: staysBytes, stop: stop
      ).run(into: sink)
    }
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    switch outcome {
    case nil where Task.isCancelled: member.end(.aborted, "the run was stopped")
    case nil: member.end(.timeout, "reading took longer than \(seconds) s")
    case .failed(let status, let reason): member.end(status, reason)
    case .read(let sink, let status, let skipped, let lost):
      member.item.originModifiedAt = RFC3339.string(microseconds: status.modified)
      if artifact.stage == .logs { member.item.originInode = status.inode }
      member.keep(sink, at: target)
      if skipped > 0 {
        member.end(
          .partial,
          "cut: \(skipped) bytes \(keepsTail ? "in the middle" : "at the end") were left out"
        )
        member.item.truncation = .init(
          mode: keepsTail ? .headAndTail : .head, droppedBytes: skipped)
        member.item.bytesSource += skipped
      } else if sink.spool.droppedBytes > 0 {
        member.item.truncation = .init(mode: .head, droppedBytes: sink.spool.droppedBytes)
      }
      if lost > 0, artifact.redaction == .log {
        let cut = member.item.status == .partial ? member.item.reason : nil
        let reason = "the file was emptied while it was read: \(lost) bytes were gone"
        member.end(.partial, cut.map { "\($0); \(reason)" } ?? reason)
      }
    }
    return member
  }
}

extension ItemStatus {
  /// What a system error means for an item.
  init(_ error: Errno) {
    switch error {
    case .noSuchFileOrDirectory, .notDirectory: self = .missing
    case .permissionDenied, .notPermitted: self = .denied
    case .noSpace, .diskQuotaExceeded: self = .diskFull
    default: self = .error
    }
  }
}
