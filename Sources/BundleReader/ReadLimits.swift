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

  /// The limits of the program; tests pass smaller ones.
  public init(
    members: Int = 200_000, totalBytes: Int = 8 << 30, memberBytes: Int = 2 << 30,
    ratio: Int = 1000, ratioFloorBytes: Int = 64 << 20, pathBytes: Int = 4096,
    probedEntries: Int = 500, manifestBytes: Int = 64 << 20, depth: Int = 32
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
  }
}
