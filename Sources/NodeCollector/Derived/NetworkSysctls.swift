import BundleModel
import FoundationEssentials
import SystemPackage

/// Every value below `/proc/sys/net`, as `sysctl -a` would print it: dots for slashes, and slashes
/// for the dots of an interface's name.
struct NetworkSysctls: Sendable {
  let host: Host

  private static let root = "/proc/sys/net"
  private static let limit = 20_000

  func output() -> DerivedSource.Output {
    var lines: [String] = []
    walk(Self.root, depth: 0, into: &lines)
    guard !lines.isEmpty else { return .none(.missing, "\(Self.root) cannot be listed") }
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
      var isFolder = false
      guard FileManager.default.fileExists(atPath: host.path(path).string, isDirectory: &isFolder)
      else { continue }
      if isFolder {
        walk(path, depth: depth + 1, into: &lines)
      } else if let value = SmallFile(host: host).text(path, limit: 4096) {
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
