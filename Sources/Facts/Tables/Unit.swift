import BundleModel

/// The state of a systemd unit.
public struct Unit: FactTable {
  var name: String
  var values: [String: String]

  private func text(_ key: String) -> String? {
    guard let value = values[key], !value.isEmpty else { return nil }
    return value
  }

  private func integer(_ key: String) -> Int64? {
    values[key].flatMap { Int64($0) }
  }

  /// The declaration of `unit`.
  public static let schema = Schema<Self>(
    "unit", "State of systemd units.", from: [.unitStates],
    columns: [
      Column("name", \.name, "Name of the unit, such as kubelet.service."),
      Column("load_state", { $0.text("LoadState") }, "loaded, not-found, masked or error."),
      Column("active_state", { $0.text("ActiveState") }, "active, inactive, failed or activating."),
      Column("sub_state", { $0.text("SubState") }, "State in the words of the unit's type."),
      Column("unit_file_state", { $0.text("UnitFileState") }, "enabled, disabled, static, masked."),
      Column("fragment_path", { $0.text("FragmentPath") }, "Main file of the unit."),
      Column("drop_in_paths", { $0.text("DropInPaths") }, "Drop-in files, separated by blanks."),
      Column(
        "active_enter_us", { $0.text("ActiveEnterTimestamp").flatMap(Timestamp.systemd) },
        "When it became active, in microseconds since 1970 UTC; NULL if printed in a local zone."),
      Column(
        "active_enter_monotonic_us", { $0.integer("ActiveEnterTimestampMonotonic") },
        "When it became active, in microseconds since boot; 0 if it never was."),
      Column("restarts", { $0.integer("NRestarts") }, "How often systemd restarted it."),
      Column("exit_status", { $0.integer("ExecMainStatus") }, "Status of its last main process."),
      Column("result", { $0.text("Result") }, "success, or why it ended."),
    ])

  /// Reads the blocks that `systemctl show` prints.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var values: [String: String] = [:]
    var start = 1
    while let line = try input.nextLine() {
      if line.allSatisfy(\.isWhitespace) {
        flush(&values, start, &rows)
        start = input.lineNumber + 1
      } else if let (key, value) = line.cut(at: UInt8(ascii: "=")) {
        values[String(key.trimmed)] = String(value.trimmed)
      } else if !ShellPrompt.matches(line) {
        rows.unreadable("not a line of the form Key=Value", line: input.lineNumber)
      }
    }
    flush(&values, start, &rows)
  }

  private static func flush(
    _ values: inout [String: String], _ line: Int, _ rows: inout RowSink<Self>
  ) {
    defer { values = [:] }
    guard !values.isEmpty else { return }
    guard let name = values["Id"], !name.isEmpty else {
      return rows.unreadable("a block without the unit's name", line: line)
    }
    rows.append(Self(name: name, values: values), line: line)
  }
}
