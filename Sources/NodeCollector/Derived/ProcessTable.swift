import FoundationEssentials
import SystemPackage

/// Finds processes of the node by the name that the kernel shows.
struct ProcessTable: Sendable {
  let host: Host

  /// A running process.
  struct Process: Sendable {
    let pid: Int
    /// Start time in clock ticks (1/100 s) after boot.
    let startTicks: Int64?
  }

  /// The processes with a given `comm`, which the kernel cuts to 15 bytes, oldest first.
  func processes(named name: String) -> [Process] {
    let files = SmallFile(host: host)
    let wanted = String(name.prefix(15))
    return pids().compactMap { pid in
      guard files.line("/proc/\(pid)/comm") == wanted else { return nil }
      return Process(pid: pid, startTicks: startTicks(files.line("/proc/\(pid)/stat")))
    }.sorted { $0.pid < $1.pid }
  }

  /// Numbers of all processes that `/proc` shows.
  func pids() -> [Int] {
    // Without a process table there is nothing to find, which the caller reports as `missing`.
    let names =
      (try? FileManager.default.contentsOfDirectory(
        atPath: host.path("/proc").string)) ?? []
    return names.compactMap { Int($0) }
  }

  /// The 22nd field; the second one, in parentheses, may itself hold blanks and parentheses.
  private func startTicks(_ line: String?) -> Int64? {
    guard let line, let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? Int64(fields[19]) : nil
  }

  /// Arguments or environment of a process, which the kernel separates by zero bytes.
  func strings(_ file: String, of pid: Int) -> [String]? {
    SmallFile(host: host).bytes("/proc/\(pid)/\(file)", limit: 1 << 20)?
      .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// When a process started, in microseconds since 1970.
  func startTime(of process: Process) -> Int64? {
    guard let ticks = process.startTicks, let boot = bootTime else { return nil }
    return boot + ticks * 10_000
  }

  /// When the kernel started, in microseconds since 1970.
  var bootTime: Int64? {
    let statistics = SmallFile(host: host).text("/proc/stat", limit: 4 << 20)
    let line = statistics?.split(separator: "\n").first { $0.hasPrefix("btime ") }
    return line.flatMap { Int64($0.dropFirst(6)) }.map { $0 * 1_000_000 }
  }
}
