import BundleModel
import FoundationEssentials
import SystemPackage

/// Who listens on the ports that CNI, kubelet and kube-proxy need: a port may be taken by another
/// program, or by nobody.
struct Listeners: Sendable {
  let host: Host
  let ports: [Int]

  /// ipamd's metrics, introspection and gRPC; the policy agent's metrics and probes; kubelet and
  /// kube-proxy.
  static let allPorts = [61678, 61679, 50051, 8162, 8163, 10248, 10249, 10250, 10255, 10256]

  private struct Listing: Encodable {
    var listeners: [Listener]
    /// Ports that nobody listens on.
    var free_ports: [Int]
  }

  /// A listening socket.
  struct Listener: Sendable, Equatable, Encodable {
    var port: Int
    var address: String
    var inode: UInt64
    var pid: Int?
    var process: String?
  }

  func output() -> DerivedSource.Output {
    guard let found = listeners() else { return .none(.missing, "/proc/net/tcp cannot be read") }
    let taken = Set(found.map(\.port))
    return .json(
      Listing(listeners: found, free_ports: ports.filter { !taken.contains($0) }))
  }

  /// The listeners by port; `nil` when the kernel shows no sockets.
  func listeners() -> [Listener]? {
    let files = SmallFile(host: host)
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { files.text($0, limit: 16 << 20) }
    guard !tables.isEmpty else { return nil }
    var found = tables.flatMap(Self.listening).filter { ports.contains($0.port) }
    let owners = owners(of: Set(found.map(\.inode)))
    for index in found.indices {
      guard let pid = owners[found[index].inode] else { continue }
      found[index].pid = pid
      found[index].process = files.line("/proc/\(pid)/comm")
    }
    return found.sorted { ($0.port, $0.address) < ($1.port, $1.address) }
  }

  /// The sockets in state 0A, which is LISTEN. Addresses and ports are hexadecimal, addresses in
  /// words of the machine's byte order.
  static func listening(_ text: String) -> [Listener] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == "0A", let inode = UInt64(fields[9]) else { return nil }
      let place = fields[1].split(separator: ":")
      guard place.count == 2, let port = Int(place[1], radix: 16) else { return nil }
      return Listener(port: port, address: address(place[0]), inode: inode)
    }
  }

  private static func address(_ text: Substring) -> String {
    let digits = Array(text)
    let bytes = stride(from: 0, to: digits.count - digits.count % 8, by: 8).flatMap { word in
      stride(from: 6, through: 0, by: -2).compactMap {
        UInt8(String(digits[(word + $0)...(word + $0 + 1)]), radix: 16)
      }
    }
    guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
    let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
    if isMapped { return "::ffff:" + bytes.suffix(4).map(String.init).joined(separator: ".") }
    if bytes.allSatisfy({ $0 == 0 }) { return "::" }
    if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes[15] == 1 { return "::1" }
    return stride(from: 0, to: 16, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }.joined(separator: ":")
  }

  /// The processes that hold sockets, by the links of their descriptors.
  private func owners(of inodes: Set<UInt64>) -> [UInt64: Int] {
    var owners: [UInt64: Int] = [:]
    for pid in ProcessTable(host: host).pids().sorted() where owners.count < inodes.count {
      let folder = host.path("/proc/\(pid)/fd")
      // Other users' descriptors are visible to root only, and processes may end meanwhile.
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
      for name in names {
        guard let target = FileStatus.target(of: folder.appending(name)),
          target.hasPrefix("socket:["), let inode = UInt64(target.dropFirst(8).dropLast()),
          inodes.contains(inode)
        else { continue }
        owners[inode] = owners[inode] ?? pid
      }
    }
    return owners
  }
}
