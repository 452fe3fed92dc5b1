/// The table that `ps` prints: columns by its header, the last one is the command with blanks.
struct ProcessText {
  /// A line of the table.
  struct Process {
    var row: NodeProcess
    /// False for a further thread of a process that has a line of its own.
    var isMainThread: Bool
  }

  private let columns: [String]

  /// `USER PID %CPU …  COMMAND` or `UID PID SPID PPID …  CMD`; nil for any other line.
  init?(header line: Bytes) {
    let words = line.words
    guard words.count >= 4, words.count <= 30, words.contains(where: { $0.equals("PID") }),
      let last = words.last, last.equals("COMMAND") || last.equals("CMD")
    else { return nil }
    columns = words.map { String($0) }
  }

  /// A process; nil for a line that has too few columns or no id.
  func read(_ line: Bytes) -> Process? {
    var rest = line
    var fields: [String: Bytes] = [:]
    for column in columns.dropLast() {
      rest = rest.drop(while: \.isWhitespace)
      let word = rest.prefix { !$0.isWhitespace }
      guard !word.isEmpty else { return nil }
      fields[column] = word
      rest = rest[word.endIndex...]
    }
    guard let pid = fields["PID"]?.integer else { return nil }
    let origin = fields["SPID"] == nil ? "ps" : "ps_threads"
    var row = NodeProcess(pid: pid, origin: origin)
    row.parent = fields["PPID"]?.integer
    row.user = (fields["USER"] ?? fields["UID"]).map { String($0) }
    row.state = (fields["STAT"] ?? fields["S"])?.first.map { String(UnicodeScalar($0)) }
    row.threads = fields["NLWP"]?.integer
    row.residentBytes = (fields["RSS"] ?? fields["RES"])?.integer.flatMap {
      NodeLoad.product($0, 1024)
    }
    row.cpuUs = fields["TIME"].flatMap(Self.duration)
    let command = Self.withoutTree(rest.trimmed)
    row.arguments = command.isEmpty ? nil : String(command)
    row.name = Self.name(command)
    return Process(row: row, isMainThread: fields["SPID"].map { $0.integer == pid } ?? true)
  }

  /// `ps f` draws the tree of processes in front of the commands.
  private static func withoutTree(_ command: Bytes) -> Bytes {
    var rest = command
    while let first = rest.first, first.isBlank || first == UInt8(ascii: "|") {
      rest = rest.dropFirst()
    }
    return rest.starts("\\_ ") ? rest.dropFirst(3) : command
  }

  /// The program's last path component; kernel threads stand in brackets.
  private static func name(_ command: Bytes) -> String? {
    if command.first == UInt8(ascii: "["), command.last == UInt8(ascii: "]") {
      return String(command.dropFirst().dropLast())
    }
    guard let program = command.words.first else { return nil }
    let name = program.split(separator: UInt8(ascii: "/")).last ?? program
    return String(name)
  }

  /// `[[days-]hours:]minutes:seconds` in microseconds.
  static func duration(_ text: Bytes) -> Int64? {
    var clock = text
    var days: Int64 = 0
    if let (front, rest) = text.cut(at: UInt8(ascii: "-")) {
      guard let count = front.integer, (0..<100_000).contains(count) else { return nil }
      days = count
      clock = rest
    }
    let parts = clock.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    var seconds: Int64 = 0
    for part in parts {
      guard let value = part.integer, (0..<100_000_000).contains(value) else { return nil }
      seconds = seconds * 60 + value
    }
    seconds += days * 86_400
    return seconds * 1_000_000
  }
}
