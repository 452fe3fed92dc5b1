public import BundleModel
import FoundationEssentials
import SystemPackage

/// What names a bundle: the node, the instance and the time.
public struct BundleIdentity: Sendable {
  /// A random id.
  public let bundleID: String
  /// Name of the archive without its ending, and of its top folder.
  public let name: String
  /// What kind of machine it is.
  public let platform: Manifest.Platform
  /// What was learnt about instance metadata while looking at the node.
  private(set) var metadata = MetadataSession()

  /// Names a bundle; bytes that could surprise a shell or an archive become `_`.
  public init(bundleID: String, time: Int64, platform: Manifest.Platform) {
    self.bundleID = bundleID
    self.platform = platform
    let host = Self.safe(platform.hostName.prefix(63))
    let instance = platform.instanceID.map { Self.safe($0.prefix(40)) } ?? "noid"
    name = "cnitriage-\(host)-\(instance)-\(RFC3339.compact(microseconds: time))"
  }

  /// Looks at the node; takes two seconds at most when the metadata service is silent.
  public static func probe(_ host: Host, asksMetadata: Bool) async -> BundleIdentity {
    let system = SystemName.current()
    let session = MetadataSession()
    let release = osRelease(SmallFile(host: host).text("/etc/os-release") ?? "")
    let platform = Manifest.Platform(
      osID: release["ID"], osVersion: release["VERSION_ID"], kernel: system.release,
      architecture: system.machine, hostName: system.nodeName,
      instanceID: asksMetadata ? await instanceID(host, session) : nil,
      effectiveUserID: host.effectiveUserID, hostRoot: host.root.string)
    var identity = BundleIdentity(
      bundleID: UUID().uuidString.lowercased(), time: host.clock.wall(), platform: platform)
    identity.metadata = session
    return identity
  }

  private static func instanceID(
    _ host: Host, _ session: MetadataSession
  ) async -> String? {
    // Without an answer the bundle is named without an instance; the imds items tell why.
    let answers = try? await MetadataSource(host: host, session: session)
      .answers(to: ["meta-data/instance-id"], seconds: 1)
    guard let body = answers?.requests.first?.body, body.hasPrefix("i-") else { return nil }
    return body
  }

  private static func osRelease(_ text: String) -> [String: String] {
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      values[String(parts[0])] = String(parts[1].filter { $0 != "\"" && $0 != "'" })
    }
    return values
  }

  private static func safe(_ text: some StringProtocol) -> String {
    String(
      decoding: text.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
          byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
  }
}
