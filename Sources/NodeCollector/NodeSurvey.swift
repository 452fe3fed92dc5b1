public import BundleModel
import FoundationEssentials
import SystemPackage

/// A first look at the node: who it is, what kind it is, and what the collector may do there. It
/// takes two seconds at most, whoever is silent.
public struct NodeSurvey: Sendable {
  /// What kind of node it is.
  public let kind: NodeKind
  /// The same for the manifest.
  public let platform: Manifest.Platform
  /// What the collector may do.
  public let privilege: Manifest.Privilege
  /// Whether the metadata service was asked and did not answer.
  public let isMetadataSilent: Bool

  /// How long the metadata service may take, in seconds.
  static let metadataSeconds = 1.8

  /// Looks at a node.
  ///
  /// - Parameters:
  ///   - host: the node.
  ///   - privilege: what this process may do.
  ///   - asksMetadata: whether the instance metadata service may be asked.
  ///   - note: how the process came into the node's namespaces.
  public static func make(
    _ host: Host, privilege: Privilege, asksMetadata: Bool, note: String? = nil
  ) async -> NodeSurvey {
    let instance = asksMetadata ? await instance(host) : nil
    let isInstance = instance?.id != nil
    let look: @Sendable () -> (NodeKind, [String: String]) = {
      let release = osRelease(host)
      return (NodeKind(host: host, release: release, isInstance: isInstance), release)
    }
    let (kind, release) =
      await BlockingThread.run(seconds: BlockingThread.lookSeconds, look) ?? (.unseen, [:])
    let system = SystemName.current()
    var platform = Manifest.Platform(
      osID: release["ID"], osVersion: release["VERSION_ID"], kernel: system.release,
      architecture: system.machine, hostName: system.nodeName, instanceID: instance?.id,
      effectiveUserID: host.effectiveUserID, hostRoot: host.root.string)
    platform.family = kind.family.rawValue
    platform.eks = kind.membership.rawValue
    platform.runtime = kind.runtime
    platform.initSystem = kind.initSystem
    platform.cgroup = kind.cgroup
    platform.isInContainer = Privilege.isInContainer
    platform.instanceType = instance?.type
    platform.region = instance?.region
    platform.availabilityZone = instance?.zone
    return NodeSurvey(
      kind: kind, platform: platform, privilege: privilege.description(host: host, note: note),
      isMetadataSilent: asksMetadata && instance == nil)
  }

  /// What the metadata service says about the instance.
  private struct Instance {
    var id: String?
    var type: String?
    var region: String?
    var zone: String?
  }

  private static func instance(_ host: Host) async -> Instance? {
    // Without an answer the bundle is named without an instance; the imds items tell why.
    let answers = try? await MetadataSource(host: host)
      .answers(
        to: ["instance-id", "instance-type", "placement/region", "placement/availability-zone"]
          .map { "meta-data/\($0)" }, seconds: metadataSeconds)
    guard let answers else { return nil }
    func body(_ path: String, _ isGood: (String) -> Bool) -> String? {
      let answer = answers.requests.first { $0.path == "meta-data/\(path)" }
      return answer?.body.flatMap { isName($0) && isGood($0) ? $0 : nil }
    }
    return Instance(
      id: body("instance-id") { $0.hasPrefix("i-") },
      type: body("instance-type") { $0.contains(".") },
      region: body("placement/region") { $0.contains("-") },
      zone: body("placement/availability-zone") { $0.contains("-") })
  }

  /// Whether a text has the form of an id, a type such as `m5.large`, or a zone.
  private static func isName(_ text: String) -> Bool {
    (1..<40).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
  }

  private static func osRelease(_ host: Host) -> [String: String] {
    let files = SmallFile(host: host)
    let text = files.text("/etc/os-release") ?? files.text("/usr/lib/os-release") ?? ""
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      values[String(parts[0])] = String(parts[1].filter { $0 != "\"" && $0 != "'" })
    }
    return values
  }
}
