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
  private var originSegments: [Segment]?
  /// Bytes offered so far.
  private(set) var offered = 0

  init(capBytes: Int, keeps: Artifact.Kept, memoryBytes: Int, folder: String) {
    self.capBytes = capBytes
    self.keeps = capBytes > Self.headBytes ? keeps : .head
    self.memoryBytes = memoryBytes
    self.folder = folder
  }

  /// Bytes that stay in a file of the node until the archive takes them: nothing is masked in them,
  /// and so nothing needs to be written first.
  init(origin: TemporaryFile, segments: [Segment]) {
    self.init(capBytes: .max, keeps: .head, memoryBytes: 0, folder: "")
    file = origin
    offered = segments.reduce(0) { $0 + $1.count }
    originSegments = segments
  }

  /// Whether the bytes are still in a file of the node, which may shrink before they are taken.
  var isInOrigin: Bool { originSegments != nil }

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
    if let originSegments { return originSegments }
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
  enum Segment: Sendable {
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

  /// Bytes at an offset, into a buffer that is large enough; how many there were.
  func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws -> Int {
    if let file { return try file.read(range, into: &buffer) }
    buffer.replaceSubrange(0..<range.count, with: memory[range])
    return range.count
  }

  /// Bytes at an offset.
  func read(_ range: Range<Int>) throws -> [UInt8] {
    guard let file else { return Array(memory[range]) }
    return try file.read(range)
  }
}

/// An open file that holds bytes of one item: one without a name that vanishes with its descriptor,
/// or the node's own.
final class TemporaryFile: Sendable {
  private let descriptor: FileDescriptor

  init(in folder: String) throws {
    let path = FilePath(folder).appending(".cnitriage-\(UUID().uuidString)")
    descriptor = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
      permissions: .ownerReadWrite)
    try FileManager.default.removeItem(atPath: path.string)
  }

  /// Takes over a file of the node that is open for reading.
  init(taking descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  deinit {
    // Nobody reads the file any more; closing can lose nothing that is still wanted.
    try? descriptor.close()
  }

  /// Sets space aside.
  func reserve(_ bytes: Int) -> Bool { descriptor.reserve(bytes) }

  /// Gives all space back.
  func empty() {
    // What can't be freed is freed with the descriptor, at the latest at the end of the process.
    try? descriptor.resize(to: 0)
  }

  func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws {
    try descriptor.store(bytes, at: offset)
  }

  func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws -> Int {
    try descriptor.fill(&buffer, upTo: range.count, at: range.lowerBound)
  }

  func read(_ range: Range<Int>) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: range.count)
    let count = try read(range, into: &buffer)
    return Array(buffer.prefix(count))
  }
}
