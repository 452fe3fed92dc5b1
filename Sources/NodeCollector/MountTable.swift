/// The node's mounts, as far as they decide what may be touched. The table is read from the process
/// table alone: asking a file system whose server is gone would hang.
struct MountTable: Sendable {
  private var network: [(point: String, kind: String)] = []

  /// Reads the node's table; without one nothing is known to be far away.
  init(host: Host) {
    self.init(SmallFile(host: host).text("/proc/self/mountinfo", limit: 4 << 20) ?? "")
  }

  /// Reads the text of a `mountinfo` file; later lines lie on top of earlier ones.
  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      let (point, kind) = (Self.unescaped(fields[4]), String(fields[dash + 1]))
      network.removeAll { $0.point == point }
      // A node that runs from the network as a whole can't be spared its root.
      if point != "/", Self.isNetwork(kind) { network.append((point, kind)) }
    }
  }

  /// Why a path must not be touched, or `nil`.
  func refusal(of path: String) -> String? {
    let mount = network.first { path == $0.point || path.hasPrefix($0.point + "/") }
    return mount.map { "\($0.point) is a network file system (\($0.kind)), whose server may be gone" }
  }

  /// File systems whose answers come from elsewhere: another machine, or a program.
  private static func isNetwork(_ kind: String) -> Bool {
    let kinds: Set = [
      "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "lustre", "afs", "gfs2", "fuse", "autofs",
    ]
    return kinds.contains(kind) || kind.hasPrefix("fuse.")
  }

  /// Blanks and backslashes stand as octal numbers in the table.
  private static func unescaped(_ field: Substring) -> String {
    guard field.contains("\\") else { return String(field) }
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3).map { $0 &- 0x30 }
      guard byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ $0 < 8 }),
        digits[0] < 4
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(digits[0] << 6 | digits[1] << 3 | digits[2])
      rest = rest.dropFirst(3)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
