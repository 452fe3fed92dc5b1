import BundleModel

/// The arguments of the running kubelet.
struct KubeletFlags: Sendable {
  let host: Host

  private struct Kubelet: Encodable {
    var pid: Int
    var started_at: String?
    var arguments: [String]
  }

  func output() -> DerivedSource.Output {
    let table = ProcessTable(host: host)
    guard let process = table.processes(named: "kubelet").last else {
      return .none(.missing, "no process named kubelet runs")
    }
    guard let arguments = table.strings("cmdline", of: process.pid), !arguments.isEmpty else {
      return .none(.denied, "/proc/\(process.pid)/cmdline cannot be read")
    }
    let started = table.startTime(of: process).map { RFC3339.string(microseconds: $0) }
    return .json(Kubelet(pid: process.pid, started_at: started, arguments: arguments))
  }
}
