import BundleArchive
import BundleModel
import SystemPackage

/// Copies one regular file into a sink; runs on a thread of its own.
struct FileCopy {
  let path: FilePath
  let capBytes: Int
  let keepsTail: Bool
  /// From this size on, bytes that pass unchanged stay where they are until the archive takes them.
  let staysBytes: Int
  let stop: StopFlag

  /// Large enough that system calls cost nothing beside the work, small enough for the cache.
  private static let chunkBytes = 256 << 10

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
      var stays = false
      defer { if !stays { try? descriptor.close() } }
      let status = try FileStatus(of: descriptor)
      // A link to /dev/null masks a unit or a link file: stored as the empty file that it acts as.
      guard status.kind == .file || status.kind == .null else {
        return .failed(.unsupported, "not a regular file: \(path)")
      }
      let size = status.kind == .null ? 0 : status.size
      if sink.passesUnchanged, size > staysBytes {
        let (origin, left) = try inPlace(descriptor, size: size)
        stays = true
        sink.take(origin)
        return .read(sink, status, skipped: left, lost: 0)
      }
      let (skipped, lost) = try copy(descriptor, size: size, into: &sink)
      try sink.finish()
      if stop.isSet { return .failed(.aborted, "the run was stopped") }
      return .read(sink, status, skipped: skipped, lost: lost)
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
    let head =
      last.lastIndex(of: newline).map { Spool.headBytes - edge + $0 + 1 }
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
    guard keepsTail, size > capBytes else {
      return (0, try copy(descriptor, count: size, into: &sink))
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
    var buffer = [UInt8](repeating: 0, count: min(count, Self.chunkBytes))
    while left > 0, !sink.isFull, !stop.isSet {
      let read = try descriptor.readChunk(into: &buffer, upTo: left)
      if read == 0 { return left }
      try sink.append(buffer[..<read])
      left -= read
    }
    return 0
  }
}
