import FoundationEssentials
import SystemPackage

/// Finds the files behind folders and patterns. Network file systems are never entered, because
/// their server may be gone.
struct FileListing {
  let host: Host
  let limit: Int
  private let mounts: MountTable

  init(host: Host, limit: Int) {
    self.host = host
    self.limit = limit
    mounts = MountTable(host: host)
  }

  /// Paths on the node in a fixed order, and what could not be listed.
  struct Result: Sendable {
    var paths: [String] = []
    var denied: [String] = []
    /// Why folders were not entered.
    var refused: [String] = []
  }

  /// The regular files that the patterns stand for. A pattern is a file or a folder (all below it);
  /// each component of its path may hold one `*`.
  func files(matching patterns: [String]) -> Result {
    var result = Result()
    for pattern in patterns {
      for path in expanded(pattern, &result) { add(path, depth: 0, &result) }
    }
    var seen: Set<String> = []
    result.paths = result.paths.filter { seen.insert($0).inserted }
    return result
  }

  /// The paths behind a pattern, whether they exist or not where no `*` is involved.
  private func expanded(_ pattern: String, _ result: inout Result) -> [String] {
    var paths = [""]
    for component in pattern.split(separator: "/").map(String.init) {
      guard component.contains("*") else {
        paths = paths.map { "\($0)/\(component)" }
        continue
      }
      var next: [String] = []
      for folder in paths where next.count < limit {
        for name in names(in: folder, &result) where Self.matches(name, component) {
          next.append("\(folder)/\(name)")
        }
      }
      paths = next
    }
    return paths
  }

  private func add(_ path: String, depth: Int, _ result: inout Result) {
    guard result.paths.count < limit, depth < 8, isNear(path, &result) else { return }
    var isFolder = false
    guard
      FileManager.default.fileExists(atPath: host.path(path).string, isDirectory: &isFolder)
    else { return }
    guard isFolder else { return result.paths.append(path) }
    for name in names(in: path, &result).sorted() {
      add("\(path)/\(name)", depth: depth + 1, &result)
    }
  }

  private func isNear(_ path: String, _ result: inout Result) -> Bool {
    guard let reason = mounts.refusal(of: path) else { return true }
    if !result.refused.contains(reason) { result.refused.append(reason) }
    return false
  }

  private func names(in folder: String, _ result: inout Result) -> [String] {
    guard isNear(folder, &result) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: host.path(folder).string).sorted()
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      result.denied.append(folder)
      return []
    } catch {
      // A folder that doesn't exist holds no files, which the caller reports as `missing`.
      return []
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
