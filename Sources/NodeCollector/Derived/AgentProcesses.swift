import BundleModel
import SystemPackage

/// The processes of the CNI: since when they run, how much processor time they took, what limits
/// them, in which network they are, and which program they run.
struct AgentProcesses: Sendable {
  let host: Host

  private static let names = ["aws-k8s-agent", "aws-vpc-cni", "controller"]

  private struct Listing: Encodable {
    var processes: [Process]
  }

  private struct Process: Encodable {
    var name: String
    var pid: Int
    var started_at: String?
    var arguments: [String]?
    var program: String?
    var program_sha256: String?
    /// The network namespace, and the host's.
    var network_namespace: String?
    var host_network_namespace: String?
    var cgroup: String?
    var status: [String: String]
    var stat: String?
    var limits: [String]
  }

  func output() -> DerivedSource.Output {
    let table = ProcessTable(host: host)
    let processes = Self.names.flatMap { name in
      table.processes(named: name).map { describe($0, name, table) }
    }
    guard !processes.isEmpty else {
      return .none(.missing, "no process named \(Self.names.joined(separator: ", ")) runs")
    }
    return .json(Listing(processes: processes))
  }

  private func describe(
    _ process: ProcessTable.Process, _ name: String, _ table: ProcessTable
  ) -> Process {
    let files = SmallFile(host: host)
    let folder = "/proc/\(process.pid)"
    let fields = StatusFields(files.text("\(folder)/status"))
    var status: [String: String] = [:]
    for field in [
      "State", "PPid", "Uid", "Threads", "VmRSS", "VmHWM", "VmSize", "CapEff", "Seccomp", "NSpid",
      "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
    ] { status[field] = fields.text(field) }
    return Process(
      name: name, pid: process.pid,
      started_at: table.startTime(of: process).map { RFC3339.string(microseconds: $0) },
      arguments: table.strings("cmdline", of: process.pid),
      program: FileStatus.target(of: host.path("\(folder)/exe")),
      program_sha256: FileHash.sha256(of: host.path("\(folder)/exe")),
      network_namespace: FileStatus.target(of: host.path("\(folder)/ns/net")),
      host_network_namespace: FileStatus.target(of: host.path("/proc/1/ns/net")),
      cgroup: files.text("\(folder)/cgroup")?.trimmed, status: status,
      stat: files.line("\(folder)/stat"),
      limits: files.text("\(folder)/limits")?.split(separator: "\n").map(String.init) ?? [])
  }
}
