import BundleModel

/// The programs, units and links of an image, listed: which of them exist says what a node will run,
/// though their contents are not read.
struct FileListing {
  /// Where the listing stands among the members.
  static let path = "file-listing.txt"

  /// Folders of which every file and link is listed.
  static let folders = [
    "opt/cni/bin/", "etc/alternatives/", "etc/systemd/system/", "usr/lib/systemd/system/",
    "lib/systemd/system/", "etc/systemd/network/", "usr/lib/systemd/network/", "etc/sysctl.d/",
    "usr/lib/sysctl.d/", "etc/cni/net.d/",
  ]
  /// Folders of which only programs are listed that decide what a node runs.
  static let programFolders: Set<Substring> = [
    "usr/sbin", "sbin", "usr/bin", "bin", "usr/local/bin", "usr/local/sbin",
  ]
  private static let programs = [
    "iptables", "ip6tables", "xtables-", "nft", "ipset", "ipvsadm", "conntrack", "containerd",
    "kubelet", "dockerd", "crio", "nodeadm", "firewalld", "ufw", "netfilter-persistent", "ip",
    "ethtool", "tc", "runc", "NetworkManager",
  ]

  private let limit: Int
  private var lines: [String] = []
  private var left = 0

  /// - Parameter limit: how many lines are kept.
  init(limit: Int) {
    self.limit = limit
  }

  /// Whether a path belongs into the listing.
  static func holds(_ path: String) -> Bool {
    if folders.contains(where: { path.hasPrefix($0) }) { return true }
    guard let slash = path.lastIndex(of: "/"), programFolders.contains(path[..<slash]) else {
      return false
    }
    let name = path[path.index(after: slash)...]
    return programs.contains { name == $0 || (name.hasPrefix($0) && $0.count > 3) }
  }

  /// Whether a path belongs into it for some folder above it being the image's root.
  static func mayHold(_ path: String) -> Bool {
    if folders.contains(where: { path.hasPrefix($0) || path.contains("/" + $0) }) { return true }
    return programFolders.contains { path.contains($0 + "/") }
  }

  /// Takes a regular file in.
  mutating func add(_ path: String, size: Int, mode: Int) {
    add("file \(size) \(String(mode & 0o7777, radix: 8)) /\(path)", path)
  }

  /// Takes a symbolic link in.
  mutating func add(_ path: String, target: String) {
    add("link /\(path) -> \(target)", path)
  }

  private mutating func add(_ line: String, _ path: String) {
    guard Self.holds(path) else { return }
    // A line end in a name would make two lines of one.
    guard lines.count < limit, !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      return left += 1
    }
    lines.append(line)
  }

  /// The listing as a text, sorted.
  var bytes: [UInt8] {
    var text = lines.sorted().joined(separator: "\n")
    if !lines.isEmpty { text += "\n" }
    if left > 0 { text += "# \(left) further entries\n" }
    return Array(text.utf8)
  }
}
