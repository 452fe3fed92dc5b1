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
  /// What the collector is allowed to do there.
  public let privilege: Manifest.Privilege?
  private let time: Int64
  private let caseID: String?

  /// Names a bundle; bytes that could surprise a shell or an archive become `_`.
  public init(
    bundleID: String, time: Int64, platform: Manifest.Platform,
    privilege: Manifest.Privilege? = nil, caseID: String? = nil
  ) {
    self.bundleID = bundleID
    self.platform = platform
    self.privilege = privilege
    self.time = time
    self.caseID = caseID
    let host = Self.safe(platform.hostName.prefix(63))
    let id = caseID.map { Self.safe($0.prefix(40)) + "-" } ?? ""
    name =
      "cnitriage-\(id)\(host)-\(Self.instanceName(platform))-\(RFC3339.compact(microseconds: time))"
  }

  /// Names a bundle that holds a cluster and no node.
  init(cluster: String, time: Int64, effectiveUserID: UInt32) {
    privilege = nil
    self.time = time
    caseID = nil
    bundleID = UUID().uuidString.lowercased()
    platform = Manifest.Platform(
      osID: nil, osVersion: nil, kernel: "", architecture: "", hostName: "", instanceID: nil,
      effectiveUserID: effectiveUserID, hostRoot: "/")
    name =
      "cnitriage-cluster-\(Self.safe(cluster.prefix(63)))-\(RFC3339.compact(microseconds: time))"
  }

  /// The same bundle under a name that says no more than its contents do.
  public func masked(by masking: Masking) -> BundleIdentity {
    var texts = masking.texts()
    var platform = platform
    texts.mask(&platform)
    return BundleIdentity(
      bundleID: bundleID, time: time, platform: platform, privilege: privilege, caseID: caseID)
  }

  /// Names the bundle of a node that was looked at; a reproducible one has no id of its own.
  public init(_ survey: NodeSurvey, time: Int64, settings: CollectSettings) {
    let id = settings.isReproducible ? UUID(uuid: Self.noID) : UUID()
    self.init(
      bundleID: id.uuidString.lowercased(), time: time, platform: survey.platform,
      privilege: survey.privilege, caseID: settings.caseID)
  }

  private static let noID: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

  /// The instance's id as it stands in names; `noid` where nobody told it.
  var instanceName: String { Self.instanceName(platform) }

  private static func instanceName(_ platform: Manifest.Platform) -> String {
    platform.instanceID.map { safe($0.prefix(40)) } ?? "noid"
  }

  /// The time to the minute, `2031-04-02_0915`.
  var minute: String {
    let text = RFC3339.string(microseconds: time)
    return "\(text.prefix(10))_" + text.dropFirst(11).prefix(5).filter { $0 != ":" }
  }

  static func safe(_ text: some StringProtocol) -> String {
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
