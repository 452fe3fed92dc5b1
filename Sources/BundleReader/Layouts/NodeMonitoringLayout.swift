import BundleModel

/// The captures of the EKS node monitoring agent (`NodeDiagnostic`): the names of
/// eks-log-collector.sh, and some of its own.
enum NodeMonitoringLayout: LayoutAdapter {
  static let kind = BundleKind.nodeMonitoringAgent

  static let marks: [String: Int] = [
    "log-capture-errors.log": 3, "networking/get_api_server.txt": 3, "system/pressure_cpu.txt": 3,
    "system/pressure_memory.txt": 3, "bottlerocket/application-inventory.json": 3,
    "automode/eks-healthchecker.txt": 3, "bottlerocket/logdog/command-output.log": 3,
  ]

  private static let logdogArchive = "bottlerocket/logdog/bottlerocket-logs.tar.gz/"
  private static let logdogFolder = "bottlerocket/logdog/"

  static func placement(of path: String) -> Placement? {
    switch path {
    case "log-capture-errors.log": return Placement(.foreignCaptureErrors)
    case "networking/get_api_server.txt": return Placement(.foreignAPICheck)
    case "bottlerocket/application-inventory.json": return Placement(.foreignBottlerocketPackages)
    default: break
    }
    if path.hasPrefix("system/pressure_") {
      let name = path.dropFirst("system/pressure_".utf8.count).prefix { $0 != "." }
      return Placement(.foreignPressure, origin: "/proc/pressure/\(name)")
    }
    if path.hasPrefix("networking/nftables-") { return Placement(.foreignNftables) }
    if path.hasPrefix("automode/") { return Placement(.autoModeJournals) }
    for folder in [logdogArchive, logdogFolder] where path.hasPrefix(folder) {
      return logdog(path.dropFirst(folder.utf8.count))
    }
    guard var placement = EKSLogCollectorLayout.placement(of: path) else { return nil }
    if placement.subject == nil { placement.subject = placement.artifacts[0].rawValue }
    return placement
  }

  /// Bottlerocket's own archive inside: what the agent gathered itself comes first.
  private static func logdog(_ path: Substring) -> Placement? {
    let top = LogdogLayout.topFolder
    guard path.hasPrefix(top),
      let placement = LogdogLayout.placement(of: String(path.dropFirst(top.utf8.count)))
    else { return nil }
    return placement.about(placement.artifacts[0].rawValue, isSpare: true)
  }
}
