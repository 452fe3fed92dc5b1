import CArchive

/// Bytes that an archive is read from where they are in no file of their own, such as those of an
/// archive inside another one.
///
/// It is pulled only while its reader works, so that nothing is held but one chunk.
@safe public final class ArchiveSource {
  private let pull: () throws -> ArraySlice<UInt8>?
  private let buffer: UnsafeMutableRawBufferPointer
  private var rest: ArraySlice<UInt8> = []
  /// Why the bytes ended before their time; `nil` as long as they didn't.
  public private(set) var failure: (any Error)?
  /// Bytes that the reader has taken so far.
  public private(set) var bytes = 0

  /// Takes the function that returns the next bytes, `nil` at the end.
  public init(_ pull: @escaping () throws -> ArraySlice<UInt8>?) {
    self.pull = pull
    unsafe buffer = .allocate(byteCount: ArchiveReader.chunkBytes, alignment: 16)
  }

  deinit {
    unsafe buffer.deallocate()
  }

  /// Fills the buffer and points libarchive to it; 0 at the end, -1 after a failure.
  func fill(_ place: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    do {
      while rest.isEmpty {
        guard let more = try pull() else { return 0 }
        rest = more
      }
    } catch {
      failure = error
      return -1
    }
    let part = unsafe rest.prefix(buffer.count)
    unsafe buffer.copyBytes(from: part)
    rest = rest.dropFirst(part.count)
    unsafe place.pointee = UnsafeRawPointer(buffer.baseAddress)
    bytes += part.count
    return part.count
  }
}

/// Gives libarchive the next block.
func readBlock(
  _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?,
  _ place: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  guard let client = unsafe client, let place = unsafe place else { return -1 }
  return unsafe Unmanaged<ArchiveSource>.fromOpaque(client).takeUnretainedValue().fill(place)
}
