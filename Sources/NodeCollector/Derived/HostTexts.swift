import BundleModel
import FoundationEssentials
import SystemPackage

/// Small texts of the kernel by name, as they stand there without the last line end.
struct HostTexts: Sendable {
  let host: Host

  private struct Texts: Encodable {
    var collected_at: String
    var values: [String: String]
  }

  /// Limits of files, processes and watches, and how far they are used.
  func limits() -> DerivedSource.Output {
    // The fourth field of the load average is `runnable/existing` threads.
    output(
      [
        "/proc/sys/fs/file-nr", "/proc/sys/fs/file-max", "/proc/sys/fs/nr_open",
        "/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max", "/proc/loadavg",
        "/proc/sys/fs/inotify/max_user_instances", "/proc/sys/fs/inotify/max_user_watches",
        "/proc/sys/fs/inotify/max_queued_events", "/proc/sys/vm/max_map_count",
      ], "the kernel shows no limits")
  }

  /// SELinux, other security modules and lockdown.
  func securityModules() -> DerivedSource.Output {
    output(
      [
        "/sys/fs/selinux/enforce", "/sys/kernel/security/lsm", "/sys/kernel/security/lockdown",
        "/sys/module/apparmor/parameters/enabled",
      ], "no security module shows its state")
  }

  /// Counters and queues of block devices.
  func blockDevices() -> DerivedSource.Output {
    let devices = names("/sys/block").filter { !$0.hasPrefix("loop") && !$0.hasPrefix("ram") }
    let queues = devices.flatMap { device in
      ["scheduler", "rotational", "nr_requests", "read_ahead_kb", "logical_block_size"].map {
        "/sys/block/\(device)/queue/\($0)"
      }
    }
    return output(
      ["/proc/diskstats", "/proc/partitions"] + queues, "the kernel shows no block devices")
  }

  private func output(_ paths: [String], _ absent: String) -> DerivedSource.Output {
    var values: [String: String] = [:]
    for path in paths {
      values[path] = SmallFile(host: host).text(path, limit: 1 << 20)?.trimmed
    }
    guard !values.isEmpty else { return .none(.missing, absent) }
    return .json(
      Texts(collected_at: RFC3339.string(microseconds: host.clock.wall()), values: values))
  }

  /// Names in a folder; a folder that is absent or closed has none to show.
  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: host.path(folder).string)) ?? [])
      .sorted()
  }

  /// Loaded modules as the kernel lists them, behind lines on modules that may be built in.
  func modules() -> DerivedSource.Output {
    let wanted = [
      "nf_conntrack", "ip_tables", "ip6_tables", "nf_tables", "br_netfilter", "ip_set", "ip_vs",
      "overlay", "vxlan", "ena", "efa",
    ]
    let loaded = SmallFile(host: host).text("/proc/modules", limit: 1 << 20)
    let present = wanted.map { name in
      let folder = host.path("/sys/module/\(name)").string
      let word = FileManager.default.fileExists(atPath: folder) ? "present" : "absent"
      return "# /sys/module/\(name): \(word)\n"
    }
    guard loaded != nil || present.contains(where: { $0.hasSuffix(" present\n") }) else {
      return .none(.unsupported, "the kernel shows no modules")
    }
    return .bytes(Array((present.joined() + (loaded ?? "")).utf8))
  }

  /// What machine this is.
  func hardware() -> DerivedSource.Output {
    let files = SmallFile(host: host)
    var dmi: [String: String] = [:]
    for name in [
      "sys_vendor", "product_name", "product_version", "board_asset_tag", "bios_version",
    ] {
      dmi[name] = files.text("/sys/class/dmi/id/\(name)")?.trimmed
    }
    let devices = names("/sys/bus/pci/devices").compactMap { slot -> PCIDevice? in
      let folder = "/sys/bus/pci/devices/\(slot)"
      guard let vendor = files.line("\(folder)/vendor") else { return nil }
      let kind = files.line("\(folder)/class") ?? ""
      // Amazon's devices, and network devices of anyone.
      guard vendor == "0x1d0f" || kind.hasPrefix("0x02") else { return nil }
      let driver = FileStatus.target(of: host.path(folder).appending("driver"))
      return PCIDevice(
        slot: slot, vendor: vendor, device: files.line("\(folder)/device"), class: kind,
        driver: driver?.split(separator: "/").last.map(String.init))
    }
    return .json(
      Hardware(
        machine: SystemName.current().machine, dmi: dmi,
        hypervisor: files.line("/sys/hypervisor/type"), pci: devices))
  }

  private struct Hardware: Encodable {
    var machine: String
    var dmi: [String: String]
    var hypervisor: String?
    var pci: [PCIDevice]
  }

  private struct PCIDevice: Encodable {
    var slot: String
    var vendor: String
    var device: String?
    var `class`: String
    var driver: String?
  }
}
