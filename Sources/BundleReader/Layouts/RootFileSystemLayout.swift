import BundleModel

/// The file system of a node or image: a folder, or a tar archive of it such as `docker export`
/// writes. The catalogue says which of its files belong to which item.
enum RootFileSystemLayout: LayoutAdapter {
  static let kind = BundleKind.rootFileSystem

  static let marks: [String: Int] = [
    "etc/os-release": 2, "usr/lib/os-release": 2, "etc/passwd": 1, "etc/group": 1,
    "etc/nsswitch.conf": 1, "etc/fstab": 1, "etc/ld.so.conf": 1, "usr/bin/env": 1, "bin/sh": 1,
    "usr/lib/systemd/systemd": 1,
  ]

  static func placement(of path: String) -> Placement? {
    let components = path.split(separator: "/")
    for names in [components[...]] + otherNames(of: components) {
      if let placement = PathPatterns.placement(of: names) {
        var placement = placement
        placement.origin = "/" + path
        return placement
      }
    }
    switch path {
    case "var/lib/dpkg/status":
      return Placement(.foreignPackageStatus, origin: "/" + path)
    case "etc/fstab": return Placement(.foreignFstab, origin: "/" + path)
    default: return nil
    }
  }

  /// The same path where a distribution has links for folders, or folders for links.
  private static func otherNames(of components: [Substring]) -> [ArraySlice<Substring>] {
    guard let first = components.first else { return [] }
    switch first {
    case "lib", "sbin", "bin": return [(["usr"] + components)[...]]
    case "run": return [(["var"] + components)[...]]
    case "var" where components.dropFirst().first == "run": return [components.dropFirst()]
    default: return []
    }
  }

  /// Whether a folder may hold files that are wanted: a walk over a whole machine stays out of the
  /// others, and never enters what the kernel makes up.
  static func mayHold(_ folder: String) -> Bool {
    let components = folder.split(separator: "/")
    guard let first = components.first else { return true }
    if components.count == 1 { return topFolders.contains(first) }
    if (FileListing.folders + packageFolders).contains(where: {
      $0.hasPrefix(folder + "/") || folder.hasPrefix($0)
    }) {
      return true
    }
    if FileListing.programFolders.contains(where: { $0 == folder || $0.hasPrefix(folder + "/") }) {
      return true
    }
    return ([components[...]] + otherNames(of: components)).contains { PathPatterns.mayHold($0) }
  }

  private static let topFolders: Set<Substring> = [
    "etc", "usr", "var", "opt", "lib", "run", "sbin", "bin",
  ]
  private static let packageFolders = ["var/lib/dpkg/"]

  /// Whether a walk over a machine hands a file out.
  static func wants(_ path: String) -> Bool {
    marks[path] != nil || FileListing.holds(path) || placement(of: path) != nil
  }

  /// Items of the catalogue that are copies of files: where an image has no such file, the node
  /// that starts from it has none either.
  static let items: [ArtifactID] = PathPatterns.items
}

/// The catalogue's paths and patterns of files on a node.
private enum PathPatterns {
  struct Pattern {
    let artifact: ArtifactID
    let components: [String]
    /// Whether everything below a match belongs to it as well.
    let isTree: Bool
    /// Place in a list of which the first one that exists counts.
    let rank: Int?
    /// How much of it is literal: the most exact pattern wins.
    let literal: Int
  }

  /// Folders whose files say something about an image; what a running system keeps elsewhere is
  /// evidence of that system.
  private static let unstored: Set<String> = ["proc", "sys", "dev"]

  static let all: [Pattern] = Catalog.all.flatMap { artifact -> [Pattern] in
    switch artifact.source {
    case .file(let paths):
      paths.enumerated().compactMap { pattern(artifact.id, $1, isTree: false, rank: $0) }
    case .files(let paths): paths.compactMap { pattern(artifact.id, $0, isTree: true, rank: nil) }
    default: []
    }
  }

  static let items: [ArtifactID] = {
    var seen: Set<ArtifactID> = []
    return all.map(\.artifact).filter { seen.insert($0).inserted }
  }()

  private static let byStart: [String: [Pattern]] = Dictionary(grouping: all) {
    $0.components.prefix(2).joined(separator: "/")
  }

  private static func pattern(
    _ artifact: ArtifactID, _ path: String, isTree: Bool, rank: Int?
  ) -> Pattern? {
    guard path.hasPrefix("/") else { return nil }
    let components = path.split(separator: "/").map(String.init)
    guard components.count > 1, !unstored.contains(components[0]) else { return nil }
    return Pattern(
      artifact: artifact, components: components, isTree: isTree, rank: rank,
      literal: path.utf8.count { $0 != UInt8(ascii: "*") })
  }

  static func placement(of path: ArraySlice<Substring>) -> Placement? {
    let start = path.prefix(2).joined(separator: "/")
    let fits = (byStart[start] ?? []).filter { pattern in
      let isLong = pattern.isTree && path.count > pattern.components.count
      return (isLong || path.count == pattern.components.count)
        && zip(pattern.components, path).allSatisfy(matches)
    }
    guard let best = fits.max(by: { $0.literal < $1.literal }) else { return nil }
    var placement = Placement(best.artifact)
    placement.rank = best.rank
    return placement
  }

  static func mayHold(_ folder: ArraySlice<Substring>) -> Bool {
    (byStart[folder.prefix(2).joined(separator: "/")] ?? []).contains { pattern in
      (pattern.isTree || pattern.components.count > folder.count)
        && zip(pattern.components, folder).allSatisfy(matches)
    }
  }

  /// Whether one component fits a pattern in which `*` stands for any run of characters.
  private static func matches(_ pattern: String, _ name: Substring) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return pattern == name }
    guard name.hasPrefix(parts[0]) else { return false }
    var rest = name.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
