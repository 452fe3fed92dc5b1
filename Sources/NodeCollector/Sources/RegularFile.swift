import BundleArchive
import CLinux
import Glibc
import SystemPackage

/// A small regular file with its size and age, taken from one open file so that they belong together.
struct RegularFile: Sendable {
  /// The beginning of the file, up to the limit.
  let bytes: [UInt8]
  /// Size in bytes.
  let size: Int
  /// Modification time in microseconds since 1970.
  let modified: Int64

  /// Reads a file; `nil` if it isn't there, isn't regular or can't be read.
  init?(_ path: FilePath, limit: Int) {
    do {
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      var status = stat()
      guard unsafe fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else { return nil }
      size = Int(status.st_size)
      modified = Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
      var bytes: [UInt8] = []
      while bytes.count < limit {
        let chunk = try descriptor.readChunk(upTo: limit - bytes.count)
        if chunk.isEmpty { break }
        bytes += chunk
      }
      self.bytes = bytes
    } catch {
      // The caller says what it means that there is no such file.
      return nil
    }
  }
}
