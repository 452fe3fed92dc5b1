import BundleArchive
import Crypto
import SystemPackage

/// Size and checksum of a file, as it is read back from disk.
struct FileDigest {
  let bytes: Int
  /// SHA-256 in hexadecimal.
  let sha256: String

  init(of path: FilePath) throws {
    let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    defer { try? descriptor.close() }
    var hash = SHA256()
    var count = 0
    while case let chunk = try descriptor.readChunk(upTo: 1 << 20), !chunk.isEmpty {
      hash.update(data: chunk)
      count += chunk.count
    }
    bytes = count
    sha256 = hash.finalize().hexadecimal
  }
}
