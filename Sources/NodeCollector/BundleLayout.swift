public import BundleModel

/// How the members of a bundle are named, and the archive itself.
public enum BundleLayout: String, Sendable, CaseIterable {
  /// Names of our own below one top folder, which the analyzer knows best.
  case native
  /// The names of eks-log-collector.sh, by which AWS Support and its programs find their files;
  /// what that script doesn't know stands below `cnitriage/`.
  case eks

  /// The name of the archive without its ending.
  public func archiveName(_ identity: BundleIdentity, tool: Manifest.ToolVersion) -> String {
    switch self {
    case .native: identity.name
    case .eks: "eks_\(identity.instanceName)_\(identity.minute)-UTC_\(tool.name)-\(tool.version)"
    }
  }

  /// How a bundle is compressed unless the user says so; the readers of the script's archives know
  /// gzip only.
  public var standardFormat: BundleFormat {
    switch self {
    case .native: .zstd
    case .eks: .gzip
    }
  }

  /// Small files that readers of the layout expect, by their final paths.
  func ownFiles(_ identity: BundleIdentity) -> [(path: String, text: String)] {
    guard self == .eks else { return [] }
    let platform = identity.platform
    let values = [
      ("instance-id", platform.instanceID), ("region", platform.region),
      ("availability-zone", platform.availabilityZone),
    ]
    let parameters = "ignore_introspection: false\nignore_metrics: false\n"
    return [("system/script-params.txt", parameters)]
      + values.compactMap { name, value in value.map { ("system/\(name).txt", $0 + "\n") } }
  }

  /// The folder that holds all members.
  func topFolder(_ identity: BundleIdentity) -> String {
    switch self {
    case .native: identity.name
    case .eks: "."
    }
  }

  /// Where the bytes of a member stand below the top folder; `path` is its native place.
  func memberPath(_ path: String) -> String {
    switch self {
    case .native: path
    case .eks: EKSLogCollector.memberPath(path)
    }
  }
}
