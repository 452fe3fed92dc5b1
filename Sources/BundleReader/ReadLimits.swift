/// How much of an untrusted archive is read before it is refused.
public struct ReadLimits: Sendable, Equatable {
  /// Members in one archive.
  public var members: Int
  /// Unpacked bytes in one archive.
  public var totalBytes: Int
  /// Unpacked bytes of one member.
  public var memberBytes: Int
  /// Unpacked bytes for each compressed one, once ``ratioFloorBytes`` are passed.
  public var ratio: Int
  /// Unpacked bytes below which the ratio doesn't matter.
  public var ratioFloorBytes: Int
  /// Bytes of a member's path.
  public var pathBytes: Int
  /// Entries among which a bundle's marks must appear.
  public var probedEntries: Int
  /// Bytes of `bundle.json` and of the manifest.
  public var manifestBytes: Int
  /// Folders inside folders of an unpacked bundle.
  public var depth: Int
  /// Archives inside archives; what lies deeper is a file like any other.
  public var nesting: Int
  /// Folders of one input that may turn out to be a layout's top folder.
  public var candidates: Int
  /// Parts of one file that holds what several commands printed.
  public var parts: Int
  /// Notes about what was odd.
  public var notes: Int
  /// Lines of an image's listing, and symbolic links of a folder that are looked at.
  public var listing: Int

  /// The limits of the program; tests pass smaller ones.
  public init(
    members: Int = 200_000, totalBytes: Int = 8 << 30, memberBytes: Int = 2 << 30,
    ratio: Int = 1000, ratioFloorBytes: Int = 64 << 20, pathBytes: Int = 4096,
    probedEntries: Int = 500, manifestBytes: Int = 64 << 20, depth: Int = 32,
    nesting: Int = 2, candidates: Int = 64, parts: Int = 64, notes: Int = 100,
    listing: Int = 20_000
  ) {
    self.members = members
    self.totalBytes = totalBytes
    self.memberBytes = memberBytes
    self.ratio = ratio
    self.ratioFloorBytes = ratioFloorBytes
    self.pathBytes = pathBytes
    self.probedEntries = probedEntries
    self.manifestBytes = manifestBytes
    self.depth = depth
    self.nesting = nesting
    self.candidates = candidates
    self.parts = parts
    self.notes = notes
    self.listing = listing
  }
}
