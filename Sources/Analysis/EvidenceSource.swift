public import BundleModel
public import BundleReader

/// What the analysis asks of an input: a bundle, or in tests a few texts in memory.
public protocol EvidenceSource {
  /// The layout: `native`, `elc`, `nma` or `rootfs`.
  var layout: String { get }
  /// The shown name of the input.
  var name: String { get }
  /// What the collector says about it.
  var manifest: Manifest? { get }
  /// The files of the input.
  var members: [BundleMember] { get }
  /// What was odd about the input.
  var notes: [String] { get }
  /// Hands out every member that belongs to an item; can be called more than once.
  func forEachMember(
    _ body: (BundleMember, @escaping () throws(BundleError) -> ArraySlice<UInt8>?) throws -> Void
  ) throws
}

extension SupportBundle: EvidenceSource {
  /// The layout's name.
  public var layout: String { kind.rawValue }
}
