import BundleModel
import FoundationEssentials
import SystemPackage

/// What the resolver's configuration files are links to: a stub that loops, or the real servers.
struct ResolverLinks: Sendable {
  let host: Host
  private static let paths = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"]

  struct Link: Encodable {
    var path: String
    /// `nil` for a plain file.
    var target: String?
    var is_broken: Bool
  }

  func output() -> DerivedSource.Output {
    let manager = FileManager.default
    let links = Self.paths.compactMap { path -> Link? in
      let target = host.linkTarget(path)
      let exists = manager.fileExists(atPath: host.path(path).string)
      guard exists || target != nil else { return nil }
      return Link(path: path, target: target, is_broken: !exists)
    }
    return links.isEmpty
      ? .none(.missing, "no such file: \(Self.paths.joined(separator: ", "))") : .json(links)
  }
}
