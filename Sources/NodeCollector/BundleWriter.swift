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

  /// Starts a bundle whose members stand below a top folder; without a name there is none.
  init(
    _ descriptor: FileDescriptor, compression: ArchiveWriter.Compression, top: String,
    totalLimit: Int
  ) throws(ArchiveError) {
    archive = try ArchiveWriter(descriptor, compression: compression)
    self.top = top
    self.totalLimit = totalLimit
  }

  /// Writes a member and remembers how it went.
  mutating func add(_ member: CollectedMember) throws {
    var item = member.item
    if let spool = member.spool, let path = item.path {
      let segments = try spool.segments()
      let size = segments.reduce(0) { $0 + $1.count }
      if bytesStored + size > totalLimit {
        item.status = .skipped
        item.reason = "the bundle's size limit of \(totalLimit) bytes was reached"
        item.path = nil
      } else {
        item.sha256 = try write(spool, segments, size: size, path: path, member.modified)
        item.bytesStored = size
        bytesStored += size
      }
    }
    if let errors = member.standardError, let base = item.path ?? standardErrorBase(item) {
      let path = base + ".stderr"
      let segments = try errors.segments()
      let size = segments.reduce(0) { $0 + $1.count }
      _ = try write(errors, segments, size: size, path: path, member.modified)
      item.standardError = path
    }
    items.append(item)
  }

  /// What became of a file.
  struct Written {
    let sha256: String
    let bytes: Int
  }

  /// Writes a file that belongs to no new item.
  mutating func add(_ spool: Spool, at path: String, modified: Int64) throws -> Written {
    let segments = try spool.segments()
    let size = segments.reduce(0) { $0 + $1.count }
    let sha256 = try write(spool, segments, size: size, path: path, modified)
    bytesStored += size
    return Written(sha256: sha256, bytes: size)
  }

  private func place(_ path: String) -> String { top.isEmpty ? path : "\(top)/\(path)" }

  private func standardErrorBase(_ item: ManifestItem) -> String? {
    Catalog.artifact(item.id)?.path
  }

  private mutating func write(
    _ spool: Spool, _ segments: [Spool.Segment], size: Int, path: String, _ modified: Int64
  ) throws -> String {
    try archive.beginFile(path: place(path), size: size, modified: modified)
    var hash = SHA256()
    for segment in segments {
      switch segment {
      case .marker(let bytes):
        hash.update(data: bytes)
        try archive.write(bytes[...])
      case .stored(let range):
        var offset = range.lowerBound
        while offset < range.upperBound {
          let end = min(range.upperBound, offset + (128 << 10))
          let bytes = try spool.read(offset..<end)
          hash.update(data: bytes)
          try archive.write(bytes[...])
          offset = end
        }
      }
    }
    return hash.finalize().hexadecimal
  }

  /// Writes a small member of the collector's own.
  mutating func add(_ bytes: [UInt8], at path: String, modified: Int64) throws {
    try archive.beginFile(path: place(path), size: bytes.count, modified: modified)
    try archive.write(bytes[...])
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
