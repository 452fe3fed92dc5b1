import BundleArchive
import BundleModel
import Crypto
import FoundationEssentials
import SystemPackage

/// Writes the members of a bundle in order; the one owner of the archive.
struct BundleWriter: ~Copyable {
  private var archive: ArchiveWriter
  private let top: String
  private(set) var items: [ManifestItem] = []
  private(set) var bytesStored = 0
  private let totalLimit: Int
  private let output: ArchiveOutput
  private let limit: PackingLimit?
  private let settings: CollectSettings
  private var paths: Set<String> = []
  private var buffer = [UInt8](repeating: 0, count: 256 << 10)

  /// Starts a bundle whose members stand below a top folder.
  init(
    _ output: ArchiveOutput, compression: ArchiveWriter.Compression, top: String,
    totalLimit: Int, limit: PackingLimit? = nil, settings: CollectSettings = CollectSettings()
  ) throws(ArchiveError) {
    archive = try ArchiveWriter(output, compression: compression)
    self.output = output
    self.top = top
    self.totalLimit = totalLimit
    self.limit = limit
    self.settings = settings
  }

  /// Starts a bundle on a descriptor that is open for writing.
  init(
    _ descriptor: FileDescriptor, compression: ArchiveWriter.Compression, top: String,
    totalLimit: Int
  ) throws(ArchiveError) {
    try self.init(
      ArchiveOutput(descriptor), compression: compression, top: top, totalLimit: totalLimit)
  }

  /// Writes a member and remembers how it went.
  mutating func add(_ member: CollectedMember) throws {
    var item = member.item
    if settings.isReproducible { item.durationMilliseconds = 0 }
    item.path = item.path.map { free(settings.layout.memberPath($0)) }
    if let spool = member.spool, let path = item.path {
      let segments = try spool.segments()
      let size = segments.reduce(0) { $0 + $1.count }
      if let (status, reason) = refusal(size) {
        item.status = status
        item.reason = reason
        item.path = nil
      } else {
        let written = try write(spool, segments, size: size, path: path, member.modified)
        item.sha256 = written.sha256
        item.bytesStored = size
        bytesStored += size
        Self.note(written, in: &item)
      }
    }
    if let errors = member.standardError, let base = item.path ?? standardErrorBase(item),
      refusal(0) == nil
    {
      let path = base + ".stderr"
      let segments = try errors.segments()
      let size = segments.reduce(0) { $0 + $1.count }
      _ = try write(errors, segments, size: size, path: path, member.modified)
      item.standardError = path
    }
    items.append(item)
  }

  /// A path that no member has yet. A log that is rotated between two looks may come twice under one
  /// name, and a second file of that name would replace the first one where the bundle is unpacked.
  private mutating func free(_ path: String) -> String {
    var place = path
    var count = 1
    while !paths.insert(place).inserted {
      count += 1
      place = "\(path).\(count)"
    }
    return place
  }

  /// Why a member can't be taken any more.
  private func refusal(_ size: Int) -> (ItemStatus, String)? {
    if output.isFull { return (.diskFull, "the output's file system is full") }
    if limit?.isReached == true { return (.aborted, "no time was left to pack it") }
    guard bytesStored + size > totalLimit else { return nil }
    return (.skipped, "the bundle's size limit of \(totalLimit) bytes was reached")
  }

  /// Says what is missing of a member that could not be written whole.
  private static func note(_ written: Written, in item: inout ManifestItem) {
    guard let cut = written.cut else { return }
    let missing = written.bytes - cut.kept
    item.truncation = .init(mode: .head, droppedBytes: missing)
    switch cut.cause {
    case .disk:
      item.status = .diskFull
      item.reason = "the disk is full: the last \(missing) bytes are zeros"
    case .time:
      item.status = .aborted
      item.reason = "no time was left to pack it: the last \(missing) bytes are zeros"
    case .origin:
      item.status = .partial
      item.reason = "the file shrank while it was read: the last \(missing) bytes are zeros"
    }
  }

  /// What became of a file.
  struct Written {
    let sha256: String
    let bytes: Int
    /// `nil` when all bytes are there.
    var cut: Cut?
  }

  /// The point from which on a file consists of zeros, because its size stood before it already.
  struct Cut {
    let kept: Int
    let cause: Cause

    enum Cause { case disk, time, origin }
  }

  /// Writes a file that belongs to no new item.
  mutating func add(_ spool: Spool, at path: String, modified: Int64) throws -> Written {
    let segments = try spool.segments()
    let size = segments.reduce(0) { $0 + $1.count }
    let written = try write(spool, segments, size: size, path: path, modified)
    bytesStored += size
    return written
  }

  private func place(_ path: String) -> String {
    top.isEmpty ? path : "\(top)/\(path)"
  }

  private func standardErrorBase(_ item: ManifestItem) -> String? {
    (Catalog.artifact(item.id)?.path ?? CustomItems.path(of: item.id))
      .map(settings.layout.memberPath)
  }

  private mutating func write(
    _ spool: Spool, _ segments: [Spool.Segment], size: Int, path: String, _ modified: Int64
  ) throws -> Written {
    try archive.beginFile(path: place(path), size: size, modified: time(modified))
    var hash = SHA256()
    var cut: Cut?
    var done = 0
    for segment in segments where cut == nil {
      switch segment {
      case .marker(let bytes):
        hash.update(data: bytes)
        try archive.write(bytes[...])
        done += bytes.count
      case .stored(let range):
        var offset = range.lowerBound
        while offset < range.upperBound, cut == nil {
          let end = min(range.upperBound, offset + buffer.count)
          let count = try spool.read(offset..<end, into: &buffer)
          hash.update(data: buffer[..<count])
          try archive.write(buffer[..<count])
          done += count
          offset += count
          if offset < end { cut = Cut(kept: done, cause: .origin) }
          if done < size, let cause = interruption { cut = Cut(kept: done, cause: cause) }
        }
      }
    }
    try pad(size - done, &hash)
    return Written(sha256: hash.finalize().hexadecimal, bytes: size, cut: cut)
  }

  /// Why a file that was begun must be ended now.
  private var interruption: Cut.Cause? {
    if output.isFull { return .disk }
    return limit?.isReached == true ? .time : nil
  }

  /// A file must have the size that stands before it; zeros take next to no room.
  private mutating func pad(_ count: Int, _ hash: inout SHA256) throws {
    guard count > 0 else { return }
    let zeros = [UInt8](repeating: 0, count: min(count, 256 << 10))
    var left = count
    while left > 0 {
      let part = zeros[..<min(left, zeros.count)]
      hash.update(data: part)
      try archive.write(part)
      left -= part.count
    }
  }

  /// The time that a member carries.
  private func time(_ modified: Int64) -> Int64 {
    settings.isReproducible ? settings.fixedTime ?? 0 : modified
  }

  /// Writes a small member of the collector's own.
  mutating func add(_ bytes: [UInt8], at path: String, modified: Int64) throws {
    try write(bytes, at: settings.layout.memberPath(path), modified: modified)
  }

  /// Writes the small files that only the layout asks for.
  mutating func addFiles(ofLayout identity: BundleIdentity, modified: Int64) throws {
    for file in settings.layout.ownFiles(identity) {
      try write(Array(file.text.utf8), at: file.path, modified: modified)
    }
  }

  private mutating func write(_ bytes: [UInt8], at path: String, modified: Int64) throws {
    try archive.beginFile(path: place(path), size: bytes.count, modified: time(modified))
    try archive.write(bytes[...])
  }

  /// Ends the archive for an owner that goes on living; nothing may be written afterwards.
  mutating func end() throws(ArchiveError) {
    try archive.end()
  }

  /// Ends the archive.
  consuming func finish() throws(ArchiveError) {
    try archive.finish()
  }
}

extension Sequence where Element == UInt8 {
  /// Two lower-case digits for each byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
