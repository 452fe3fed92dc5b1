public import BundleModel
public import SystemPackage

/// How a finished rewrite went.
public struct RewriteSummary: Sendable {
  /// The new manifest; `nil` for bundles that have none.
  public let manifest: Manifest?
  /// The new archive; `nil` when it was streamed.
  public let path: FilePath?
  /// Size of the archive in bytes; `nil` when it was streamed.
  public let archiveBytes: Int?
  /// SHA-256 of the archive as it was read back from disk, in hexadecimal.
  public let sha256: String?
  /// What was odd about the input, such as ignored links.
  public var notes: [String]

  init(manifest: Manifest?, path: FilePath?, notes: [String]) throws {
    self.manifest = manifest
    self.path = path
    self.notes = notes
    let digest = try path.flatMap { try FileDigest(of: $0) }
    archiveBytes = digest?.bytes
    sha256 = digest?.sha256
  }
}
