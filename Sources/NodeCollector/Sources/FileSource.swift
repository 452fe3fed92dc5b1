import BundleArchive
import BundleModel
import SystemPackage

/// Reads files of the node on threads that may be abandoned.
struct FileSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String
  var settings = CollectSettings()

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
    await copy.take(listing.files, with: self, until: deadline)
    // A log may have been rotated under our hands: what was renamed is found by its number.
    if artifact.stage == .logs, !copy.members.isEmpty,
      let second = await list(patterns, for: artifact, seconds: left(deadline))
    {
      await copy.takeLate(second.files, with: self, until: deadline)
    }
    var members = copy.members
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
      limits: limits, spoolFolder: spoolFolder)
    let copy = FileCopy(
      path: place, capBytes: capBytes,
      keepsTail: keeps == .headAndTail && capBytes > Spool.headBytes)
    let outcome = await BlockingThread.run(seconds: seconds) { copy.run(into: sink) }
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    switch outcome {
    case nil: member.end(.timeout, "reading took longer than \(seconds) s")
    case .failed(let status, let reason): member.end(status, reason)
    case .read(let sink, let status, let skipped, let lost):
      member.item.originModifiedAt = RFC3339.string(microseconds: status.modified)
      if artifact.stage == .logs { member.item.originInode = status.inode }
      member.keep(sink, at: target)
      if skipped > 0 {
        member.item.status = .partial
        member.item.reason = "cut: \(skipped) bytes in the middle were left out"
        member.item.truncation = .init(mode: .headAndTail, droppedBytes: skipped)
        member.item.bytesSource += skipped
      } else if sink.spool.droppedBytes > 0 {
        member.item.truncation = .init(mode: .head, droppedBytes: sink.spool.droppedBytes)
      } else if lost > 0, artifact.redaction == .log {
        member.item.status = .partial
        member.item.reason = "the file was emptied while it was read: \(lost) bytes were gone"
      }
    }
    return member
  }
}

/// Copies one regular file into a sink; runs on a thread of its own.
private struct FileCopy {
  let path: FilePath
  let capBytes: Int
  let keepsTail: Bool

  enum Outcome: Sendable {
    /// `skipped` bytes in the middle were left out, `lost` bytes at the end were gone.
    case read(ItemSink, FileStatus, skipped: Int, lost: Int)
    case failed(ItemStatus, String)
  }

  func run(into initial: ItemSink) -> Outcome {
    var sink = initial
    do {
      // A FIFO or device with a file's name must not block, nor be read.
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      let status = try FileStatus(of: descriptor)
      // A link to /dev/null masks a unit or a link file: stored as the empty file that it acts as.
      guard status.kind == .file || status.kind == .null else {
        return .failed(.unsupported, "not a regular file: \(path)")
      }
      let size = status.kind == .null ? 0 : status.size
      let (skipped, lost) = try copy(descriptor, size: size, into: &sink)
      try sink.finish()
      return .read(sink, status, skipped: skipped, lost: lost)
    } catch let error as Errno {
      return .failed(ItemStatus(error), "\(path): \(error)")
    } catch {
      return .failed(.error, "\(path): \(error)")
    }
  }

  /// Copies the file, or its beginning and end; answers how many bytes in the middle were skipped,
  /// and how many were no longer there.
  private func copy(
    _ descriptor: FileDescriptor, size: Int, into sink: inout ItemSink
  ) throws -> (skipped: Int, lost: Int) {
    // The kernel's own files have no size; they end where reading ends.
    guard size > 0 else {
      _ = try copy(descriptor, count: capBytes + 1, into: &sink)
      return (0, 0)
    }
    let reserve = 256
    guard keepsTail, size > capBytes else {
      return (0, try copy(descriptor, count: size, into: &sink))
    }
    let head = try wholeLines(descriptor, Spool.headBytes)
    try sink.append(head[...])
    let tailStart = size - (capBytes - Spool.headBytes - reserve)
    try descriptor.seek(offset: Int64(tailStart), from: .start)
    let first = try descriptor.readChunk(upTo: 64 << 10)
    let fragment = first.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let skipped = tailStart + fragment - head.count
    try sink.append(Array("### cnitriage: \(skipped) bytes omitted ###\n".utf8)[...])
    try sink.append(first[fragment...])
    return (skipped, try copy(descriptor, count: size - tailStart - first.count, into: &sink))
  }

  private func wholeLines(_ descriptor: FileDescriptor, _ count: Int) throws -> [UInt8] {
    var head: [UInt8] = []
    while head.count < count {
      let chunk = try descriptor.readChunk(upTo: count - head.count)
      if chunk.isEmpty { break }
      head += chunk
    }
    if let last = head.lastIndex(of: UInt8(ascii: "\n")) { head.removeSubrange((last + 1)...) }
    return head
  }

  /// A log that grows during the read stops at the size that it had when it was opened; answers how
  /// many bytes it had become shorter by.
  private func copy(
    _ descriptor: FileDescriptor, count: Int, into sink: inout ItemSink
  ) throws -> Int {
    var left = count
    while left > 0, !sink.isFull {
      let chunk = try descriptor.readChunk(upTo: min(left, 128 << 10))
      if chunk.isEmpty { return left }
      try sink.append(chunk[...])
      left -= chunk.count
    }
    return 0
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
