public import BundleModel

/// One regular file of a bundle that belongs to an item.
public struct BundleMember: Sendable, Equatable {
  /// Where it stands below the bundle's top folder: what evidence cites.
  public let path: String
  /// The item it belongs to; `nil` for files that no item claims.
  public let artifact: ArtifactID?
  /// The absolute path that it had on the node, if it was a file there.
  public let origin: String?
  /// Bytes, as the archive declares them.
  public let size: Int
}

/// What kind of input a bundle is.
public enum BundleKind: String, Sendable, Codable {
  /// An archive or folder that `cnitriage collect` wrote.
  case native
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
