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
    "unit",
    "State of systemd units: the decisive ones in detail, the others as systemctl lists them.",
    from: [.unitStates, .units],
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
      Column(
        "inactive_enter_us", { $0.text("InactiveEnterTimestamp").flatMap(Timestamp.systemd) },
        "When it ended last, in microseconds since 1970 UTC."),
      Column("main_pid", { $0.integer("MainPID") }, "Id of its main process; 0 without one."),
      Column(
        "needs_reload", { $0.text("NeedDaemonReload").map { $0 == "yes" } },
        "1 if its files were changed since systemd read them; else 0."),
      Column("description", { $0.text("Description") }, "Its description."),
    ])

  /// Reads the blocks that `systemctl show` prints, or the lines of `systemctl list-units`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    if input.artifact == .units { return try readList(&input, &rows) }
    var values: [String: String] = [:]
    var start = 1
    while let line = try input.nextLine() {
      if line.allSatisfy(\.isWhitespace) {
        flush(&values, start, &rows)
        start = input.lineNumber + 1
      } else if let (key, value) = line.cut(at: UInt8(ascii: "=")) {
        guard values.count < FactLimits.fieldsPerRecord else { continue }
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

  /// The units that `systemctl show` is asked about in our own bundles.
  private static let shown = Set(
    Artifact.decisiveUnits + Artifact.autoModeUnits.map { $0 + ".service" })

  /// `kubelet.service loaded active running Kubernetes Kubelet`, perhaps with a mark in front, a
  /// header and remarks. Our own list leaves out what is known in detail.
  private static func readList(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let isOurs = Catalog.artifact(.units)?.path == input.path
    while let line = try input.nextLine() {
      var words = line.words[...]
      if let mark = words.first, !(mark.first?.isASCIILetter ?? false), mark.count <= 3 {
        words = words.dropFirst()
      }
      guard let name = words.first, isUnitName(name) else { continue }
      let text = words.map { String($0) }
      guard text.count >= 4, loadStates.contains(text[text.startIndex + 1]) else {
        rows.unreadable("not a unit with its states", line: input.lineNumber)
        continue
      }
      if isOurs, shown.contains(text[text.startIndex]) { continue }
      rows.append(
        Self(
          name: text[text.startIndex],
          values: [
            "LoadState": text[text.startIndex + 1], "ActiveState": text[text.startIndex + 2],
            "SubState": text[text.startIndex + 3],
            "Description": text.dropFirst(4).joined(separator: " "),
          ]), line: input.lineNumber)
    }
  }

  private static let loadStates: Set<String> = [
    "loaded", "not-found", "masked", "error", "bad-setting", "merged", "stub",
  ]

  private static func isUnitName(_ name: Bytes) -> Bool {
    [
      ".service", ".socket", ".timer", ".target", ".mount", ".automount", ".device", ".path",
      ".slice", ".scope", ".swap",
    ].contains { name.hasSuffix($0) }
  }
}
