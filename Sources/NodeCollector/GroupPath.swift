import BundleModel

/// Where the members of a group of files stand in a bundle.
enum GroupPath {
  /// The member's path, as the group's naming says.
  static func member(of artifact: Artifact, origin: String) -> String {
    let name =
      switch artifact.naming {
      case .fileName: origin.split(separator: "/").last.map(String.init) ?? "file"
      case .below(let folder) where origin.hasPrefix(folder + "/"):
        String(origin.dropFirst(folder.utf8.count + 1))
      case .fullPath, .below: String(origin.drop { $0 == "/" })
      }
    return "\(artifact.path)/\(safe(name))"
  }

  /// Bytes that could surprise a reader of archives become `_`.
  private static func safe(_ path: String) -> String {
    String(
      decoding: path.utf8.map { byte in
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\\") ? byte : UInt8(ascii: "_")
      }, as: UTF8.self)
  }
}
