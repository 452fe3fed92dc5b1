public import BundleModel
public import SystemPackage

/// How a finished run went.
public struct CollectSummary: Sendable {
  /// What was gathered.
  public let manifest: Manifest
  /// The bundle; `nil` when it was streamed.
  public let path: FilePath?
  /// Size of the archive in bytes; `nil` when it was streamed.
  public let archiveBytes: Int?
  /// SHA-256 of the archive in hexadecimal.
  public let sha256: String?
  /// Whether the archive was read back from disk and is what was written; `false` when it was
  /// streamed, or no time was left.
  public let isVerified: Bool

  /// A bundle that was read back as a whole only.
  init(manifest: Manifest, path: FilePath?) throws {
    self.init(
      manifest: manifest, path: path, digest: try path.flatMap { try FileDigest(of: $0) },
      isVerified: false)
  }

  init(manifest: Manifest, path: FilePath?, digest: FileDigest?, isVerified: Bool) {
    self.manifest = manifest
    self.path = path
    archiveBytes = digest?.bytes
    sha256 = digest?.sha256
    self.isVerified = isVerified
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
