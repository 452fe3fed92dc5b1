/// Who owns a bundle's files: the user behind `sudo`, so that a plain `scp` can fetch them.
public struct BundleOwner: Sendable, Equatable {
  /// Numeric user id.
  public var user: UInt32
  /// Numeric group id.
  public var group: UInt32
  /// The name to show.
  public var name: String

  /// The user behind `sudo`, as `sudo` tells it in the environment; only root can give files away.
  public init?(environment: [String: String], effectiveUserID: UInt32) {
    guard effectiveUserID == 0, let user = environment["SUDO_UID"].flatMap({ UInt32($0) }),
      let group = environment["SUDO_GID"].flatMap({ UInt32($0) }), user != .max, group != .max
    else { return nil }
    self.user = user
    self.group = group
    let name = environment["SUDO_USER"] ?? ""
    let isPlain = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains($0)
    }
    self.name = isPlain && !name.isEmpty ? name : "user \(user)"
  }
}
