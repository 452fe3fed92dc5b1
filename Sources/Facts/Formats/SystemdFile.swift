import BundleModel

/// A configuration file in systemd's format: sections, `Key=Value`, continuation lines.
struct SystemdFile {
  struct Directive {
    var line: Int
    /// The file that the directive is in; `systemctl cat` prints several into one text.
    var path: String
    var section: String
    var key: String
    var value: String
    var position: Int
  }

  /// Every directive in order. `complain` hears about lines that fit nothing.
  static func read(
    _ input: inout ArtifactInput, _ complain: (String, Int) -> Void
  ) throws(ParseError) -> [Directive] {
    var path = input.nodePath
    var section = ""
    var position = 0
    var directives: [Directive] = []
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard let first = line.first else { continue }
      if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") {
        if let other = fragmentPath(line) {
          path = other
          section = ""
          position = 0
        }
        continue
      }
      if first == UInt8(ascii: "["), line.last == UInt8(ascii: "]") {
        section = String(line.dropFirst().dropLast())
        continue
      }
      let number = input.lineNumber
      guard let (key, firstPart) = line.cut(at: UInt8(ascii: "=")) else {
        if !ShellPrompt.matches(line) { complain("neither a section nor Key=Value", number) }
        continue
      }
      var value = Array(firstPart.trimmed)
      if bytes.last == UInt8(ascii: "\\") {
        try readContinuation(&value, &input)
      } else if value.last == UInt8(ascii: "\\") {
        complain("blanks behind a backslash: the value ends here for systemd", number)
      }
      position += 1
      directives.append(
        Directive(
          line: number, path: path, section: section, key: String(key.trimmed),
          value: String(value[...].trimmed), position: position))
    }
    return directives
  }

  /// Lines behind a backslash at the very end; comments between them are left out.
  private static func readContinuation(
    _ value: inout [UInt8], _ input: inout ArtifactInput
  ) throws(ParseError) {
    value.removeLast()
    while value.count < FactLimits.lineBytes, let next = try input.nextLine() {
      let text = next.trimmed
      if text.first == UInt8(ascii: "#") || text.first == UInt8(ascii: ";") { continue }
      value.append(0x20)
      let goesOn = next.last == UInt8(ascii: "\\")
      value.append(contentsOf: goesOn ? text.dropLast() : text)
      if !goesOn { return }
    }
  }

  /// `# /etc/systemd/system/kubelet.service`, the header that `systemctl cat` prints.
  private static func fragmentPath(_ line: Bytes) -> String? {
    let text = line.dropFirst().trimmed
    guard text.first == UInt8(ascii: "/"), !text.contains(0x20), text.contains("/systemd/") else {
      return nil
    }
    return String(text)
  }

  /// Where a file stands in the order of precedence: a smaller rank shadows a larger one.
  static func rank(_ path: String) -> Int {
    let roots = ["/etc/", "/run/", "/usr/local/lib/", "/usr/lib/", "/lib/"]
    return roots.firstIndex { path.hasPrefix($0) } ?? roots.count
  }

  /// The paths that are in effect: of files of one name only the one of the highest rank, in the
  /// byte order of names.
  static func effective(_ paths: [String]) -> [String] {
    var winners: [(name: String, path: String)] = []
    var names = Set<String>()
    for path in paths.sorted(by: { (rank($0), $0) < (rank($1), $1) }) {
      let name = Path.name(path)
      if names.insert(name).inserted { winners.append((name, path)) }
    }
    return winners.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
      .map(\.path)
  }
}
