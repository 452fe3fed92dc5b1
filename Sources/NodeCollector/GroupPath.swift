import BundleModel

/// Where the members of a group of files stand in a bundle.
enum GroupPath {
  /// The member's path. Groups of one folder use the file's name; groups that gather from several
  /// folders keep the whole path, because the folder decides what the file means.
  static func member(of artifact: Artifact, origin: String) -> String {
    let name = safe(origin.split(separator: "/").last.map(String.init) ?? "file")
    switch artifact.id {
    case .ipamdLog, .pluginLog, .cniConfiguration, .checkpoint: return "\(artifact.path)/\(name)"
    default: return "\(artifact.path)/\(safe(String(origin.drop { $0 == "/" })))"
    }
  }

  /// Bytes that could surprise a reader of archives become `_`.
  private static func safe(_ path: String) -> String {
    String(
      decoding: path.utf8.map { byte in
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\\") ? byte : UInt8(ascii: "_")
      }, as: UTF8.self)
  }
}
