import BundleArchive
import FoundationEssentials
import SystemPackage

/// An open file that is closed when nothing uses it any more.
final class OpenFile: Sendable {
  let descriptor: FileDescriptor

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  deinit {
    // Read-only descriptors lose nothing when closing fails.
    try? descriptor.close()
  }

  /// Opens a file for reading; links below the last component are followed, as a user expects of
  /// a path that the user typed.
  static func open(_ path: String, name: String) throws(BundleError) -> OpenFile {
    do {
      return OpenFile(try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec))
    } catch {
      throw .notReadable(name, "\(error)")
    }
  }

  /// Copies standard input to a file without a name, because a bundle is read twice.
  static func spoolingStandardInput(limits: ReadLimits) throws(BundleError) -> OpenFile {
    let name = "standard input"
    do {
      let folder = FilePath(FileManager.default.temporaryDirectory.path)
      let path = folder.appending("cnitriage-\(UUID().uuidString)")
      let file = OpenFile(
        try FileDescriptor.open(
          path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
          permissions: .ownerReadWrite))
      try FileManager.default.removeItem(atPath: path.string)
      var total = 0
      while case let chunk = try FileDescriptor.standardInput.readChunk(upTo: 1 << 20),
        !chunk.isEmpty
      {
        total += chunk.count
        guard total <= limits.totalBytes else {
          throw BundleError.exceeds(name, "\(limits.totalBytes) bytes")
        }
        try file.descriptor.writeAll(chunk)
      }
      return file
    } catch let error as BundleError {
      throw error
    } catch {
      throw .notReadable(name, "\(error)")
    }
  }
}
