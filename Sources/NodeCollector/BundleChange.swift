import BundleModel
import BundleReader

/// What a rewrite changes of a bundle. The defaults change nothing.
protocol BundleChange {
  /// Where a file stands in the new archive; the path begins with the bundle's top folder, if it
  /// has one. `nil` leaves the file out.
  mutating func path(_ path: String) -> String?
  /// What the bytes of a file pass through; `nil` copies them.
  mutating func filter(for file: RewrittenFile) -> (any ByteFilter)?
  /// Takes a filter back whose file has passed.
  mutating func finished(_ filter: any ByteFilter)
  /// Changes what the manifest says about one item, after path, size and checksum are up to date.
  mutating func describe(_ item: inout ManifestItem)
  /// Changes what the manifest says about the bundle.
  mutating func describe(_ manifest: inout Manifest)
}

extension BundleChange {
  mutating func path(_ path: String) -> String? { path }
  mutating func filter(for file: RewrittenFile) -> (any ByteFilter)? { nil }
  mutating func finished(_ filter: any ByteFilter) {}
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
