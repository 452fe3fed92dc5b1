import BundleArchive

/// How a bundle is compressed.
public enum BundleFormat: String, Sendable, CaseIterable {
  /// gzip: opens everywhere.
  case gzip = "tar.gz"
  /// Zstandard: a sixth of gzip's processor time at the same size.
  case zstd = "tar.zst"

  /// The ending of file names.
  public var fileExtension: String { rawValue }

  var compression: ArchiveWriter.Compression { compression(isBusy: false) }

  /// On a busy node gzip is content with a larger archive.
  func compression(isBusy: Bool) -> ArchiveWriter.Compression {
    switch self {
    case .gzip: .gzip(level: isBusy ? 1 : 6)
    // Logs of ipamd get no smaller by level 3, which takes a third more of the processor.
    case .zstd: .zstd(level: 2)
    }
  }
}
