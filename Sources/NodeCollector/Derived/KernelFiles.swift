import BundleModel

/// Several small files of the kernel as one document, read within a moment, word for word.
struct KernelFiles: Sendable {
  let host: Host

  struct Report: Encodable {
    var taken_at: String
    var monotonic_us: Int64
    var files: [File]
  }

  struct File: Encodable {
    var path: String
    var text: String
  }

  /// Counters of the protocols and of the processors' packet queues.
  static let counters = [
    "snmp", "snmp6", "netstat", "sockstat", "sockstat6", "softnet_stat", "protocols",
  ].map { "/proc/net/\($0)" }

  func output(_ paths: [String]) -> DerivedSource.Output {
    var report = Report(
      taken_at: RFC3339.string(microseconds: host.clock.wall()),
      monotonic_us: host.clock.monotonic(), files: [])
    for path in paths {
      if let text = SmallFile(host: host).text(path, limit: 256 << 10) {
        report.files.append(File(path: path, text: text))
      }
    }
    return report.files.isEmpty
      ? .none(.missing, "none of \(paths.joined(separator: ", ")) can be read") : .json(report)
  }
}
