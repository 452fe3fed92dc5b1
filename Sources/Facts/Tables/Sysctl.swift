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
      Column(
        "value", \.value,
        "Value with single blanks between its words; several lines make several rows."),
    ])

  /// Reads `key = value` lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      let line = line.trimmed
      guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
      if let setting = SysctlLine(line) {
        rows.append(
          Self(key: setting.key, value: Self.spaced(setting.value)), line: input.lineNumber)
      } else if !ShellPrompt.matches(line), !Self.isRemark(line) {
        rows.unreadable("not a line of the form key = value", line: input.lineNumber)
      }
    }
  }

  /// The kernel separates words by tabs, and pastes have turned many into blanks.
  static func spaced(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == 0x09 }) || value.utf8Contains("  ") else {
      return value
    }
    return Array(value.utf8)[...].words.map { String($0) }.joined(separator: " ")
  }

  /// What the program says about keys that it may not read.
  private static func isRemark(_ line: Bytes) -> Bool {
    ["sysctl: ", "error: ", "cat: ", "grep: ", "==="].contains { line.starts($0) }
  }
}

/// A parameter of the kernel, its file systems or its memory as it is in force. Where another collector
/// has all parameters in one file, they are rows of `sysctl`.
public struct OtherSysctl: FactTable {
  var parameter: Sysctl

  /// The declaration of `sysctl_other`.
  public static let schema = Schema<Self>(
    "sysctl_other", "Kernel parameters in force of processes, files and memory.",
    from: [.otherSysctls],
    columns: Sysctl.schema.columns.map { $0.lifted(by: \.parameter) })

  /// Reads `key = value` lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var found: [Located<Sysctl>] = []
    var sink = RowSink<Sysctl>(path: rows.path) { found.append($0) }
    try Sysctl.parse(&input, into: &sink)
    for row in found { rows.append(Self(parameter: row.row), line: row.line) }
    for issue in sink.issues { rows.unreadable(issue.reason, line: issue.line) }
  }
}
