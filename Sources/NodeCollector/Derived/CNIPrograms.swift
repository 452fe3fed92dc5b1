import BundleArchive
import BundleModel
import Crypto
import SystemPackage

/// The plugins' programs with their hashes, which tell their version and whether they are whole.
struct CNIPrograms: Sendable {
  let host: Host

  private static let folder = "/opt/cni/bin"

  private struct Listing: Encodable {
    var files: [File]
  }

  private struct File: Encodable {
    var name: String
    var size: Int
    var mode: String
    var mtime: String
    var sha256: String?
  }

  func output() -> DerivedSource.Output {
    let listing = FileListing(host: host, limit: 200).files(matching: [Self.folder])
    if let avoided = listing.avoided.first, listing.files.isEmpty {
      return .none(.skipped, "\(avoided.path) lies on a network file system (\(avoided.type))")
    }
    guard !listing.files.isEmpty else {
      return listing.denied.isEmpty
        ? .none(.missing, "no program in \(Self.folder)")
        : .none(.denied, "permission denied: \(Self.folder)")
    }
    return .json(
      Listing(
        files: listing.files.map { file in
          File(
            name: String(file.path.dropFirst(Self.folder.utf8.count + 1)), size: file.status.size,
            mode: file.status.modeText,
            mtime: RFC3339.string(microseconds: file.status.modified),
            sha256: FileHash.sha256(of: file.place))
        }))
  }
}

/// Hashes of files.
enum FileHash {
  /// Programs of this size and more are not hashed: nobody's are so large.
  private static let limit = 512 << 20

  /// SHA-256 of a regular file in hexadecimal, or `nil` if it can't be read.
  static func sha256(of path: FilePath) -> String? {
    do {
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
      defer { try? descriptor.close() }
      let status = try FileStatus(of: descriptor)
      guard status.kind == .file, status.size < limit else { return nil }
      var hash = SHA256()
      while case let chunk = try descriptor.readChunk(upTo: 1 << 20), !chunk.isEmpty {
        hash.update(data: chunk)
      }
      return hash.finalize().hexadecimal
    } catch {
      // A program that can't be read has no hash; its mode, which is shown, tells why.
      return nil
    }
  }
}
