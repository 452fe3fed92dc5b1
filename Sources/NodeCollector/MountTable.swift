import SystemPackage

/// The mounts of a process, as `mountinfo` lists them: later lines lie over earlier ones.
struct MountTable: Sendable {
  /// One mount.
  struct Mount: Sendable, Equatable {
    var id: Int
    var parent: Int
    /// Major and minor number, such as `259:1`.
    var device: String
    /// The folder of the file system that is mounted here.
    var root: String
    var point: String
    var options: String
    var type: String
    var source: String
    var superOptions: String
  }

  private(set) var mounts: [Mount] = []
  /// Mount points of network file systems; most nodes have none, and every file is asked about.
  private var networkPoints: [String] = []

  /// A table without mounts.
  init() {}

  /// Reads `mountinfo`; lines of another form are passed over.
  init(_ text: String) {
    mounts = text.split(separator: "\n").compactMap(Self.mount)
    networkPoints = mounts.filter { Self.isNetwork($0.type) }.map(\.point)
  }

  private static func mount(_ line: Substring) -> Mount? {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard let separator = fields.firstIndex(of: "-"), separator >= 6, fields.count > separator + 3,
      let id = Int(fields[0]), let parent = Int(fields[1])
    else { return nil }
    return Mount(
      id: id, parent: parent, device: String(fields[2]), root: decoded(fields[3]),
      point: decoded(fields[4]), options: String(fields[5]),
      type: String(fields[separator + 1]), source: decoded(fields[separator + 2]),
      superOptions: decoded(fields[separator + 3]))
  }

  /// The kernel writes blanks and backslashes as a backslash and three octal digits.
  private static func decoded(_ field: Substring) -> String {
    guard field.contains("\\") else { return String(field) }
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The mount that holds an absolute path.
  func holding(_ path: String) -> Mount? {
    var best: Mount?
    for mount in mounts where Self.contains(mount.point, path) {
      if mount.point.utf8.count >= best?.point.utf8.count ?? 0 { best = mount }
    }
    return best
  }

  /// The type of the network file system that holds a path, or `nil` for a local one.
  func networkType(at path: String) -> String? {
    guard networkPoints.contains(where: { Self.contains($0, path) }),
      let mount = holding(path), Self.isNetwork(mount.type)
    else { return nil }
    return mount.type
  }

  /// Whether a path is a folder or lies below it.
  static func contains(_ folder: String, _ path: String) -> Bool {
    folder == "/" || path == folder || path.hasPrefix(folder + "/")
  }

  /// Whether a file system has a server that may not answer. An automount counts, because looking
  /// at it mounts.
  static func isNetwork(_ type: String) -> Bool {
    networkTypes.contains(type) || (type.hasPrefix("fuse.") && type != "fuse.lxcfs")
  }

  private static let networkTypes: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "ceph", "lustre", "glusterfs", "afs", "9p",
    "beegfs", "gfs2", "ocfs2", "orangefs", "coda", "fuse", "autofs",
  ]
}
