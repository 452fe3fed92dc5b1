import BundleModel

/// A kernel parameter as it is in force.
public struct Sysctl: FactTable {
  var key: String
  var value: String

  /// The declaration of `sysctl`.
  public static let schema = Schema<Self>(
    "sysctl", "Kernel parameters in force.", from: [.networkSysctls],
    columns: [
      Column(
        "key", \.key,
        "Name with dots; a dot inside an interface name is written as a slash, as sysctl does."),
      Column("value", \.value, "Value as the kernel prints it; several lines make several rows."),
    ])

  /// Reads `key = value` lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      let line = line.trimmed
      guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
      if let setting = SysctlLine(line) {
        rows.append(Self(key: setting.key, value: setting.value), line: input.lineNumber)
      } else if !ShellPrompt.matches(line), !line.starts("sysctl: ") {
        rows.unreadable("not a line of the form key = value", line: input.lineNumber)
      }
    }
  }
}
