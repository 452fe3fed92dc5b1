/// A release of amazon-vpc-cni-k8s.
public struct Release: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Major version; 1 for every release so far.
  public let major: Int
  /// Minor version.
  public let minor: Int
  /// Patch level.
  public let patch: Int

  /// Release `major.minor.patch`.
  public init(_ major: Int, _ minor: Int, _ patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads `v1.23.1`, `1.23.1` or the same with a suffix such as `-eksbuild.1`; nil otherwise.
  public init?(_ text: String) {
    let body = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let core = body.prefix { $0 != "-" && $0 != "+" }
    let parts = core.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let major = Int(parts[0]), let minor = Int(parts[1]), let patch = Int(parts[2])
    else { return nil }
    self.init(major, minor, patch)
  }

  /// Older is less.
  public static func < (left: Release, right: Release) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  /// `v1.23.1`.
  public var description: String { "v\(major).\(minor).\(patch)" }
}
