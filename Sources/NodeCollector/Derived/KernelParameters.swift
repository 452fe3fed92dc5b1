import BundleModel
import FoundationEssentials
import SystemPackage

/// Kernel parameters as `sysctl -a` would print them: dots for slashes, and slashes for the dots of
/// an interface's name. Reading neither blocks nor loads a module; what only takes values is left.
struct KernelParameters: Sendable {
  let host: Host
  /// Folders below `/proc/sys`.
  let folders: [String]

  private static let root = "/proc/sys"
  private static let limit = 20_000
  /// Secrets and random numbers; an automount; and files whose reading makes the kernel work.
  private static let left: Set<String> = [
    "/proc/sys/kernel/random", "/proc/sys/kernel/keys", "/proc/sys/fs/binfmt_misc",
    "/proc/sys/vm/stat_refresh",
  ]
  private static let secretNames: Set<String> = ["tcp_fastopen_key", "stable_secret"]

  func output() -> DerivedSource.Output {
    var lines: [String] = []
    for folder in folders { walk("\(Self.root)/\(folder)", depth: 0, into: &lines) }
    guard !lines.isEmpty else {
      return .none(.missing, "\(Self.root)/\(folders.joined(separator: ", ")) cannot be listed")
    }
    return .bytes(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  private func walk(_ folder: String, depth: Int, into lines: inout [String]) {
    guard depth < 8, lines.count < Self.limit else { return }
    // Folders come and go with interfaces; one that is gone has no values.
    let names =
      (try? FileManager.default.contentsOfDirectory(
        atPath: host.path(folder).string)) ?? []
    for name in names.sorted() {
      let path = "\(folder)/\(name)"
      guard !Self.left.contains(path), !Self.secretNames.contains(name),
        let status = try? FileStatus(of: host.path(path), followingLinks: false)
      else { continue }
      if status.kind == .folder {
        walk(path, depth: depth + 1, into: &lines)
      } else if status.kind == .file, status.mode & 0o444 != 0,
        let value = SmallFile(host: host).text(path, limit: 4096)
      {
        append(path, value, to: &lines)
      }
    }
  }

  private func append(_ path: String, _ value: String, to lines: inout [String]) {
    let key = path.dropFirst("/proc/sys/".utf8.count).split(separator: "/")
      .map { component in String(component.map { $0 == "." ? "/" : $0 }) }
      .joined(separator: ".")
    for line in value.split(separator: "\n") { lines.append("\(key) = \(line)") }
    if value.isEmpty { lines.append("\(key) = ") }
  }
}
