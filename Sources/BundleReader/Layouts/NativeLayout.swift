import BundleModel

/// The layout that `cnitriage collect` writes: `bundle.json` at the top, or below one top folder.
enum NativeLayout {
  static let mark = "bundle.json"

  /// The folder below which the members of such a bundle stand, if a path is its mark: the mark's
  /// own folder, or the one above it where members follow the names of eks-log-collector.sh.
  static func topFolder(ofMark path: String) -> String? {
    for mark in [EKSLogCollector.ownFolder + mark, mark] where path.hasSuffix(mark) {
      let top = path.dropLast(mark.utf8.count)
      if isTop(top) { return String(top) }
    }
    return nil
  }

  /// Whether a folder may hold a bundle: at most one below the root of its archive.
  private static func isTop(_ folder: Substring) -> Bool {
    guard folder.isEmpty || folder.hasSuffix("/") else { return false }
    let names = folder.split(separator: "/")
    let ownNames = names.drop { $0 != names.last { NestedStream.isArchive($0) } }
    return (ownNames.isEmpty ? names.count : ownNames.count - 1) <= 1
  }

  /// Whether a member is the manifest of such a bundle.
  static func isManifest(_ path: String) -> Bool {
    let name = "manifest.json"
    for mark in [EKSLogCollector.ownFolder + name, name] where path.hasSuffix(mark) {
      if isTop(path.dropLast(mark.utf8.count)) { return true }
    }
    return false
  }

  /// The item that a path belongs to by the catalogue, for bundles whose manifest is lost.
  static func artifact(at path: String) -> ArtifactID? {
    let exact = (Catalog.all + Catalog.cluster).first { $0.path == path }
    if let exact { return exact.id }
    let groups = Catalog.all.filter { artifact in
      guard case .files(let patterns) = artifact.source else { return false }
      return path.hasPrefix(artifact.path + "/")
        && patterns.contains { matches($0, path, of: artifact) }
    }
    return groups.max { $0.path.utf8.count < $1.path.utf8.count }?.id
  }

  /// Whether a member's name could come from a pattern, such as `ipamd*.log`. What only the node
  /// could tell, nobody can tell without the manifest.
  private static func matches(_ pattern: String, _ path: String, of artifact: Artifact) -> Bool {
    guard !pattern.hasPrefix("{") else { return false }
    if case .below(let folder) = artifact.naming, pattern.hasPrefix(folder + "/") {
      let start = pattern.dropFirst(folder.utf8.count + 1).prefix { $0 != "*" }
      return path.dropFirst(artifact.path.utf8.count + 1).hasPrefix(start)
    }
    guard let last = pattern.split(separator: "/").last, last.contains("*") else { return true }
    let name = path.split(separator: "/").last ?? ""
    let end = last.drop { $0 != "*" }.dropFirst()
    return name.hasPrefix(last.prefix { $0 != "*" }) && name.hasSuffix(end)
  }
}
