import SystemPackage

/// Space that is set aside on the output's file system, so that a bundle can be ended when the disk
/// fills up in the middle: freed, it holds the manifest.
final class DiskReserve: Sendable {
  private let file: TemporaryFile
  private let folder: String
  private let minimumFree: Int

  /// Enough for the manifest and the rest of a compressed member.
  private static let bytes = 4 << 20

  /// Sets the space aside; `nil` for standard output. A disk without that much space is an error.
  init?(for output: OpenOutput, minimumFree: Int?) throws {
    guard let path = output.final else { return nil }
    let parent = path.removingLastComponent().string
    folder = parent.isEmpty ? "." : parent
    self.minimumFree =
      minimumFree ?? (try? FileSystemSpace(of: FilePath(folder)))?.standardReserve ?? 0
    file = try TemporaryFile(in: folder)
    guard file.reserve(Self.bytes) else { throw Errno.noSpace }
  }

  /// Whether the file system may take more.
  var hasRoom: Bool {
    // Without an answer writing goes on until it fails.
    (try? FileSystemSpace(of: FilePath(folder))).map { $0.free >= minimumFree } ?? true
  }

  /// Gives the space back.
  func release() {
    file.empty()
  }
}
