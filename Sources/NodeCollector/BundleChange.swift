import BundleModel
import BundleReader

/// What a rewrite changes of a bundle. The defaults change nothing.
protocol BundleChange {
  /// Where a file stands in the new archive, and the name of the top folder of a native bundle.
  /// `nil` leaves a file out.
  mutating func path(_ path: String) -> String?
  /// Whether a file may pass, after a look at its first bytes.
  mutating func keeps(_ file: RewrittenFile) -> Bool
  /// What the bytes of a file pass through; `nil` copies them.
  mutating func filter(for file: RewrittenFile) -> (any ByteFilter)?
  /// Changes what the manifest says about one item, after path, size and checksum are up to date.
  mutating func describe(_ item: inout ManifestItem)
  /// Changes what the manifest says about the bundle.
  mutating func describe(_ manifest: inout Manifest)
}

extension BundleChange {
  mutating func path(_ path: String) -> String? { path }
  mutating func keeps(_ file: RewrittenFile) -> Bool { true }
  mutating func filter(for file: RewrittenFile) -> (any ByteFilter)? { nil }
  mutating func describe(_ item: inout ManifestItem) {}
  mutating func describe(_ manifest: inout Manifest) {}
}

/// A file that is about to pass.
struct RewrittenFile {
  /// Its path in the old archive, without the top folder of a native bundle.
  let path: String
  /// What the manifest says about it.
  let item: ManifestItem?
  /// The first bytes of the file.
  let start: ArraySlice<UInt8>
}

/// Changes nothing: for additions only.
struct NoChange: BundleChange {}
