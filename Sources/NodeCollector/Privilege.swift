import BundleModel
import FoundationEssentials
import SystemPackage

/// What the collector may do, by its capabilities rather than by its user id.
public struct Privilege: Sendable, Equatable {
  /// Effective capabilities, as the kernel numbers them.
  let bits: UInt64

  /// Asks the kernel about this process.
  public init() {
    let status = Self.ownFile("/proc/self/status") ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    bits = line.flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? 0
  }

  init(bits: UInt64) {
    self.bits = bits
  }

  /// Names of the capabilities in the kernel's order.
  private static let names = [
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
  ]

  /// Effective capabilities by name.
  var capabilities: [String] {
    Self.names.enumerated().filter { bits & (1 << UInt64($0.offset)) != 0 }.map(\.element)
  }

  /// Capabilities that a whole bundle needs and that are missing: to read every file, to ask
  /// netfilter, and to enter namespaces.
  public var missing: [String] {
    let held = Set(capabilities)
    let reads = held.contains("dac_override") || held.contains("dac_read_search")
    return (reads ? [] : ["dac_read_search"])
      + ["net_admin", "sys_admin"].filter { !held.contains($0) }
  }

  /// How this process stands to the node: its namespaces are those of the node's first process.
  func description(host: Host, note: String?) -> Manifest.Privilege {
    Manifest.Privilege(
      capabilities: capabilities, hostNetwork: Self.shares("net", host),
      hostProcesses: Self.shares("pid", host), note: note)
  }

  private static func shares(_ kind: String, _ host: Host) -> Bool? {
    let manager = FileManager.default
    // Who may not look at the first process can't tell.
    let own = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(kind)")
    let first = try? manager.destinationOfSymbolicLink(
      atPath: host.path("/proc/1/ns/\(kind)").string)
    guard let own, let first else { return nil }
    return own == first
  }

  /// Whether this process runs in a container, as its own file system and environment tell.
  public static var isInContainer: Bool {
    let manager = FileManager.default
    if ["/.dockerenv", "/run/.containerenv"].contains(where: { manager.fileExists(atPath: $0) }) {
      return true
    }
    if ProcessInfo.processInfo.environment["KUBERNETES_SERVICE_HOST"] != nil { return true }
    let mounts = ownFile("/proc/self/mountinfo") ?? ""
    return mounts.split(separator: "\n").contains { line in
      let fields = line.split(separator: " ")
      return fields.count > 6 && fields[4] == "/" && line.contains(" - overlay ")
    }
  }

  private static func ownFile(_ path: String) -> String? {
    SmallFile(host: Host(clock: .system, effectiveUserID: 0)).text(path, limit: 1 << 20)
  }
}
