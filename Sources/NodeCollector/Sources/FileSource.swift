import BundleArchive
import BundleModel
import FoundationEssentials
import Glibc
import SystemPackage

/// Reads files of the node on threads that may be abandoned.
struct FileSource: Sendable {
  let host: Host
  let limits: CollectLimits
  let spoolFolder: String
  /// Older generations of a log are left out when nothing in them is this young, in microseconds
  /// since 1970.
  var since: Int64?

  /// The first of several paths that exists.
  func first(of paths: [String], for artifact: Artifact, seconds: Double) async -> CollectedMember {
    var member = begin(artifact, origin: paths.first)
    for path in paths {
      let result = await read(path, for: artifact, at: artifact.path, seconds: seconds)
      guard result.item.status == .missing else { return result }
    }
    member.end(.missing, "no such file: \(paths.joined(separator: ", "))")
    return member
  }

  /// Every regular file below folders or matching patterns, each as a member of its own.
  func group(
    of patterns: [String], for artifact: Artifact, seconds: Double
  ) async -> [CollectedMember] {
    let limit = limits.filesPerGroup
    let listing = await BlockingThread.run(seconds: seconds) {
      FileListing(host: host, limit: limit).files(matching: patterns)
    }
    guard let listing else {
      var member = begin(artifact, origin: patterns.first)
      member.end(.timeout, "listing took longer than \(seconds) s")
      return [member]
    }
    guard !listing.paths.isEmpty else {
      var member = begin(artifact, origin: patterns.first)
      if let reason = listing.refused.first {
        member.end(.skipped, reason)
      } else if let denied = listing.denied.first {
        member.end(.denied, "permission denied: \(denied)")
      } else {
        member.end(.missing, "no such file: \(patterns.joined(separator: ", "))")
      }
      return [member]
    }
    let deadline = host.clock.monotonic() + Int64(seconds * 1_000_000)
    var members: [CollectedMember] = []
    let old = await generationsBefore(since, of: listing.paths, artifact)
    for path in listing.paths {
      if old.contains(path) {
        var member = begin(artifact, origin: path)
        member.end(.skipped, "last written before the time that --since names")
        members.append(member)
        continue
      }
      let left = max(0.1, Double(deadline - host.clock.monotonic()) / 1_000_000)
      let place = GroupPath.member(of: artifact, origin: path)
      members.append(await read(path, for: artifact, at: place, seconds: left))
    }
    return members
  }

  /// Files of a log that were written to before a moment for the last time; the newest one stays,
  /// because it is the log itself, however quiet.
  private func generationsBefore(
    _ since: Int64?, of paths: [String], _ artifact: Artifact
  ) async -> Set<String> {
    guard let since, artifact.keeps == .headAndTail, paths.count > 1 else { return [] }
    let host = host
    let times = await BlockingThread.run(seconds: 2) {
      paths.map { ($0, Self.modified(host.path($0))) }
    }
    guard let times, let newest = times.max(by: { $0.1 < $1.1 }) else { return [] }
    return Set(times.filter { $0.1 < since && $0.0 != newest.0 }.map(\.0))
  }

  private static func modified(_ path: FilePath) -> Int64 {
    var status = stat()
    guard unsafe stat(path.string, &status) == 0 else { return .max }
    return Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
  }

  private func begin(_ artifact: Artifact, origin: String?) -> CollectedMember {
    let now = host.clock.wall()
    return CollectedMember(
      ManifestItem(
        id: artifact.id, source: .init(kind: .file, origin: origin),
        startedAt: RFC3339.string(microseconds: now)),
      modified: now)
  }

  private func read(
    _ path: String, for artifact: Artifact, at place: String, seconds: Double
  ) async -> CollectedMember {
    var member = begin(artifact, origin: path)
    let start = host.clock.monotonic()
    let sink = ItemSink(artifact, limits: limits, spoolFolder: spoolFolder)
    let host = host
    let keepsTail = artifact.keeps == .headAndTail && artifact.capBytes > Spool.headBytes
    let cap = artifact.capBytes
    let staysBytes = limits.spoolMemoryBytes
    let outcome = await BlockingThread.run(seconds: seconds, patience: 0.3) { stop in
      FileCopy(
        host: host, path: path, capBytes: cap, keepsTail: keepsTail, staysBytes: staysBytes,
        stop: stop
      ).run(into: sink)
    }
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    switch outcome {
    case nil where Task.isCancelled: member.end(.aborted, "the run was stopped")
    case nil: member.end(.timeout, "reading took longer than \(seconds) s")
    case .failed(let status, let reason): member.end(status, reason)
    case .read(let sink, let modified, let skipped):
      member.item.originModifiedAt = RFC3339.string(microseconds: modified)
      member.keep(sink, at: place)
      if skipped > 0 {
        member.item.status = .partial
        member.item.reason =
          "cut: \(skipped) bytes \(keepsTail ? "in the middle" : "at the end") were left out"
        member.item.truncation = .init(
          mode: keepsTail ? .headAndTail : .head, droppedBytes: skipped)
        member.item.bytesSource += skipped
      } else if sink.spool.droppedBytes > 0 {
        member.item.truncation = .init(mode: .head, droppedBytes: sink.spool.droppedBytes)
      }
    }
    return member
  }
}

/// Copies one regular file into a sink; runs on a thread of its own.
private struct FileCopy {
  let host: Host
  let path: String
  let capBytes: Int
  let keepsTail: Bool
  /// From this size on, bytes that pass unchanged stay where they are until the archive takes them.
  let staysBytes: Int
  let stop: StopFlag

  /// Large enough that system calls cost nothing beside the work, small enough for the cache.
  private static let chunkBytes = 256 << 10

  enum Outcome: Sendable {
    case read(ItemSink, modified: Int64, skipped: Int)
    case failed(ItemStatus, String)
  }

  func run(into initial: ItemSink) -> Outcome {
    var sink = initial
    if let reason = MountTable(host: host).refusal(of: path) { return .failed(.skipped, reason) }
    do {
      let descriptor = try host.open(path)
      var stays = false
      defer { if !stays { try? descriptor.close() } }
      var status = stat()
      guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno.ioError }
      // A link to /dev/null masks a unit or a link file: stored as the empty file that it acts as.
      let isMask = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
      guard status.st_mode & S_IFMT == S_IFREG || isMask else {
        return .failed(.unsupported, "not a regular file: \(path)")
      }
      let size = isMask ? 0 : Int(status.st_size)
      let skipped: Int
      if sink.passesUnchanged, size > staysBytes {
        let (origin, left) = try inPlace(descriptor, size: size)
        stays = true
        sink.take(origin)
        skipped = left
      } else {
        skipped = try copy(descriptor, size: size, into: &sink)
        try sink.finish()
      }
      if stop.isSet { return .failed(.aborted, "the run was stopped") }
      let modified =
        Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
      return .read(sink, modified: modified, skipped: skipped)
    } catch let error as Errno {
      return .failed(ItemStatus(error), "\(path): \(error)")
    } catch {
      return .failed(.error, "\(path): \(error)")
    }
  }

  /// The parts of a large file that the archive takes from the file itself, and how many bytes are
  /// left out between or after them.
  private func inPlace(_ descriptor: FileDescriptor, size: Int) throws -> (Spool, Int) {
    let file = TemporaryFile(taking: descriptor)
    guard size > capBytes else { return (Spool(origin: file, segments: [.stored(0..<size)]), 0) }
    guard keepsTail else {
      return (Spool(origin: file, segments: [.stored(0..<capBytes)]), size - capBytes)
    }
    let edge = 64 << 10
    let newline = UInt8(ascii: "\n")
    let last = try file.read(Spool.headBytes - edge..<Spool.headBytes)
    let head = last.lastIndex(of: newline).map { Spool.headBytes - edge + $0 + 1 }
      ?? Spool.headBytes
    let start = size - (capBytes - Spool.headBytes - Self.markerBytes)
    let first = try file.read(start..<start + edge)
    let tail = first.firstIndex(of: newline).map { start + $0 + 1 } ?? start
    let marker = Array("### cnitriage: \(tail - head) bytes omitted ###\n".utf8)
    let segments: [Spool.Segment] = [.stored(0..<head), .marker(marker), .stored(tail..<size)]
    return (Spool(origin: file, segments: segments), tail - head)
  }

  /// Room for the line that marks a cut.
  private static let markerBytes = 256

  /// Copies the file, or its beginning and end; answers how many bytes in the middle were skipped.
  private func copy(
    _ descriptor: FileDescriptor, size: Int, into sink: inout ItemSink
  ) throws -> Int {
    // The kernel's own files have no size; they end where reading ends.
    guard size > 0 else {
      try copy(descriptor, count: capBytes + 1, into: &sink)
      return 0
    }
    guard keepsTail, size > capBytes else {
      try copy(descriptor, count: size, into: &sink)
      return 0
    }
    let head = try wholeLines(descriptor, Spool.headBytes)
    try sink.append(head[...])
    let tailStart = size - (capBytes - Spool.headBytes - Self.markerBytes)
    try descriptor.seek(offset: Int64(tailStart), from: .start)
    let first = try descriptor.readChunk(upTo: 64 << 10)
    let fragment = first.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let skipped = tailStart + fragment - head.count
    try sink.append(Array("### cnitriage: \(skipped) bytes omitted ###\n".utf8)[...])
    try sink.append(first[fragment...])
    try copy(descriptor, count: size - tailStart - first.count, into: &sink)
    return skipped
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

  /// A log that grows during the read stops at the size that it had when it was opened.
  private func copy(
    _ descriptor: FileDescriptor, count: Int, into sink: inout ItemSink
  ) throws {
    var left = count
    var buffer = [UInt8](repeating: 0, count: min(count, Self.chunkBytes))
    while left > 0, !sink.isFull, !stop.isSet {
      let read = try descriptor.readChunk(into: &buffer, upTo: left)
      if read == 0 { break }
      try sink.append(buffer[..<read])
      left -= read
    }
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
