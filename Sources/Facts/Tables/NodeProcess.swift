import BundleModel

/// A process of the node.
public struct NodeProcess: FactTable {
  var pid: Int64
  var parent: Int64?
  var name: String?
  var state: String?
  var user: String?
  var threads: Int64?
  var cpuUs: Int64?
  var diskWaitUs: Int64?
  var startedUs: Int64?
  var startedAfterBootUs: Int64?
  var residentBytes: Int64?
  var cgroup: String?
  var openFiles: Int64?
  var openFilesLimit: String?
  var arguments: String?
  var origin: String

  /// Microseconds of a tick in /proc: the kernel's user interface has 100 ticks in a second.
  static let tickUs: Int64 = 10_000

  /// The declaration of `process`.
  public static let schema = Schema<Self>(
    "process",
    "Processes of the node; other archives tell one and the same from several sources.",
    from: [.processes, .foreignProcesses, .foreignThreads, .foreignProcessStats],
    columns: [
      Column("pid", \.pid, "Id of the process."),
      Column("parent", \.parent, "Id of its parent."),
      Column("name", \.name, "Name, at most 15 characters; NULL where only arguments are known."),
      Column("state", \.state, "State: R, S, D (waits for a disk), Z, T and so on."),
      Column("user", \.user, "User, as a number or by name."),
      Column("threads", \.threads, "Number of its threads."),
      Column("cpu_us", \.cpuUs, "Processor time that it used, in microseconds."),
      Column("disk_wait_us", \.diskWaitUs, "Time that it waited for disks, in microseconds."),
      Column("started_us", \.startedUs, "When it started, in microseconds since 1970 UTC."),
      Column(
        "started_after_boot_us", \.startedAfterBootUs,
        "When it started, in microseconds since boot, where nothing better is known."),
      Column("resident_bytes", \.residentBytes, "Memory that it occupies, in bytes."),
      Column("cgroup", \.cgroup, "Its control group."),
      Column("open_files", \.openFiles, "Number of its open files."),
      Column("open_files_limit", \.openFilesLimit, "Files that it may open: a number, unlimited."),
      Column("arguments", \.arguments, "Its arguments, separated by blanks, secrets masked."),
      Column("origin", \.origin, "proc (our own list), ps, ps_threads or proc_stat."),
    ])

  /// Reads our lines, `ps` with its header, or `/proc/<pid>/stat` lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard input.artifact != .processes else {
      return try input.forEachJSON(&rows) { value, line, rows in
        guard let pid = value["pid"]?.integer else {
          return rows.unreadable("a process without an id", line: line)
        }
        var row = Self(pid: pid, origin: "proc")
        row.read(value)
        rows.append(row, line: line)
      }
    }
    var table: ProcessText?
    while let line = try input.nextLine() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      if let header = ProcessText(header: line) {
        table = header
      } else if let stat = Self(statLine: line) {
        rows.append(stat, line: input.lineNumber)
      } else if let process = table?.read(line) {
        if process.isMainThread { rows.append(process.row, line: input.lineNumber) }
      } else if !ShellPrompt.matches(line), !line.starts("top - ") {
        rows.unreadable("not a process", line: input.lineNumber)
      }
    }
  }

  private mutating func read(_ value: JSONValue) {
    parent = value["parent"]?.integer
    name = value["name"]?.filledString
    state = value["state"]?.filledString
    user = value["user"]?.scalarText
    threads = value["threads"]?.integer
    cpuUs = Self.microseconds(value["user_ticks"]?.integer, value["system_ticks"]?.integer)
    diskWaitUs = Self.microseconds(value["disk_wait_ticks"]?.integer, 0)
    startedUs = Timestamp.whole(value["started_at"]?.string)
    residentBytes = value["memory_kib"]?.integer.flatMap { NodeLoad.product($0, 1024) }
    cgroup = value["cgroup"]?.filledString
    openFiles = value["open_files"]?.integer
    openFilesLimit = value["open_files_limit"]?.filledString
    let words = (value["arguments"]?.array ?? []).compactMap(\.string)
    arguments = words.isEmpty ? nil : words.joined(separator: " ")
  }

  private static func microseconds(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return nil }
    let (sum, overflow) = first.addingReportingOverflow(second)
    return overflow ? nil : NodeLoad.product(sum, tickUs)
  }

  /// `4711 (aws-k8s-agent) S 4700 …`; the name may hold blanks and brackets itself.
  private init?(statLine line: Bytes) {
    guard let open = line.firstIndex(of: UInt8(ascii: "(")),
      let pid = line[..<open].trimmed.integer,
      let close = line.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = line[(close + 1)...].words
    // Field 3 is the first one behind the name; a line has at least 40 of them.
    guard fields.count >= 38, fields[0].count == 1 else { return nil }
    func number(_ field: Int) -> Int64? {
      fields.count > field - 3 ? fields[field - 3].integer : nil
    }
    self.init(pid: pid, origin: "proc_stat")
    name = String(line[(open + 1)..<close])
    state = String(fields[0])
    parent = number(4)
    cpuUs = Self.microseconds(number(14), number(15))
    threads = number(20)
    startedAfterBootUs = Self.microseconds(number(22), 0)
    diskWaitUs = Self.microseconds(number(42), 0)
  }

  init(pid: Int64, origin: String) {
    self.pid = pid
    self.origin = origin
  }
}
