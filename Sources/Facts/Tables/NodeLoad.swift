import BundleModel

/// How loaded the node was at one moment.
public struct NodeLoad: FactTable {
  var takenUs: Int64?
  var load1: Double?
  var load5: Double?
  var load15: Double?
  var processors: Int64?
  var running: Int64?
  var blocked: Int64?
  var memoryTotal: Int64?
  var memoryFree: Int64?
  var memoryAvailable: Int64?
  var swapTotal: Int64?
  var swapFree: Int64?
  var oomKills: Int64?
  var cpuTicks: Int64?
  var idleTicks: Int64?
  var stolenTicks: Int64?
  var tasksStarted: Int64?
  var reading: Int

  /// The declaration of `node_load`.
  public static let schema = Schema<Self>(
    "node_load", "Load, memory and processor time of the node at one moment.",
    from: [.load, .loadAgain, .foreignTop, .foreignProcStat],
    columns: [
      Column("taken_us", \.takenUs, "When it was read, in microseconds since 1970 UTC."),
      Column("load1", \.load1, "Load average over one minute."),
      Column("load5", \.load5, "Load average over five minutes."),
      Column("load15", \.load15, "Load average over fifteen minutes."),
      Column("processors", \.processors, "Number of processors."),
      Column("tasks_running", \.running, "Tasks that ran or waited for a processor."),
      Column("tasks_blocked", \.blocked, "Tasks that waited for a disk and can't be stopped."),
      Column("memory_total", \.memoryTotal, "Memory in bytes."),
      Column("memory_free", \.memoryFree, "Memory that nothing uses, in bytes."),
      Column("memory_available", \.memoryAvailable, "Memory that programs can get, in bytes."),
      Column("swap_total", \.swapTotal, "Swap space in bytes."),
      Column("swap_free", \.swapFree, "Free swap space in bytes."),
      Column("oom_kills", \.oomKills, "Processes killed for lack of memory since boot."),
      Column("cpu_ticks", \.cpuTicks, "Time of all processors since boot, in ticks of 10 ms."),
      Column("idle_ticks", \.idleTicks, "Idle part of it, waits for disks included."),
      Column("stolen_ticks", \.stolenTicks, "Part of it that the hypervisor gave to others."),
      Column("tasks_started", \.tasksStarted, "Processes and threads started since boot."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end."),
    ])

  private init(reading: Int) {
    self.reading = reading
  }

  /// Reads our documents, the head of `top -b` or `/proc/stat`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var row = Self(reading: input.reading)
    guard input.artifact == .load || input.artifact == .loadAgain else {
      var isFilled = false
      while let line = try input.nextLine() {
        isFilled = row.readText(line.trimmed) || isFilled
      }
      if isFilled { rows.append(row, line: 1) }
      return
    }
    guard let document = try input.readJSON(&rows) else { return }
    row.read(document)
    rows.append(row, line: document.object?.line)
  }

  private mutating func read(_ document: JSONValue) {
    takenUs = Timestamp.whole(document["collected_at"]?.string)
    readAverages((document["loadavg"]?.string ?? "").split(separator: " "))
    processors = document["processors"]?.integer
    running = document["tasks_running"]?.integer
    blocked = document["tasks_blocked"]?.integer
    tasksStarted = document["tasks_started"]?.integer
    func bytes(_ key: String) -> Int64? {
      document["meminfo"]?[key]?.integer.flatMap { Self.product($0, 1024) }
    }
    memoryTotal = bytes("MemTotal")
    memoryFree = bytes("MemFree")
    memoryAvailable = bytes("MemAvailable")
    swapTotal = bytes("SwapTotal")
    swapFree = bytes("SwapFree")
    oomKills = document["vmstat"]?["oom_kill"]?.integer
    readTicks((document["cpu_ticks"]?.array ?? []).compactMap(\.integer))
  }

  /// user, nice, system, idle, iowait, irq, softirq, steal; guest time is part of user time.
  private mutating func readTicks(_ ticks: [Int64]) {
    guard ticks.count >= 4 else { return }
    var sum: Int64 = 0
    for tick in ticks.prefix(8) {
      let (next, overflow) = sum.addingReportingOverflow(tick)
      guard !overflow else { return }
      sum = next
    }
    cpuTicks = sum
    idleTicks = ticks.count > 4 ? ticks[3].addingReportingOverflow(ticks[4]).partialValue : ticks[3]
    stolenTicks = ticks.count > 7 ? ticks[7] : nil
  }

  private mutating func readAverages(_ words: [Substring]) {
    guard words.count >= 3 else { return }
    load1 = Double(words[0])
    load5 = Double(words[1])
    load15 = Double(words[2])
  }

  /// `top - 09:21:31 up 1 day, 1 user,  load average: 0.52, 0.41, 0.38`, `MiB Mem :  7763.4 total`,
  /// `KiB Swap:  0 total`; lines of `/proc/stat`. Says whether the line was one of them.
  private mutating func readText(_ line: Bytes) -> Bool {
    if line.starts("top - "), let found = line.firstRange(of: Array("load average: ".utf8)) {
      readAverages(
        String(line[found.upperBound...].filter { $0 != UInt8(ascii: ",") }[...])
          .split(separator: " "))
      return true
    }
    let words = line.words
    guard let first = words.first else { return false }
    if first.equals("cpu") {
      readTicks(words.dropFirst().compactMap(\.integer))
      return true
    }
    if first.starts("cpu"), first.dropFirst(3).integer != nil {
      processors = (processors ?? 0) + 1
      return true
    }
    if words.count == 2, let value = words[1].integer {
      switch String(first) {
      case "processes": tasksStarted = value
      case "procs_running": running = value
      case "procs_blocked": blocked = value
      default: return false
      }
      return true
    }
    return readMemory(line, first)
  }

  private mutating func readMemory(_ line: Bytes, _ unit: Bytes) -> Bool {
    let factor: Double? =
      switch String(unit) {
      case "KiB": 1024
      case "MiB": 1_048_576
      case "GiB": 1_073_741_824
      default: nil
      }
    guard let factor, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let isSwap = line[..<colon].contains("Swap")
    let words = line[(colon + 1)...].split(separator: UInt8(ascii: ",")).flatMap(\.words)
    for (value, name) in zip(words, words.dropFirst()) {
      guard let number = Double(String(value)), number >= 0, number < 1e12 else { continue }
      let bytes = Int64(number * factor)
      switch (String(name), isSwap) {
      case ("total", false): memoryTotal = bytes
      case ("free", false): memoryFree = bytes
      case ("total", true): swapTotal = bytes
      // The lines of swap say how much memory is available behind a full stop.
      case ("free", true): swapFree = bytes
      case ("avail", true): memoryAvailable = bytes
      default: break
      }
    }
    return true
  }

  static func product(_ value: Int64, _ factor: Int64) -> Int64? {
    let (result, overflow) = value.multipliedReportingOverflow(by: factor)
    return overflow ? nil : result
  }
}

/// How long tasks waited for one resource.
public struct PressureReading: FactTable {
  var resource: String
  var kind: String
  var average10: Double?
  var average60: Double?
  var average300: Double?
  var totalUs: Int64?
  var reading: Int

  /// The declaration of `pressure`.
  public static let schema = Schema<Self>(
    "pressure", "Pressure stall information: the share of time in which tasks waited.",
    from: [.pressure, .pressureAgain, .foreignPressure],
    columns: [
      Column("resource", \.resource, "cpu, memory, io or irq."),
      Column("kind", \.kind, "some (at least one task waited) or full (all of them did)."),
      Column("avg10", \.average10, "Percentage of the last 10 seconds."),
      Column("avg60", \.average60, "Percentage of the last 60 seconds."),
      Column("avg300", \.average300, "Percentage of the last 300 seconds."),
      Column("total_us", \.totalUs, "Time since boot, in microseconds."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end."),
    ])

  /// Reads our documents, or a file of `/proc/pressure` that is named after its resource.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let reading = input.reading
    guard input.artifact != .foreignPressure else { return try readText(&input, &rows) }
    guard let document = try input.readJSON(&rows) else { return }
    for (resource, kinds) in document["resources"]?.object?.members ?? [] {
      for (kind, values) in kinds.object?.members ?? [] {
        rows.append(
          Self(
            resource: resource, kind: kind, average10: values["avg10"]?.double,
            average60: values["avg60"]?.double, average300: values["avg300"]?.double,
            totalUs: values["total"]?.double.flatMap { Int64(exactly: $0.rounded()) },
            reading: reading), line: values.object?.line)
      }
    }
  }

  private static func readText(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    let name = input.fileName
    let resource = ["cpu", "memory", "io", "irq"].first { name.hasSuffix("\($0).txt") } ?? name
    while let line = try input.nextLine() {
      guard let kind = line.words.first, !ShellPrompt.matches(line) else { continue }
      guard kind.equals("some") || kind.equals("full") else {
        rows.unreadable("not a line of /proc/pressure", line: input.lineNumber)
        continue
      }
      var row = Self(resource: resource, kind: String(kind), reading: input.reading)
      for word in line.words.dropFirst() {
        guard let (key, value) = word.cut(at: UInt8(ascii: "=")) else { continue }
        switch String(key) {
        case "avg10": row.average10 = Double(String(value))
        case "avg60": row.average60 = Double(String(value))
        case "avg300": row.average300 = Double(String(value))
        case "total": row.totalUs = value.integer
        default: break
        }
      }
      rows.append(row, line: input.lineNumber)
    }
  }
}
