import Facts

/// Where the rows of a bundle lie below the folder of an export:
/// `v1/TABLE/cluster=C/dt=YYYY-MM-DD/BUNDLE.jsonl.zst`.
public enum ExportLayout {
  /// The folder of the schema's version.
  public static let versionFolder = "v\(PublishedTable.schemaVersion)"
  /// What engines that know such folders read as NULL.
  public static let unknown = "__HIVE_DEFAULT_PARTITION__"
  /// The longest part of a path that comes out of a bundle, in bytes.
  static let nameBytes = 120

  /// The folder of a table for a cluster and a day, relative to the export.
  public static func folder(table: String, cluster: String?, collectedAt: String?) -> String {
    let day = collectedAt.map { String($0.prefix("2026-03-12".utf8.count)) }
    return "\(versionFolder)/\(table)/cluster=\(cluster.map(component) ?? unknown)"
      + "/dt=\(day.map(component) ?? unknown)"
  }

  /// A name out of a bundle as one component of a path: letters, digits, `.`, `-` and `_`; everything
  /// else is written as `%` and two digits, and so is a dot in front.
  public static func component(_ name: String) -> String {
    var text: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for (index, byte) in name.utf8.enumerated() {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "-") || (index > 0 && [0x2E, 0x5F].contains(byte))
      let next: [UInt8] =
        isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      guard text.count + next.count <= nameBytes else { break }
      text += next
    }
    return text.isEmpty ? unknown : String(decoding: text, as: UTF8.self)
  }
}
