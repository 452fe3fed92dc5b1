import BundleArchive

/// Decompresses a member while it is read, within the bounds that hold for members themselves.
final class GzipMember {
  private enum State {
    case unknown
    case plain
    case compressed
    case ended
  }

  private let name: String
  private let limits: ReadLimits
  private let source: ArchiveSource
  private let pull: BundleFiles.NextChunk
  private let start: Start
  private var reader: ReaderBox?
  private var state = State.unknown
  private var bytes = 0

  /// The first chunk, once it was looked at.
  private final class Start {
    var chunk: ArraySlice<UInt8>?
  }

  private final class ReaderBox {
    var reader: ArchiveReader

    init(_ source: ArchiveSource) throws(ArchiveError) {
      reader = try ArchiveReader(source, form: .gzip)
      _ = try reader.next()
    }
  }

  init(name: String, limits: ReadLimits, pull: @escaping BundleFiles.NextChunk) {
    self.name = name
    self.limits = limits
    self.pull = pull
    let start = Start()
    self.start = start
    source = ArchiveSource {
      if let chunk = start.chunk {
        start.chunk = nil
        return chunk
      }
      return try pull()
    }
  }

  /// Whether a member's name says that it is compressed.
  static func isName(_ path: String) -> Bool { path.hasSuffix(".gz") }

  /// The next bytes of the text, `nil` at its end.
  func nextChunk() throws(BundleError) -> ArraySlice<UInt8>? {
    switch state {
    case .ended: return nil
    case .plain: return try pull()
    case .compressed: return try decompressed()
    case .unknown:
      guard let chunk = try pull() else {
        state = .ended
        return nil
      }
      // What only has the name is handed out as it is.
      guard chunk.starts(with: [0x1F, 0x8B]) else {
        state = .plain
        return chunk
      }
      start.chunk = chunk
      state = .compressed
      return try decompressed()
    }
  }

  private func decompressed() throws(BundleError) -> ArraySlice<UInt8>? {
    do {
      if reader == nil { reader = try ReaderBox(source) }
      guard let chunk = try reader?.reader.nextChunk() else {
        state = .ended
        return nil
      }
      try count(chunk.count)
      return chunk[...]
    } catch let error as BundleError {
      state = .ended
      throw error
    } catch {
      state = .ended
      throw source.failure as? BundleError
        ?? .damagedMember(name, after: bytes)
    }
  }

  private func count(_ size: Int) throws(BundleError) {
    bytes += size
    guard bytes <= limits.memberBytes else {
      throw .exceeds(name, "it unpacks to more than \(limits.memberBytes) bytes")
    }
    if bytes > limits.ratioFloorBytes, bytes / limits.ratio > source.bytes {
      throw .exceeds(name, "it unpacks to more than \(limits.ratio) times its size")
    }
  }
}
