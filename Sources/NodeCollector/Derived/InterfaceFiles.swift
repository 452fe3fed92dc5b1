import BundleModel
import FoundationEssentials
import SystemPackage

/// What the device tree says about each interface: which hardware and which driver stand behind it.
struct InterfaceFiles: Sendable {
  let host: Host
  private static let folder = "/sys/class/net"
  private static let limit = 4000

  struct Interface: Sendable, Encodable {
    var ifname: String
    var mtu: String?
    var operstate: String?
    var carrier: String?
    var address: String?
    var ifindex: String?
    var iflink: String?
    var driver: String?
    var device: String?
    var numa_node: String?
  }

  /// Names of the interfaces in a fixed order.
  func names() -> [String] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: host.path(Self.folder).string))
    return (names ?? []).sorted()
  }

  /// Whether hardware stands behind an interface.
  func hasDevice(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: host.path("\(Self.folder)/\(name)/device").string)
  }

  /// The hardware address of an interface.
  func address(_ name: String) -> String? {
    SmallFile(host: host).line("\(Self.folder)/\(name)/address")
  }

  func output() -> DerivedSource.Output {
    let names = names()
    guard !names.isEmpty else { return .none(.missing, "\(Self.folder) holds no interface") }
    // A file among the folders, such as that of bonding, is no interface.
    let interfaces = names.prefix(Self.limit).map(interface).filter { $0.ifindex != nil }
    let isCut = names.count > Self.limit
    return .json(interfaces).doubted(isCut ? "cut at \(Self.limit) interfaces" : nil)
  }

  private func interface(_ name: String) -> Interface {
    let base = "\(Self.folder)/\(name)"
    let files = SmallFile(host: host)
    func value(_ file: String) -> String? { files.line("\(base)/\(file)") }
    return Interface(
      ifname: name, mtu: value("mtu"), operstate: value("operstate"), carrier: value("carrier"),
      address: value("address"), ifindex: value("ifindex"), iflink: value("iflink"),
      driver: target("\(base)/device/driver"), device: target("\(base)/device"),
      numa_node: value("device/numa_node"))
  }

  /// The last component of what a link points to.
  private func target(_ path: String) -> String? {
    host.linkTarget(path)?.split(separator: "/").last.map(String.init)
  }
}
