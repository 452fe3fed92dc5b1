import BundleArchive
import BundleModel
import FoundationEssentials
import SystemPackage

/// Where the bytes of one item wait until the archive takes them, because tar wants sizes first.
///
/// Small items stay in memory; larger ones go to a temporary file without a name, which the system
/// frees even when the collector dies. A cap is kept either by dropping the end, or by keeping the
/// first ``headBytes`` and the newest rest.
struct Spool: Sendable {
  /// Bytes at the beginning that are kept of an item which exceeds its cap.
  static let headBytes = 1 << 20

  private let capBytes: Int
  private let keeps: Artifact.Kept
  private let memoryBytes: Int
  private let folder: String
  private var memory: [UInt8] = []
  private var file: TemporaryFile?
  /// Bytes offered so far.
  private(set) var offered = 0

  init(capBytes: Int, keeps: Artifact.Kept, memoryBytes: Int, folder: String) {
    self.capBytes = capBytes
    self.keeps = capBytes > Self.headBytes ? keeps : .head
    self.memoryBytes = memoryBytes
    self.folder = folder
  }

  /// Whether more bytes would only be dropped.
  var isFull: Bool { keeps == .head && offered >= capBytes }

  /// Bytes that were offered and are not kept.
  var droppedBytes: Int { max(0, offered - capBytes) }

  /// Takes bytes in.
  mutating func append(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let (offset, room) = place(rest.count)
      guard room > 0 else {
        offered += rest.count
        return
      }
      try store(rest.prefix(room), at: offset)
      offered += room
      rest = rest.dropFirst(room)
    }
  }

  /// Where the next bytes belong and how many fit there.
  private func place(_ count: Int) -> (offset: Int, room: Int) {
    if offered < capBytes { return (offered, min(count, capBytes - offered)) }
    guard keeps == .headAndTail else { return (0, 0) }
    let ring = capBytes - Self.headBytes
    let inside = (offered - Self.headBytes) % ring
    return (Self.headBytes + inside, min(count, ring - inside))
  }

  private mutating func store(_ bytes: ArraySlice<UInt8>, at offset: Int) throws {
    if file == nil, offset + bytes.count > memoryBytes || offset < memory.count {
      let created = try TemporaryFile(in: folder)
      try created.write(memory[...], at: 0)
      memory = []
      file = created
    }
    guard let file else {
      memory += bytes
      return
    }
    try file.write(bytes, at: offset)
  }

  /// The bytes to store in order, with a marked cut where some were dropped in the middle.
  func segments() throws -> [Segment] {
    guard droppedBytes > 0, keeps == .headAndTail else {
      return [.stored(0..<min(offered, capBytes))]
    }
    let ring = capBytes - Self.headBytes
    let seam = Self.headBytes + (offered - Self.headBytes) % ring
    let head = 0..<(try endOfLastLine(before: Self.headBytes))
    let tailStart = try startOfNextLine(after: seam, before: capBytes)
    let kept = head.count + (capBytes - tailStart) + (seam - Self.headBytes)
    let marker = "### cnitriage: \(offered - kept) bytes omitted ###\n"
    return [
      .stored(head), .marker(Array(marker.utf8)), .stored(tailStart..<capBytes),
      .stored(Self.headBytes..<seam),
    ]
  }

  /// A run of bytes of the finished item.
  enum Segment {
    /// Bytes at an offset of the spool.
    case stored(Range<Int>)
    /// Bytes of the collector's own.
    case marker([UInt8])

    var count: Int {
      switch self {
      case .stored(let range): range.count
      case .marker(let bytes): bytes.count
      }
    }
  }

  private func endOfLastLine(before end: Int) throws -> Int {
    let start = max(0, end - (64 << 10))
    let bytes = try read(start..<end)
    return bytes.lastIndex(of: UInt8(ascii: "\n")).map { start + $0 + 1 } ?? end
  }

  private func startOfNextLine(after start: Int, before end: Int) throws -> Int {
    let bytes = try read(start..<min(end, start + (64 << 10)))
    return bytes.firstIndex(of: UInt8(ascii: "\n")).map { start + $0 + 1 } ?? start
  }

  /// Bytes at an offset.
  func read(_ range: Range<Int>) throws -> [UInt8] {
    guard let file else { return Array(memory[range]) }
    return try file.read(range)
  }
}

/// A file that has no name any more and vanishes with its descriptor.
final class TemporaryFile: Sendable {
  private let descriptor: FileDescriptor

  init(in folder: String) throws {
    let path = FilePath(folder).appending(".cnitriage-\(UUID().uuidString)")
    descriptor = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
      permissions: .ownerReadWrite)
    try FileManager.default.removeItem(atPath: path.string)
  }

  deinit {
    // The file has no name; closing can lose nothing that is still wanted.
    try? descriptor.close()
  }

  func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws {
    try descriptor.seek(offset: Int64(offset), from: .start)
    try descriptor.writeAll(bytes)
  }

  func read(_ range: Range<Int>) throws -> [UInt8] {
    try descriptor.seek(offset: Int64(range.lowerBound), from: .start)
    var bytes: [UInt8] = []
    while bytes.count < range.count {
      let chunk = try descriptor.readChunk(upTo: range.count - bytes.count)
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return bytes
  }
}
