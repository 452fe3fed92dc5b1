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
  let masking: Masking

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
      if let denied = listing.denied.first {
        member.end(.denied, "permission denied: \(denied)")
      } else {
        member.end(.missing, "no such file: \(patterns.joined(separator: ", "))")
      }
      return [member]
    }
    let deadline = host.clock.monotonic() + Int64(seconds * 1_000_000)
    var members: [CollectedMember] = []
    for path in listing.paths {
      let left = max(0.1, Double(deadline - host.clock.monotonic()) / 1_000_000)
      let place = GroupPath.member(of: artifact, origin: path)
      members.append(await read(path, for: artifact, at: place, seconds: left))
    }
    return members
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
    let sink = ItemSink(
      artifact, limits: limits, spoolFolder: spoolFolder, masking: masking)
    let real = host.path(path)
    let keepsTail = artifact.keeps == .headAndTail && artifact.capBytes > Spool.headBytes
    let cap = artifact.capBytes
    let outcome = await BlockingThread.run(seconds: seconds) {
      FileCopy(path: real, capBytes: cap, keepsTail: keepsTail).run(into: sink)
    }
    member.item.durationMilliseconds = Int((host.clock.monotonic() - start) / 1000)
    switch outcome {
    case nil: member.end(.timeout, "reading took longer than \(seconds) s")
    case .failed(let status, let reason): member.end(status, reason)
    case .read(let sink, let modified, let skipped):
      member.item.originModifiedAt = RFC3339.string(microseconds: modified)
      member.keep(sink, at: place)
      if skipped > 0 {
        member.item.status = .partial
        member.item.reason = "cut: \(skipped) bytes in the middle were left out"
        member.item.truncation = .init(mode: .headAndTail, droppedBytes: skipped)
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
  let path: FilePath
  let capBytes: Int
  let keepsTail: Bool

  enum Outcome: Sendable {
    case read(ItemSink, modified: Int64, skipped: Int)
    case failed(ItemStatus, String)
  }

  func run(into initial: ItemSink) -> Outcome {
    var sink = initial
    do {
      // A FIFO or device with a file's name must not block, nor be read.
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      var status = stat()
      guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno.ioError }
      // A link to /dev/null masks a unit or a link file: stored as the empty file that it acts as.
      let isMask = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
      guard status.st_mode & S_IFMT == S_IFREG || isMask else {
        return .failed(.unsupported, "not a regular file: \(path)")
      }
      let size = isMask ? 0 : Int(status.st_size)
      let skipped = try copy(descriptor, size: size, into: &sink)
      try sink.finish()
      let modified =
        Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
      return .read(sink, modified: modified, skipped: skipped)
    } catch let error as Errno {
      return .failed(ItemStatus(error), "\(path): \(error)")
    } catch {
      return .failed(.error, "\(path): \(error)")
    }
  }

  /// Copies the file, or its beginning and end; answers how many bytes in the middle were skipped.
  private func copy(
    _ descriptor: FileDescriptor, size: Int, into sink: inout ItemSink
  ) throws -> Int {
    // The kernel's own files have no size; they end where reading ends.
    guard size > 0 else {
      try copy(descriptor, count: capBytes + 1, into: &sink)
      return 0
    }
    let reserve = 256
    guard keepsTail, size > capBytes else {
      try copy(descriptor, count: size, into: &sink)
      return 0
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
    while left > 0, !sink.isFull {
      let chunk = try descriptor.readChunk(upTo: min(left, 128 << 10))
      if chunk.isEmpty { break }
      try sink.append(chunk[...])
      left -= chunk.count
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
