import FoundationEssentials
import SystemPackage

/// Finds the files behind folders and patterns. Network file systems are never entered, because
/// their server may be gone; links to folders are not followed below a pattern, because they may
/// lead anywhere, and in circles.
struct FileListing {
  let host: Host
  let limit: Int

  /// What the patterns stand for, and what could not be looked at.
  struct Result: Sendable {
    var files: [File] = []
    var denied: [String] = []
    /// Paths on file systems that must not be touched, each with the type.
    var avoided: [(path: String, type: String)] = []

    /// Paths on the node in a fixed order.
    var paths: [String] { files.map(\.path) }
  }

  /// A file that was found.
  struct File: Sendable {
    /// Its path on the node.
    let path: String
    /// Where this process finds it.
    let place: FilePath
    let status: FileStatus
  }

  /// The regular files that the patterns stand for. A pattern is a file or a folder (all below it);
  /// each component of its path may hold one `*`. No file is listed twice, whatever its names.
  func files(matching patterns: [String]) -> Result {
    var walk = Walk(rooted: host.rooted(avoidingNetwork: true), limit: limit)
    for pattern in patterns {
      for path in walk.expanded(pattern) { walk.add(path, depth: 0) }
    }
    return walk.result
  }

  private struct Walk {
    let rooted: RootedPath
    let limit: Int
    var result = Result()
    private var seen: Set<String> = []

    init(rooted: RootedPath, limit: Int) {
      self.rooted = rooted
      self.limit = limit
    }

    /// The paths behind a pattern, whether they exist or not where no `*` is involved.
    mutating func expanded(_ pattern: String) -> [String] {
      var paths = [""]
      for component in pattern.split(separator: "/").map(String.init) {
        guard component.contains("*") else {
          paths = paths.map { "\($0)/\(component)" }
          continue
        }
        var next: [String] = []
        for folder in paths where next.count < limit {
          for name in names(in: folder) where FileListing.matches(name, component) {
            next.append("\(folder)/\(name)")
          }
        }
        paths = next
      }
      return paths
    }

    mutating func add(_ path: String, depth: Int) {
      guard result.files.count < limit, depth < 8, let place = place(of: path) else { return }
      let status: FileStatus
      do throws(Errno) {
        if depth > 0, try FileStatus(of: raw(path), followingLinks: false).kind == .link,
          try FileStatus(of: place).kind == .folder
        {
          return
        }
        status = try FileStatus(of: place)
      } catch {
        if error == .permissionDenied { result.denied.append(path) }
        return
      }
      switch status.kind {
      case .folder:
        for name in names(in: path) { add("\(path)/\(name)", depth: depth + 1) }
      case .socket, .pipe, .device, .link:
        // Named outright they are reported as what they are; inside a folder they are no files.
        if depth == 0 { append(path, place, status) }
      case .file, .null: append(path, place, status)
      }
    }

    private mutating func append(_ path: String, _ place: FilePath, _ status: FileStatus) {
      // A mask is a file of its own, though all masks are one device.
      let name = status.kind == .null ? path : "\(status.device):\(status.inode)"
      guard seen.insert(name).inserted else { return }
      result.files.append(File(path: path, place: place, status: status))
    }

    private mutating func place(of path: String) -> FilePath? {
      switch rooted.resolve(path) {
      case .found(let place): return place
      case .avoided(let type):
        result.avoided.append((path, type))
        return nil
      }
    }

    /// The path with its last component unresolved.
    private func raw(_ path: String) -> FilePath {
      guard case .found(let place) = rooted.unfollowed(path) else { return FilePath(path) }
      return place
    }

    private mutating func names(in folder: String) -> [String] {
      guard let place = place(of: folder.isEmpty ? "/" : folder) else { return [] }
      do {
        return try FileManager.default.contentsOfDirectory(atPath: place.string).sorted()
      } catch let error as CocoaError where error.code == .fileReadNoPermission {
        result.denied.append(folder)
        return []
      } catch {
        // A folder that doesn't exist holds no files, which the caller reports as `missing`.
        return []
      }
    }
  }

  /// Whether a name fits a pattern with at most one `*`.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    guard let star = pattern.firstIndex(of: "*") else { return name == pattern }
    let prefix = pattern[..<star]
    let suffix = pattern[pattern.index(after: star)...]
    return name.utf8.count >= prefix.utf8.count + suffix.utf8.count && name.hasPrefix(prefix)
      && name.hasSuffix(suffix)
  }
}
