import BundleModel
import Crypto
import FoundationEssentials

/// Names the node and anchors its logs in time.
struct HostIdentity: Sendable {
  let host: Host

  private struct Identity: Encodable {
    var hostname: String?
    var sysname: String?
    var kernel: String?
    var kernel_version: String?
    var machine: String?
    var boot_id: String?
    /// SHA-256 of the machine's id: tells nodes apart without naming one.
    var machine_id_sha256: String?
    /// The name in `/etc/hostname`.
    var configured_hostname: String?
    var btime: Int?
    var uptime_s: Double?
    var collected_at: String
  }

  func output() -> DerivedSource.Output {
    let files = SmallFile(host: host)
    let system = SystemName.current()
    let identity = Identity(
      hostname: system.nodeName, sysname: system.name, kernel: system.release,
      kernel_version: system.version, machine: system.machine,
      boot_id: files.line("/proc/sys/kernel/random/boot_id"),
      machine_id_sha256: files.line("/etc/machine-id").map {
        SHA256.hash(data: Array($0.utf8)).hexadecimal
      },
      configured_hostname: files.line("/etc/hostname"),
      btime: bootTime(files.text("/proc/stat", limit: 4 << 20)),
      uptime_s: files.line("/proc/uptime")?.split(separator: " ").first.flatMap { Double($0) },
      collected_at: RFC3339.string(microseconds: host.clock.wall()))
    return .json(identity)
  }

  private func bootTime(_ statistics: String?) -> Int? {
    let line = statistics?.split(separator: "\n").first { $0.hasPrefix("btime ") }
    return line.flatMap { Int($0.dropFirst(6)) }
  }
}
