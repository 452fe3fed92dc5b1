import BundleModel

/// How loaded the machine is: load, memory and processor counters at one moment.
struct HostLoad: Sendable {
  let host: Host

  private struct Load: Encodable {
    var collected_at: String
    var monotonic_us: Int64
    var loadavg: String?
    /// KiB, as the kernel counts.
    var meminfo: [String: Int64]
    var vmstat: [String: Int64]
    /// Clock ticks since boot: user, nice, system, idle, iowait, irq, softirq, steal, guest.
    var cpu_ticks: [Int64]
    var context_switches: Int64?
    var tasks_started: Int64?
    var tasks_running: Int64?
    var tasks_blocked: Int64?
    var processors: Int
    var processor_model: String?
  }

  func output() -> DerivedSource.Output {
    let files = SmallFile(host: host)
    let statistics = files.text("/proc/stat", limit: 4 << 20)
    guard let statistics else { return .none(.missing, "/proc/stat cannot be read") }
    let lines = statistics.split(separator: "\n")
    let totals = lines.first { $0.hasPrefix("cpu ") }
    let model = files.text("/proc/cpuinfo", limit: 4 << 20)?.split(separator: "\n")
      .first { $0.hasPrefix("model name") }?.split(separator: ":").last
    func counter(_ name: String) -> Int64? {
      lines.first { $0.hasPrefix(name + " ") }?.split(separator: " ").dropFirst().first
        .flatMap { Int64($0) }
    }
    return .json(
      Load(
        collected_at: RFC3339.string(microseconds: host.clock.wall()),
        monotonic_us: host.clock.monotonic(), loadavg: files.line("/proc/loadavg"),
        meminfo: KeyedNumbers.read(files.text("/proc/meminfo")),
        vmstat: KeyedNumbers.read(files.text("/proc/vmstat")),
        cpu_ticks: totals?.split(separator: " ").dropFirst().compactMap { Int64($0) } ?? [],
        context_switches: counter("ctxt"), tasks_started: counter("processes"),
        tasks_running: counter("procs_running"), tasks_blocked: counter("procs_blocked"),
        processors: lines.filter { $0.hasPrefix("cpu") && !$0.hasPrefix("cpu ") }.count,
        processor_model: model.map { String($0).trimmed }))
  }
}

/// Lines of a name and a number, as many files of the kernel have them.
enum KeyedNumbers {
  /// `name value` or `name: value kB`; other lines are passed over.
  static func read(_ text: String?) -> [String: Int64] {
    var values: [String: Int64] = [:]
    for line in (text ?? "").split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" || $0 == ":" }
      guard words.count >= 2, let value = Int64(words[1]) else { continue }
      values[String(words[0])] = value
    }
    return values
  }
}

/// How long tasks had to wait for processor, memory, disks and interrupts.
struct Pressure: Sendable {
  let host: Host

  private struct Readings: Encodable {
    var collected_at: String
    var monotonic_us: Int64
    /// For each resource `some` and `full`, with averages in percent and a total in microseconds.
    var resources: [String: [String: [String: Double]]]
  }

  func output() -> DerivedSource.Output {
    let files = SmallFile(host: host)
    var resources: [String: [String: [String: Double]]] = [:]
    for name in ["cpu", "memory", "io", "irq"] {
      resources[name] = files.text("/proc/pressure/\(name)").map(Self.read)
    }
    guard !resources.isEmpty else {
      return .none(.unsupported, "the kernel keeps no pressure stall information")
    }
    return .json(
      Readings(
        collected_at: RFC3339.string(microseconds: host.clock.wall()),
        monotonic_us: host.clock.monotonic(), resources: resources))
  }

  /// Lines such as `some avg10=0.00 avg60=0.12 avg300=0.05 total=123`.
  static func read(_ text: String) -> [String: [String: Double]] {
    var kinds: [String: [String: Double]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let kind = words.first else { continue }
      var values: [String: Double] = [:]
      for word in words.dropFirst() {
        let parts = word.split(separator: "=")
        if parts.count == 2, let value = Double(parts[1]) { values[String(parts[0])] = value }
      }
      kinds[String(kind)] = values
    }
    return kinds
  }
}
