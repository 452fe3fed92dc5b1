import BundleArchive
public import BundleModel
import Crypto
public import SystemPackage

/// How a finished run went.
public struct CollectSummary: Sendable {
  /// What was gathered.
  public let manifest: Manifest
  /// The bundle; `nil` when it was streamed.
  public let path: FilePath?
  /// Size of the archive in bytes; `nil` when it was streamed.
  public let archiveBytes: Int?
  /// SHA-256 of the archive as it was read back from disk, in hexadecimal.
  public let sha256: String?

  init(manifest: Manifest, path: FilePath?) throws {
    self.manifest = manifest
    self.path = path
    guard let path else {
      archiveBytes = nil
      sha256 = nil
      return
    }
    let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    defer { try? descriptor.close() }
    var hash = SHA256()
    var bytes = 0
    while case let chunk = try descriptor.readChunk(upTo: 1 << 20), !chunk.isEmpty {
      hash.update(data: chunk)
      bytes += chunk.count
    }
    archiveBytes = bytes
    sha256 = hash.finalize().hexadecimal
  }

  /// Items that the smallest profile promises and that are lost or cut for a reason of this run,
  /// not because the node lacks them.
  public var lostMinimumItems: [ManifestItem] {
    manifest.items.filter { item in
      guard Catalog.artifact(item.id)?.tier == .minimum else { return false }
      switch item.status {
      case .timeout, .failed, .error, .denied, .aborted, .diskFull: return true
      case .ok, .empty, .partial, .missing, .unsupported, .skipped: return false
      }
    }
  }
}
