import BundleModel

/// The limits and counters of a control group.
public struct ControlGroup: FactTable {
  var process: String?
  var pid: Int64?
  var path: String
  var periods: Int64?
  var throttled: Int64?
  var throttledUs: Int64?
  var quotaUs: Int64?
  var periodUs: Int64?
  var weight: Int64?
  var memory: Int64?
  var memoryLimit: Int64?
  var oomKills: Int64?
  var tasks: Int64?
  var taskLimit: Int64?
  var takenUs: Int64?
  var reading: Int

  /// The declaration of `control_group`.
  public static let schema = Schema<Self>(
    "control_group", "Limits and counters of the control groups of CNI, kubelet, runtime and pods.",
    from: [.controlGroups, .controlGroupsAgain, .foreignCPUThrottling],
    columns: [
      Column("process", \.process, "Process whose group it is; NULL for the folders of pods."),
      Column("pid", \.pid, "Id of the process."),
      Column("path", \.path, "Path of the group."),
      Column("periods", \.periods, "Periods in which the group could run."),
      Column("throttled", \.throttled, "Periods in which it was stopped, for its quota was used."),
      Column("throttled_us", \.throttledUs, "How long it was stopped, in microseconds."),
      Column("quota_us", \.quotaUs, "Processor time for each period, in microseconds; NULL: any."),
      Column("period_us", \.periodUs, "Length of a period, in microseconds."),
      Column(
        "weight", \.weight, "Share of the processors: cpu.weight of version 2, cpu.shares of 1."),
      Column("memory", \.memory, "Memory that it uses, in bytes."),
      Column("memory_limit", \.memoryLimit, "Memory that it may use, in bytes; NULL: any."),
      Column("oom_kills", \.oomKills, "Processes of it that were killed for lack of memory."),
      Column("tasks", \.tasks, "Its processes and threads."),
      Column("task_limit", \.taskLimit, "Processes and threads that it may have; NULL: any."),
      Column("taken_us", \.takenUs, "When it was read, in microseconds since 1970 UTC."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end."),
    ])

  private init(path: String, reading: Int) {
    self.path = path
    self.reading = reading
  }

  /// Reads our documents, or the list of throttled groups of other collectors.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard input.artifact != .foreignCPUThrottling else {
      return try readThrottled(&input, &rows)
    }
    let reading = input.reading
    guard let document = try input.readJSON(&rows) else { return }
    for group in document["groups"]?.array ?? [] {
      guard let path = group["path"]?.string else {
        rows.unreadable("a control group without a path", line: group.object?.line)
        continue
      }
      var row = Self(path: path, reading: reading)
      row.process = group["process"]?.filledString
      row.pid = group["pid"]?.integer
      row.takenUs = Timestamp.whole(document["collected_at"]?.string)
      for (name, text) in group["files"]?.object?.members ?? [] {
        row.read(name, Array((text.string ?? "").utf8)[...])
      }
      rows.append(row, line: group.object?.line)
    }
  }

  private mutating func read(_ file: String, _ text: Bytes) {
    let words = text.words
    switch file {
    case "cpu.stat": readCounters(words)
    case "cpu.max":
      quotaUs = words.first?.integer
      periodUs = words.count > 1 ? words[1].integer : nil
    case "cpu.cfs_quota_us": quotaUs = words.first?.integer.flatMap { $0 < 0 ? nil : $0 }
    case "cpu.cfs_period_us": periodUs = words.first?.integer
    case "cpu.weight", "cpu.shares": weight = words.first?.integer
    case "memory.current", "memory.usage_in_bytes": memory = words.first?.integer
    case "memory.max": memoryLimit = words.first?.integer
    // Version 1 writes the largest multiple of a page for "no limit".
    case "memory.limit_in_bytes":
      memoryLimit = words.first?.integer.flatMap { $0 > 1 << 60 ? nil : $0 }
    case "memory.events", "memory.oom_control": oomKills = Self.counter("oom_kill", words)
    case "pids.current": tasks = words.first?.integer
    case "pids.max": taskLimit = words.first?.integer
    default: break
    }
  }

  private mutating func readCounters(_ words: [Bytes]) {
    periods = Self.counter("nr_periods", words)
    throttled = Self.counter("nr_throttled", words)
    // Version 1 counts nanoseconds.
    throttledUs =
      Self.counter("throttled_usec", words)
      ?? Self.counter("throttled_time", words).map { $0 / 1000 }
  }

  private static func counter(_ name: String, _ words: [Bytes]) -> Int64? {
    guard let place = words.firstIndex(where: { $0.equals(name) }), place + 1 < words.count else {
      return nil
    }
    return words[place + 1].integer
  }

  /// A path that ends with `cpu.stat`, then the lines of that file.
  private static func readThrottled(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    var open: (path: String, words: [Bytes], line: Int)?
    func flush(_ rows: inout RowSink<Self>) {
      guard let (path, words, line) = open, !words.isEmpty else { return }
      var row = Self(path: path, reading: 1)
      row.readCounters(words)
      rows.append(row, line: line)
    }
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      if line.first == UInt8(ascii: "/"), line.hasSuffix("cpu.stat") {
        flush(&rows)
        open = (String(line.dropLast(9)), [], input.lineNumber)
      } else if let count = open?.words.count, count < FactLimits.fieldsPerRecord {
        let words = line.words
        if words.count == 2, words[1].integer != nil { open?.words += words }
      }
    }
    flush(&rows)
  }
}
