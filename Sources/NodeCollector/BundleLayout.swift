/// How the members of a bundle are named, and the archive itself.
public enum BundleLayout: String, Sendable, CaseIterable {
  /// Names of our own, which the analyzer knows best.
  case native

  /// The name of the archive without its ending.
  func archiveName(_ identity: BundleIdentity) -> String {
    switch self {
    case .native: identity.name
    }
  }

  /// Where the bytes of a member stand below the top folder; `path` is its native place.
  func memberPath(_ path: String) -> String {
    switch self {
    case .native: path
    }
  }
}
