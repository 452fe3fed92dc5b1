import BundleArchive
public import BundleModel
import FoundationEssentials
import SystemPackage

/// An opened and indexed bundle. Opening reads all member names and the manifest; the bytes are
/// streamed afterwards by ``forEachMember(_:)``. Nothing is unpacked to disk.
public struct SupportBundle: Sendable {
  /// The layout that was recognised.
  public let kind: BundleKind
  /// The shown name of the input.
  public let name: String
  /// What the collector says about the bundle; `nil` when the run was interrupted.
  public let manifest: Manifest?
  /// The files of the bundle in the order of the archive.
  public let members: [BundleMember]
  /// What was odd about the input without making it unreadable.
  public let notes: [String]

  private let origin: BundleOrigin
  private let topFolder: String
  private let limits: ReadLimits
  private let isCut: Bool

  /// Opens and indexes an input.
  ///
  /// - Parameters:
  ///   - input: what to open.
  ///   - limits: when to refuse.
  ///   - acceptsDamage: whether a truncated archive is read as far as it goes.
  public static func open(
    _ input: BundleInput, limits: ReadLimits = ReadLimits(), acceptsDamage: Bool = false
  ) throws(BundleError) -> SupportBundle {
    let origin = try BundleOrigin(input, limits: limits)
    let stream = try origin.stream(name: input.name, limits: limits)
    var index = Index(name: input.name, limits: limits)
    var cut: BundleError?
    do {
      while let (path, size) = try stream.next() {
        try index.add(path: path, size: size, from: stream)
      }
    } catch {
      guard acceptsDamage, error.code == "E301", index.topFolder != nil else { throw error }
      cut = error
    }
    guard let topFolder = index.topFolder else {
      throw .notABundle(
        input.name,
        why: index.files.isEmpty
          ? "it holds no files"
          : "no \(NativeLayout.mark) in the first \(limits.probedEntries) entries")
    }
    return try SupportBundle(
      index, topFolder: topFolder, origin: origin, notes: stream.notes, cut: cut, limits: limits)
  }

  private init(
    _ index: Index, topFolder: String, origin: BundleOrigin, notes: [String], cut: BundleError?,
    limits: ReadLimits
  ) throws(BundleError) {
    kind = NativeLayout.kind
    name = index.name
    self.origin = origin
    self.topFolder = topFolder
    self.limits = limits
    isCut = cut != nil
    let manifest = try index.manifest()
    var claims: [String: ManifestItem] = [:]
    for item in manifest?.items ?? [] {
      if let path = item.path { claims[path] = item }
    }
    members = index.files.compactMap { path, size in
      guard path.hasPrefix(topFolder) else { return nil }
      let path = String(path.dropFirst(topFolder.count))
      let claim = claims[path]
      return BundleMember(
        path: path,
        artifact: claim?.id ?? (manifest == nil ? NativeLayout.artifact(at: path) : nil),
        origin: claim?.source.origin, size: size)
    }
    self.manifest = manifest
    self.notes =
      notes + (manifest == nil ? ["no manifest: the collector was interrupted"] : [])
      + (cut.map { [$0.what] } ?? [])
  }

  /// Hands out every member that belongs to an item, in the order of the archive.
  ///
  /// `body` gets the member and a function that returns the next bytes, `nil` at the end; what it
  /// doesn't read is skipped.
  public func forEachMember(
    _ body: (BundleMember, @escaping () throws(BundleError) -> ArraySlice<UInt8>?) throws -> Void
  ) throws {
    let stream = try origin.stream(name: name, limits: limits)
    var wanted: [String: BundleMember] = [:]
    for member in members where member.artifact != nil { wanted[member.path] = member }
    do {
      while let (path, _) = try stream.next() {
        guard path.hasPrefix(topFolder),
          let member = wanted.removeValue(forKey: String(path.dropFirst(topFolder.count)))
        else { continue }
        try body(member) { () throws(BundleError) in try stream.nextChunk() }
      }
    } catch let error as BundleError {
      // The same place ended the index; what came before it has been handed out.
      guard isCut, error.code == "E301" else { throw error }
    }
  }
}
