import BundleModel

/// Knows one way in which bundles are laid out: which member belongs to which item.
protocol LayoutAdapter: Sendable {
  /// The kind of bundle that it reads.
  static var kind: BundleKind { get }
  /// Whether a listing of member paths looks like this layout; answers the prefix to strip.
  static func topFolder(among paths: some Sequence<String>) -> String?
}

/// The layout that `cnitriage collect` writes: `bundle.json` at the top, or below one top folder.
enum NativeLayout: LayoutAdapter {
  static let kind = BundleKind.native
  static let mark = "bundle.json"

  static func topFolder(among paths: some Sequence<String>) -> String? {
    for path in paths {
      if path == mark { return "" }
      if MemberPath.droppingFirst(path) == mark {
        return String(path.dropLast(mark.utf8.count))
      }
    }
    return nil
  }

  /// The folder below which the members of such a bundle stand that follow the names of
  /// eks-log-collector.sh: `bundle.json` is in a folder of its own there, the members are not.
  static func topFolder(ofMark path: String) -> String? {
    if path.hasSuffix(EKSLogCollector.ownFolder + mark) {
      let top = path.dropLast(EKSLogCollector.ownFolder.utf8.count + mark.utf8.count)
      if top.isEmpty || top.hasSuffix("/"), top.split(separator: "/").count <= 1 {
        return String(top)
      }
    }
    return topFolder(among: CollectionOfOne(path))
  }

  /// Whether a member is the manifest of such a bundle.
  static func isManifest(_ path: String) -> Bool {
    let name = "manifest.json"
    let own = EKSLogCollector.ownFolder + name
    return [name, own].contains(path)
      || MemberPath.droppingFirst(path).map { [name, own].contains($0) } ?? false
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
