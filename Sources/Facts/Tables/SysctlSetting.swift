import BundleModel

/// A line of a file that sets kernel parameters at boot.
public struct SysctlSetting: FactTable {
  var path: String
  var key: String
  var value: String
  var isOptional: Bool

  /// The declaration of `sysctl_setting`.
  public static let schema = Schema<Self>(
    "sysctl_setting", "Lines of the files that set kernel parameters.", from: [.sysctlFiles],
    columns: [
      Column("path", \.path, "Absolute path of the file on the node."),
      Column("key", \.key, "Name with dots, as in `sysctl`; may contain `*`."),
      Column("value", \.value, "Value that the line sets."),
      Column("is_optional", \.isOptional, "1 if a leading `-` lets failure pass; else 0."),
    ])

  /// Reads `key = value` lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let path = input.nodePath
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else {
        continue
      }
      if let setting = SysctlLine(line) {
        rows.append(
          Self(
            path: path, key: setting.key, value: setting.value, isOptional: setting.isOptional),
          line: input.lineNumber)
      } else if first != UInt8(ascii: "-") {
        // A key alone behind a minus takes the parameter out of a glob: nothing is set.
        rows.unreadable("not a line of the form key = value", line: input.lineNumber)
      }
    }
  }
}
