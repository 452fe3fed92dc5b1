import BundleArchive
import Crypto
import Synchronization
import SystemPackage

/// Size and checksum of a file.
struct FileDigest: Equatable, Sendable {
  let bytes: Int
  /// SHA-256 in hexadecimal.
  let sha256: String

  /// Of what a file holds; `nil` once the time for it is over.
  init?(of path: FilePath, until limit: PackingLimit? = nil) throws {
    let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    defer { try? descriptor.close() }
    var hash = SHA256()
    var total = 0
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while case let count = try descriptor.readChunk(into: &buffer, upTo: buffer.count), count > 0 {
      if limit?.isReached == true { return nil }
      hash.update(data: buffer[..<count])
      total += count
    }
    self.init(bytes: total, hash)
  }

  fileprivate init(bytes: Int, _ hash: SHA256) {
    self.bytes = bytes
    sha256 = hash.finalize().hexadecimal
  }
}

/// Size and checksum of a file while it is being written.
final class RunningDigest: Sendable {
  private let state = Mutex((hash: SHA256(), bytes: 0))

  func add(_ bytes: [UInt8]) {
    state.withLock { state in
      state.hash.update(data: bytes)
      state.bytes += bytes.count
    }
  }

  /// Of all bytes so far.
  var value: FileDigest { state.withLock { FileDigest(bytes: $0.bytes, $0.hash) } }
}
