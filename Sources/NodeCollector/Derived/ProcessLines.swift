import BundleModel
import FoundationEssentials
import Redaction
import SystemPackage

/// Every process of the node, one JSON line for each: who holds processor and memory, what hangs
/// in the kernel, what was restarted, what ran out of files. Arguments of known programs only.
struct ProcessLines: Sendable {
  let host: Host

  private struct Line: Encodable {
    var pid: Int
    var parent: Int?
    var name: String
    var state: String?
    var user: Int?
    var threads: Int?
    var user_ticks: Int64?
    var system_ticks: Int64?
    /// Clock ticks spent waiting for disks; 0 where the kernel doesn't count.
    var disk_wait_ticks: Int64?
    var started_at: String?
    var memory_kib: Int64?
    var cgroup: String?
    var open_files: Int?
    var open_files_limit: String?
    var arguments: [String]?
  }

  func output() -> DerivedSource.Output {
    let table = ProcessTable(host: host)
    let boot = table.bootTime
    var bytes: [UInt8] = []
    for pid in table.pids().sorted() {
      // A process that ended between listing and looking has no line.
      guard let line = line(pid, boot, table) else { continue }
      guard let json = try? JSONBytes.encode(line) else { continue }
      bytes += json
    }
    return bytes.isEmpty ? .none(.missing, "/proc shows no process") : .bytes(bytes)
  }

  private func line(_ pid: Int, _ boot: Int64?, _ table: ProcessTable) -> Line? {
    let files = SmallFile(host: host)
    guard let text = files.line("/proc/\(pid)/stat"), let open = text.firstIndex(of: "("),
      let close = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    func number(_ field: Int) -> Int64? {
      // Field 3 is the first one behind the name.
      fields.count > field - 3 ? Int64(fields[field - 3]) : nil
    }
    let status = StatusFields(files.text("/proc/\(pid)/status"))
    let limits = files.text("/proc/\(pid)/limits")?.split(separator: "\n")
      .first { $0.hasPrefix("Max open files") }
    let started = boot.flatMap { boot in number(22).map { boot + $0 * 10_000 } }
    return Line(
      pid: pid, parent: number(4).map { Int($0) },
      name: String(text[text.index(after: open)..<close]), state: fields.first.map(String.init),
      user: status.first("Uid").flatMap { Int($0) }, threads: number(20).map { Int($0) },
      user_ticks: number(14), system_ticks: number(15), disk_wait_ticks: number(42),
      started_at: started.map { RFC3339.string(microseconds: $0) },
      memory_kib: status.first("VmRSS").flatMap { Int64($0) },
      cgroup: files.text("/proc/\(pid)/cgroup")?.split(separator: "\n").last.map(String.init),
      open_files: openFiles(pid),
      open_files_limit: limits?.split(separator: " ").dropFirst(3).first.map(String.init),
      arguments: table.strings("cmdline", of: pid).map(Self.kept))
  }

  private func openFiles(_ pid: Int) -> Int? {
    // Other users' descriptors are visible to root only.
    try? FileManager.default.contentsOfDirectory(
      atPath: host.path("/proc/\(pid)/fd").string
    ).count
  }

  /// Programs that write a title over their arguments leave one text with blanks.
  private static func kept(_ arguments: [String]) -> [String] {
    guard arguments.count == 1, arguments[0].contains(" ") else {
      return CommandLineRedaction.masked(arguments)
    }
    return CommandLineRedaction.masked(arguments[0].split(separator: " ").map(String.init))
  }
}

/// The fields of a process's `status`.
struct StatusFields {
  private var fields: [String: [String]] = [:]

  init(_ text: String?) {
    for line in (text ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0])] = parts[1].split { $0 == "\t" || $0 == " " }.map(String.init)
    }
  }

  /// The first word of a field.
  func first(_ name: String) -> String? { fields[name]?.first }

  /// A field as it stands, its words separated by one blank.
  func text(_ name: String) -> String? { fields[name]?.joined(separator: " ") }
}
