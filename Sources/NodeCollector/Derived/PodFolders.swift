import BundleModel
import FoundationEssentials
import SystemPackage

/// The pods whose folders the kubelet keeps. Only names and times are read, and of the hosts file
/// that the kubelet writes the pod's address: never what a pod stored.
struct PodFolders: Sendable {
  let host: Host

  private static let root = "/var/lib/kubelet/pods"
  private static let limit = 2000

  private struct Listing: Encodable {
    var pods: [Pod]
  }

  private struct Pod: Encodable {
    var uid: String
    var mtime: String
    var containers: [String]
    /// Number of volumes by the plugin that provides them.
    var volumes: [String: Int]
    /// The pod's own address, as its hosts file has it.
    var address: String?
    /// Whether the hosts file says that the pod lives in the host's network.
    var host_network: Bool?
  }

  func output() -> DerivedSource.Output {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: host.path(Self.root).string)
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      return .none(.denied, "permission denied: \(Self.root)")
    } catch {
      return .none(.missing, "no such folder: \(Self.root)")
    }
    return .json(Listing(pods: names.sorted().prefix(Self.limit).compactMap(pod)))
  }

  private func pod(_ uid: String) -> Pod? {
    let folder = "\(Self.root)/\(uid)"
    // A pod that went meanwhile has no folder any more.
    guard let status = try? FileStatus(of: host.path(folder)), status.kind == .folder else {
      return nil
    }
    var pod = Pod(
      uid: uid, mtime: RFC3339.string(microseconds: status.modified),
      containers: names("\(folder)/containers"), volumes: [:])
    for plugin in names("\(folder)/volumes") {
      // Only the plugin's own folder is listed; what is mounted below it is not looked at.
      pod.volumes[plugin] = names("\(folder)/volumes/\(plugin)").count
    }
    if let hosts = SmallFile(host: host).text("\(folder)/etc-hosts") {
      pod.address = Self.address(hosts)
      pod.host_network = hosts.hasPrefix("# Kubernetes-managed hosts file (host network)")
    }
    return pod
  }

  /// The first address that is not one that every hosts file has.
  static func address(_ hosts: String) -> String? {
    for line in hosts.split(separator: "\n") where !line.hasPrefix("#") {
      guard let address = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else {
        continue
      }
      let isCommon = ["127.", "::1", "fe00::", "ff02::"].contains { address.hasPrefix($0) }
      if !isCommon { return String(address) }
    }
    return nil
  }

  private func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: host.path(folder).string)) ?? [])
      .sorted()
  }
}
