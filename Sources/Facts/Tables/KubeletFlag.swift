import BundleModel

/// An argument of the kubelet.
public struct KubeletFlag: FactTable {
  var name: String
  var value: String?
  var origin: String
  var variable: String?

  /// The declaration of `kubelet_flag`.
  public static let schema = Schema<Self>(
    "kubelet_flag", "Arguments of the kubelet.",
    from: [
      .kubeletFlags, .kubeletEnvironment, .kubeletSnap, .processes, .foreignProcesses,
      .foreignBottlerocketSettings,
    ],
    columns: [
      Column(
        "name", \.name,
        "Name without its leading minus signs; with any other dash the whole word as it stands."),
      Column("value", \.value, "Value; NULL if the argument has none."),
      Column(
        "origin", \.origin,
        "process for the running kubelet, environment for a file that its unit reads, snap or bottlerocket for settings that stand for arguments there."
      ),
      Column(
        "variable", \.variable, "Variable of the environment file that holds it; else NULL."),
    ])

  /// Reads the collector's list, a list of processes, the snap's settings, or the assignments of
  /// an environment file.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    switch input.artifact {
    case .kubeletFlags:
      guard let document = try input.readJSON(&rows) else { return }
      let arguments = (document["arguments"]?.items ?? []).compactMap(\.string)
      add(arguments.dropFirst(), "process", nil, nil, &rows)
    case .processes, .foreignProcesses: try readProcesses(&input, &rows)
    case .foreignBottlerocketSettings:
      let document = try input.readJSON(&rows)
      let settings = document?.at("settings", "kubernetes") ?? document?["kubernetes"]
      for (key, value) in settings?.object?.members ?? [] where !isSecret(key) {
        rows.append(
          Self(name: key, value: value.scalarText ?? value.json, origin: "bottlerocket"),
          line: settings?.object?.line)
      }
    case .kubeletSnap: try readSnap(&input, &rows)
    default: try readEnvironment(&input, &rows)
    }
  }

  private static func add(
    _ words: ArraySlice<String>, _ origin: String, _ variable: String?, _ line: Int?,
    _ rows: inout RowSink<Self>
  ) {
    for option in CommandLine.options(words) {
      rows.append(
        Self(name: option.name, value: option.value, origin: origin, variable: variable),
        line: line)
    }
  }

  /// Settings of Bottlerocket that hold credentials, also where nobody masked them.
  private static func isSecret(_ key: String) -> Bool {
    ["token", "certificate", "key", "password", "secret", "credential"].contains { word in
      Array(key.utf8)[...].contains(word)
    }
  }

  // MARK: - Environment files

  private static func readEnvironment(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      var line = bytes.trimmed
      let number = input.lineNumber
      guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else {
        continue
      }
      if line.starts("export ") { line = line.dropFirst(7).trimmed }
      guard let (name, value) = line.cut(at: UInt8(ascii: "=")) else {
        if !ShellPrompt.matches(line) { rows.unreadable("not NAME=value", line: number) }
        continue
      }
      var text = Array(value.trimmed)
      while text.last == UInt8(ascii: "\\"), text.count < FactLimits.lineBytes,
        let next = try input.nextLine()
      {
        text.removeLast()
        text.append(0x20)
        text.append(contentsOf: next.trimmed)
      }
      let words = CommandLine.words(CommandLine.unquoted(text[...]))
      add(words[...], "environment", String(name.trimmed), number, &rows)
    }
  }

  // MARK: - Lists of processes

  /// A line of `ps`, or one JSON object for each process.
  private static func readProcesses(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let line = try input.nextLine() {
      guard line.contains("kubelet") else { continue }
      if line.trimmed.first == UInt8(ascii: "{") {
        var reader = JSONReader(line)
        guard let process = try? reader.value() else { continue }
        let words = (process["arguments"] ?? process["argv"] ?? process["cmdline"])?.items ?? []
        let arguments = words.compactMap(\.string)
        if let program = arguments.first, Path.name(program) == "kubelet" {
          add(arguments.dropFirst(), "process", nil, input.lineNumber, &rows)
        }
        continue
      }
      let words = line.words
      // The first words are numbers and names of `ps`; a search for the process is none.
      let found = words.prefix(20).firstIndex { $0.equals("kubelet") || $0.hasSuffix("/kubelet") }
      guard let found, found > 0,
        words[found - 1].last.map({ !$0.isASCIILetter }) ?? false
          || words[found - 1].equals("\\_"), found + 1 < words.count,
        words[found + 1].first == UInt8(ascii: "-")
      else { continue }
      add(words[(found + 1)...].map { String($0) }[...], "process", nil, input.lineNumber, &rows)
    }
  }

  // MARK: - Snap

  /// `snap get kubelet-eks`: a key and its value on each line behind a header.
  private static func readSnap(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line) else { continue }
      let end = line.firstIndex { $0.isBlank } ?? line.endIndex
      let key = line[..<end]
      let value = line[end...].trimmed
      if key.equals("Key"), value.equals("Value") { continue }
      guard key.allSatisfy({ $0 < 0x80 && $0 > 0x20 }), !key.contains(UInt8(ascii: ":")) else {
        rows.unreadable("not a key and its value", line: input.lineNumber)
        continue
      }
      rows.append(
        Self(
          name: String(key), value: value.isEmpty ? nil : String(CommandLine.unquoted(value)),
          origin: "snap"), line: input.lineNumber)
    }
  }
}
