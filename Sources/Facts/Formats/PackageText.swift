import BundleModel

/// Lists of installed packages as collectors and package managers print them.
///
/// Our list names its columns in its first line. Others keep `rpm -qa`
/// (`kernel-6.1.112-124.190.amzn2023.x86_64`) or `dpkg --list` (`ii  libc6:amd64  2.39-0 …`).
struct PackageText {
  struct Package {
    var name: String
    var version: String
    var architecture: String?
  }

  private var hasEpochs = false

  /// Hands out every package of a member. What is none becomes an issue, unless another table
  /// complains about the same lines.
  static func forEach<Row>(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Row>,
    complains: Bool = true, _ take: (Package, Int?, inout RowSink<Row>) -> Void
  ) throws(ParseError) {
    switch input.artifact {
    case .foreignPackageStatus: try readDatabase(&input, &rows, take)
    case .foreignBottlerocketPackages:
      guard let document = try input.readJSON(&rows) else { return }
      for entry in document["Content"]?.array ?? [] {
        guard let name = entry["Name"]?.filledString, let version = entry["Version"]?.filledString
        else { continue }
        let release = entry["Release"]?.filledString.map { "-" + $0 } ?? ""
        let architecture = entry["Architecture"]?.filledString
        take(
          Package(name: name, version: version + release, architecture: architecture),
          entry.object?.line, &rows)
      }
    default:
      var format = PackageText()
      while let line = try input.nextLine() {
        if let package = format.read(line) {
          take(package, input.lineNumber, &rows)
        } else if complains, !isRemark(line) {
          rows.unreadable("not a package", line: input.lineNumber)
        }
      }
    }
  }

  /// Stanzas of `Key: value` lines with a blank line between them.
  private static func readDatabase<Row>(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Row>,
    _ take: (Package, Int?, inout RowSink<Row>) -> Void
  ) throws(ParseError) {
    var fields: [String: String] = [:]
    var start = 1
    func flush(_ rows: inout RowSink<Row>) {
      defer { fields = [:] }
      guard let name = fields["Package"], let version = fields["Version"],
        fields["Status"]?.hasSuffix(" installed") == true
      else { return }
      let architecture = fields["Architecture"]
      take(Package(name: name, version: version, architecture: architecture), start, &rows)
    }
    while let line = try input.nextLine() {
      if line.allSatisfy(\.isWhitespace) {
        flush(&rows)
        start = input.lineNumber + 1
      } else if let (key, value) = line.cut(at: 0x3a) {
        let name = String(key)
        guard ["Package", "Version", "Status", "Architecture"].contains(name) else { continue }
        fields[name] = String(value.trimmed)
      }
    }
    flush(&rows)
  }

  /// The package of a line; nil for headers and for what is no package.
  mutating func read(_ line: Bytes) -> Package? {
    let words = line.words
    guard let first = words.first else { return nil }
    if first.equals("#") {
      hasEpochs = words.count > 1 && words[1].equals("rpm:")
      return nil
    }
    switch words.count {
    case 1: return Self.rpm(first)
    case 3: return package(words[0], words[1], words[2])
    case 5 where hasEpochs: return withEpoch(words)
    case 4...: return Self.dpkg(words)
    default: return nil
    }
  }

  /// Headers of all lists, and what stands in them without being a package.
  static func isRemark(_ line: Bytes) -> Bool {
    guard let first = line.words.first else { return true }
    let marks = ["#", "Desired=", "|", "+++-", "gpg-pubkey-", "rc", "un", "pn"]
    return marks.contains { first.starts($0) } || ShellPrompt.matches(line)
  }

  private func package(_ name: Bytes, _ version: Bytes, _ architecture: Bytes) -> Package? {
    guard version.contains(where: \.isASCIIDigit) else { return nil }
    return Package(
      name: String(name), version: String(version), architecture: String(architecture))
  }

  /// `NAME EPOCH VERSION RELEASE ARCH`; most packages have no epoch.
  private func withEpoch(_ words: [Bytes]) -> Package? {
    let epoch = words[1].equals("(none)") || words[1].equals("0") ? "" : String(words[1]) + ":"
    return Package(
      name: String(words[0]), version: epoch + String(words[2]) + "-" + String(words[3]),
      architecture: String(words[4]))
  }

  /// `ii  name[:arch]  version  arch  description`; other states than `ii` are not installed.
  private static func dpkg(_ words: [Bytes]) -> Package? {
    guard words[0].equals("ii") || words[0].equals("hi") else { return nil }
    let name = words[1].prefix { $0 != UInt8(ascii: ":") }
    return Package(
      name: String(name), version: String(words[2]), architecture: String(words[3]))
  }

  /// `name-version-release.arch`: version and release have no hyphen.
  private static func rpm(_ word: Bytes) -> Package? {
    guard let dot = word.lastIndex(of: UInt8(ascii: ".")),
      let release = word[..<dot].lastIndex(of: UInt8(ascii: "-")),
      let version = word[..<release].lastIndex(of: UInt8(ascii: "-")),
      version > word.startIndex, version + 1 < release, dot + 1 < word.endIndex
    else { return nil }
    return Package(
      name: String(word[..<version]), version: String(word[(version + 1)..<dot]),
      architecture: String(word[(dot + 1)...]))
  }
}
