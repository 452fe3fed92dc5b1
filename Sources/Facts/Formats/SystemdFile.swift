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
    /// What stands behind a backslash and blanks: part of the value for new releases of systemd,
    /// lines of no meaning for older ones.
    var behindBlanks: String?
  }

  /// Every directive in order. `complain` hears about lines that fit nothing.
  static func read(
    _ input: inout ArtifactInput, _ complain: (String, Int) -> Void
  ) throws(ParseError) -> [Directive] {
    var path = input.nodePath
    var section = ""
    var position = 0
    var directives: [Directive] = []
    var held: (line: Bytes, number: Int)?
    while let (bytes, number) = try nextLine(&input, &held) {
      let line = bytes.trimmed
      guard let first = line.first else { continue }
      if isComment(line) {
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
      guard let (key, firstPart) = line.cut(at: UInt8(ascii: "=")) else {
        if !ShellPrompt.matches(line) { complain("neither a section nor Key=Value", number) }
        continue
      }
      var value = Value(firstPart, isJoined: bytes.last == UInt8(ascii: "\\"))
      while value.goesOn, let next = try nextLine(&input, &held) {
        if value.rest != nil, isDirective(next.line.trimmed) {
          held = next
          break
        }
        value.add(next.line)
      }
      if value.rest != nil {
        complain("blanks behind a backslash: the value ends here for older systemd", number)
      }
      position += 1
      directives.append(
        Directive(
          line: number, path: path, section: section, key: String(key.trimmed),
          value: String(value.bytes[...].trimmed), position: position,
          behindBlanks: value.rest.flatMap { $0.isEmpty ? nil : String($0[...].trimmed) }))
    }
    return directives
  }

  private static func nextLine(
    _ input: inout ArtifactInput, _ held: inout (line: Bytes, number: Int)?
  ) throws(ParseError) -> (line: Bytes, number: Int)? {
    if let line = held {
      held = nil
      return line
    }
    return try input.nextLine().map { ($0, input.lineNumber) }
  }

  /// A value with the lines behind a backslash; comments between them are left out.
  private struct Value {
    var bytes: [UInt8]
    var rest: [UInt8]?
    var goesOn = false

    init(_ part: Bytes, isJoined: Bool) {
      bytes = Array(part.trimmed)
      guard bytes.last == UInt8(ascii: "\\") else { return }
      bytes.removeLast()
      goesOn = true
      if !isJoined { rest = [] }
    }

    mutating func add(_ line: Bytes) {
      var text = line.trimmed
      if SystemdFile.isComment(text) { return }
      goesOn = text.last == UInt8(ascii: "\\")
      if goesOn { text = text.dropLast() }
      if rest == nil {
        bytes.append(0x20)
        bytes.append(contentsOf: text)
        if goesOn, line.last != UInt8(ascii: "\\") { rest = [] }
      } else {
        rest?.append(0x20)
        rest?.append(contentsOf: text)
      }
      if bytes.count + (rest?.count ?? 0) > FactLimits.lineBytes { goesOn = false }
    }
  }

  fileprivate static func isComment(_ line: Bytes) -> Bool {
    line.first == UInt8(ascii: "#") || line.first == UInt8(ascii: ";")
  }

  /// Whether a line starts something of its own: a section, or a key as systemd writes them.
  private static func isDirective(_ line: Bytes) -> Bool {
    guard let first = line.first else { return true }
    if first == UInt8(ascii: "[") { return true }
    guard let (key, _) = line.cut(at: UInt8(ascii: "=")) else { return false }
    return first >= UInt8(ascii: "A") && first <= UInt8(ascii: "Z")
      && key.trimmed.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit }
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
