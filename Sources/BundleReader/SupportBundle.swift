import BundleArchive
public import BundleModel
import FoundationEssentials
import SystemPackage

/// An opened and indexed bundle of any layout. Opening reads all member names and the manifest; the
/// bytes are streamed afterwards by ``forEachMember(_:)``. Nothing is unpacked to disk.
public struct SupportBundle: Sendable {
  /// The layout that was recognised.
  public let kind: BundleKind
  /// The shown name of the input.
  public let name: String
  /// What the collector says about the bundle; `nil` when the run was interrupted, and for every
  /// layout but our own.
  public let manifest: Manifest?
  /// The files of the bundle in the order of the archive. A file that holds several items stands
  /// there once for each.
  public let members: [BundleMember]
  /// What was odd about the input without making it unreadable.
  public let notes: [String]
  /// What gathered the input.
  public let tool: SourceTool
  /// Items that the input would hold if the node had them: known to be missing, not just unknown.
  public let missing: [ArtifactID]

  private let origin: BundleOrigin
  private let entries: [String: BundleEntry]
  private let listing: [UInt8]?
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
    let stream = try origin.deepStream(name: input.name, limits: limits)
    var index = Index(name: input.name, limits: limits, timesAreKept: origin.isArchive)
    var cut: BundleError?
    do {
      while let (path, size) = try stream.next() {
        try index.add(path: path, size: size, from: stream)
        for link in stream.takeLinks() { index.add(link: link.path, target: link.target) }
      }
    } catch {
      guard acceptsDamage, error.code == "E301" else { throw error }
      cut = error
    }
    for link in stream.takeLinks() { index.add(link: link.path, target: link.target) }
    return try SupportBundle(index, origin: origin, notes: stream.notes, cut: cut)
  }

  /// Opens several inputs. They are independent: what is wrong with one says nothing about the rest.
  public static func openAll(
    _ inputs: [BundleInput], limits: ReadLimits = ReadLimits(), acceptsDamage: Bool = false
  ) -> [Result<SupportBundle, BundleError>] {
    inputs.map { input in
      Result { () throws(BundleError) in
        try open(input, limits: limits, acceptsDamage: acceptsDamage)
      }
    }
  }

  private init(
    _ index: Index, origin: BundleOrigin, notes: WalkNotes, cut: BundleError?
  ) throws(BundleError) {
    let layout: RecognisedLayout
    if index.topFolder != nil {
      layout = try RecognisedLayout(native: index)
    } else if let match = index.probe.match() {
      layout = RecognisedLayout(index, match)
    } else if let cut {
      throw cut
    } else {
      throw .notABundle(
        index.name,
        why: index.files.isEmpty
          ? "it holds no files"
          : "it has no \(NativeLayout.mark), and its names are those of no collector or image")
    }
    kind = layout.kind
    name = index.name
    manifest = layout.manifest
    tool = layout.tool
    missing = layout.missing
    members = layout.members
    entries = layout.entries
    listing = layout.listing
    self.notes =
      (layout.kind == .rootFileSystem ? notes.texts : notes.lines) + layout.notes
      + (cut.map { [$0.what] } ?? [])
    self.origin = origin
    limits = index.limits
    isCut = cut != nil
  }

  /// Hands out every member that belongs to an item, in the order of the archive. A file that holds
  /// several items comes part by part; a compressed one comes decompressed.
  ///
  /// `body` gets the member and a function that returns the next bytes, `nil` at the end; what it
  /// doesn't read is skipped.
  public func forEachMember(
    _ body: (BundleMember, @escaping () throws(BundleError) -> ArraySlice<UInt8>?) throws -> Void
  ) throws {
    let stream = try origin.deepStream(name: name, limits: limits)
    var wanted = entries
    do {
      while let (path, _) = try stream.next() {
        guard let entry = wanted[path] else { continue }
        // Of several entries with one name the last one counts, as it does when they are unpacked.
        guard entry.earlier == 0 else {
          wanted[path]?.earlier -= 1
          continue
        }
        wanted[path] = nil
        try handOut(entry, stream, body)
      }
    } catch let error as BundleError {
      // The same place ended the index; what came before it has been handed out.
      guard isCut, error.code == "E301" else { throw error }
    }
    try handOutListing(body)
  }

  private func handOut(
    _ entry: BundleEntry, _ stream: any MemberStream,
    _ body: (BundleMember, @escaping () throws(BundleError) -> ArraySlice<UInt8>?) throws -> Void
  ) throws {
    var pull: BundleFiles.NextChunk = { () throws(BundleError) in try stream.nextChunk() }
    if GzipMember.isName(entry.member.path) {
      let member = GzipMember(name: entry.member.path, limits: limits, pull: pull)
      pull = { () throws(BundleError) in try member.nextChunk() }
    }
    guard let form = entry.parts else { return try body(entry.member, pull) }
    let parts = TextParts(form, limit: limits.parts, pull: pull)
    while let part = try parts.next() {
      var member = entry.member
      member.artifact = part.artifact
      member.firstLine = part.firstLine
      if let origin = part.origin { member.origin = origin }
      try body(member) { () throws(BundleError) in try parts.nextChunk() }
    }
  }

  private func handOutListing(
    _ body: (BundleMember, @escaping () throws(BundleError) -> ArraySlice<UInt8>?) throws -> Void
  ) throws {
    guard let listing, let member = members.last, member.path == FileListing.path else { return }
    var rest: ArraySlice<UInt8>? = listing[...]
    try body(member) { () throws(BundleError) in
      defer { rest = nil }
      return rest
    }
  }
}
