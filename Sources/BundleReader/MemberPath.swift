/// Normalises the untrusted path of an archive member.
enum MemberPath {
  /// The path without a leading `./` and trailing slash; `nil` for the root itself.
  ///
  /// - Throws: E304 for absolute paths and for paths with a `..` component, E305 for a path that is
  ///   too long.
  static func normalise(_ path: String, limits: ReadLimits) throws(BundleError) -> String? {
    guard path.utf8.count <= limits.pathBytes else {
      throw .exceeds("a path", "\(path.utf8.count) bytes, \(limits.pathBytes) are allowed")
    }
    guard path.utf8.first != UInt8(ascii: "/") else { throw .leavesTheArchive(Shown.text(path)) }
    var components: [Substring] = []
    for component in path.split(separator: "/", omittingEmptySubsequences: true) {
      if component == "." { continue }
      guard component != ".." else { throw .leavesTheArchive(Shown.text(path)) }
      components.append(component)
    }
    return components.isEmpty ? nil : components.joined(separator: "/")
  }

  /// The path without its first component, or `nil` if it has only one.
  static func droppingFirst(_ path: String) -> String? {
    guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    return String(path[path.index(after: slash)...])
  }
}
