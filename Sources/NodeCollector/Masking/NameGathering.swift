import FoundationEssentials
import SystemPackage

extension NameDictionary {
  /// Looks at the few places of a node that name its pods, networks and itself. Bounded in time and
  /// size; a place that can't be read names nothing.
  static func gathered(on host: Host) async -> NameDictionary {
    let found = await BlockingThread.run(seconds: 5) { read(host) }
    var names = found ?? NameDictionary()
    names.add(hostName: SystemName.current().nodeName)
    return names
  }

  private static func read(_ host: Host) -> NameDictionary {
    var names = NameDictionary()
    let files = SmallFile(host: host)
    for name in folder("/var/log/pods", host) { names.add(podFolder: name) }
    for name in folder("/var/log/containers", host) { names.add(containerLog: name) }
    for base in ["/var/run/aws-node", "/run/aws-node"] {
      for name in folder(base, host) where name.hasSuffix(".json") {
        if let bytes = files.bytes("\(base)/\(name)", limit: 8 << 20) { names.add(json: bytes) }
      }
    }
    if let name = files.text("/etc/hostname") { names.add(hostName: name) }
    if let routes = files.text("/proc/net/route", limit: 1 << 20) {
      names.add(kernelRoutes: routes)
    }
    let base = "/etc/kubernetes/kubelet"
    let configurations =
      ["\(base)/config.json", "\(base)/kubelet-config.json", "\(base)/config"]
      + folder("\(base)/config.json.d", host).map { "\(base)/config.json.d/\($0)" }
    for path in configurations {
      if let text = files.text(path) { names.add(kubeletConfiguration: text) }
    }
    return names
  }

  private static func folder(_ path: String, _ host: Host) -> [String] {
    // A folder that doesn't exist or can't be read names nothing.
    let names = try? FileManager.default.contentsOfDirectory(atPath: host.path(path).string)
    return (names ?? []).sorted().prefix(podLimit).map { $0 }
  }
}
