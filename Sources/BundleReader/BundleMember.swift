public import BundleModel

/// One regular file of a bundle that belongs to an item, or the part of a file that does.
public struct BundleMember: Sendable, Equatable {
  /// Where it stands below the bundle's top folder: what evidence cites.
  public let path: String
  /// The item it belongs to; `nil` for files that no item claims.
  public internal(set) var artifact: ArtifactID?
  /// The absolute path that it had on the node, if it was a file there.
  public internal(set) var origin: String?
  /// Bytes, as the archive declares them.
  public let size: Int
  /// When it was written, in microseconds since 1970, where no manifest tells when it was gathered.
  public internal(set) var modified: Int64?
  /// The line of the file at which it begins, counted from 1.
  public internal(set) var firstLine = 1
}

/// What kind of input a bundle is.
public enum BundleKind: String, Sendable, Codable, CaseIterable {
  /// An archive or folder that `cnitriage collect` wrote.
  case native
  /// An archive or folder of eks-log-collector.sh.
  case eksLogCollector = "elc"
  /// A capture of the EKS node monitoring agent.
  case nodeMonitoringAgent = "nma"
  /// An archive of aws-cni-support.sh, which came with the CNI until 2020.
  case supportScript = "cni-support"
  /// An archive of Bottlerocket's logdog.
  case logdog
  /// The file system of a node or image.
  case rootFileSystem = "rootfs"
}

/// Where a bundle is read from.
public enum BundleInput: Sendable, Equatable {
  /// An archive or an unpacked folder.
  case path(String)
  /// An archive on standard input.
  case standardInput

  /// The name that messages and reports show: the last component, never a whole path.
  public var name: String {
    switch self {
    case .standardInput: "standard input"
    case .path(let path):
      path.split(separator: "/").last.map(String.init) ?? path
    }
  }
}
