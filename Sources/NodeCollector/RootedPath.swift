import SystemPackage

/// Finds a path of the node where its file system is mounted. Links are followed one by one, so
/// that an absolute one stays inside the node instead of leading into the collector's container,
/// and so that no step enters a file system that must not be touched.
struct RootedPath {
  let root: FilePath
  /// File systems whose server may be gone; nothing of them is looked at.
  var avoiding = MountTable()

  /// Where a path of the node stands.
  enum Place: Sendable, Equatable {
    case found(FilePath)
    /// It lies on a file system of this type, which must not be touched.
    case avoided(String)
  }

  private static let maximalLinks = 40

  /// The place of an absolute path; it need not exist.
  func resolve(_ path: String) -> Place {
    var pending = Array(components(path).reversed())
    var done: [String] = []
    var links = 0
    while let component = pending.popLast() {
      if component == "." { continue }
      if component == ".." {
        _ = done.popLast()
        continue
      }
      done.append(component)
      let place = joined(done)
      if let type = avoiding.networkType(at: place.string) { return .avoided(type) }
      // The links of /proc are relative, or lead into a process's own view of the files, which only
      // the kernel can follow.
      if done[0] == "proc" { continue }
      guard links < Self.maximalLinks, let target = FileStatus.target(of: place) else { continue }
      links += 1
      // Masks are links to the null device, which a mounted root need not hold.
      if target == "/dev/null" { return .found("/dev/null") }
      if target.hasPrefix("/") { done = [] } else { done.removeLast() }
      pending += components(target).reversed()
    }
    return .found(joined(done))
  }

  /// The place of a path whose last component is not followed if it is a link.
  func unfollowed(_ path: String) -> Place {
    var parts = components(path)
    guard let name = parts.popLast() else { return .found(joined([])) }
    guard case .found(let folder) = resolve("/" + parts.joined(separator: "/")) else {
      return resolve(path)
    }
    return .found(folder.appending(name))
  }

  private func components(_ path: String) -> [String] {
    path.split(separator: "/").map(String.init)
  }

  private func joined(_ components: [String]) -> FilePath {
    let base = root.string == "/" ? "" : root.string
    return FilePath(base + "/" + components.joined(separator: "/"))
  }
}
