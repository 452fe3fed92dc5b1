import BundleModel

/// Something that kernel, system services or cluster programs on the host logged.
public struct HostEvent: FactRow {
  var program: String
  var timeUs: Int64?
  var lastUs: Int64?
  var bootUs: Int64?
  var level: String?
  var event: String
  var interface: String?
  var address: String?
  var peer: String?
  var namespace: String?
  var pod: String?
  var sandbox: String?
  var failureClass: String?
  var subject: String?
  var number: Int64?
  var count: Int64
  var message: String

  /// Records that differ in their time alone are one row if they lie within this time.
  static let foldUs: Int64 = 60_000_000

  /// The declaration of `host_event`.
  public static let schema = Schema<Self>(
    "host_event",
    "Events in the logs of kernel, system services, container runtime, kube-proxy and CoreDNS. One"
      + " record may stand in several logs: count by artifact.",
    from: [
      .kernelMessages, .foreignKernelMessages, .foreignKernelMessagesByTime, .systemLog, .warnings,
      .networkJournals, .runtimeJournal, .proxyPodLogs, .dnsPodLogs, .foreignJournal,
    ],
    columns: [
      Column("program", \.program, "Program that wrote it; kernel for the kernel."),
      Column(
        "time_us", \.timeUs,
        "When it was written, in microseconds since 1970; stamps without a zone count as UTC."),
      Column(
        "last_us", \.lastUs, "When the last record was written, in microseconds since 1970 UTC."),
      Column(
        "boot_us", \.bootUs,
        "When it was written, in microseconds since boot; add btime_us of node_property."),
      Column("level", \.level, "debug, info, warn, error or fatal; NULL if not printed."),
      Column(
        "event", \.event,
        "Kernel: martian_source, martian_destination, conntrack_full, neighbour_overflow, oom_kill,"
          + " oom, link_renamed, link_down, link_up, driver_reset, transmit_timeout,"
          + " messages_suppressed, task_hung, cpu_stuck, segfault, syn_flood, duplicate_address,"
          + " device_leak, fork_rejected, disk_error, tcp_memory, access_denied, clock_unstable."
          + " Services: unit_failed, unit_restart, log_gap, carrier_lost, carrier_gained, lease_lost,"
          + " address_taken, network_change_failed, mac_not_set, rename_failed, device_managed,"
          + " clock_wrong. Runtime: sandbox_failed, sandbox_delete_failed, cni_config_failed,"
          + " exec_failed, image_pull_failed, shim_lost, container_failed. kube-proxy: lock_held,"
          + " rules_failed, rules_slow, proxy_mode, api_watch_failed, conntrack_limit. CoreDNS:"
          + " upstream_timeout, upstream_refused, upstream_failed, forward_loop, not_ready."),
      Column("interface", \.interface, "Interface that it is about."),
      Column("address", \.address, "Address that it is about; a martian packet's destination."),
      Column("peer", \.peer, "The other address; a martian packet's source."),
      Column("namespace", \.namespace, "Namespace of the pod."),
      Column("pod", \.pod, "Name of the pod."),
      Column("container_id", \.sandbox, "Id of the sandbox."),
      Column(
        "class", \.failureClass,
        "Why a sandbox failed: ip, ipamd-down, version, branch, policy, conf, setup; else NULL."),
      Column(
        "subject", \.subject,
        "Killed process, unit, table, old name of an interface, or mode of kube-proxy."),
      Column(
        "number", \.number, "Id of the killed process, messages left out, or restarts of a unit."),
      Column("count", \.count, "Records that the row stands for."),
      Column("message", \.message, "The message of the first record, cut where it is long."),
    ])

  init(_ line: HostLine, _ event: String) {
    program = line.program.map { String($0) } ?? ""
    timeUs = line.timeUs
    lastUs = line.timeUs
    bootUs = line.bootUs
    level = line.level?.text
    self.event = event
    count = line.count
    message = String(line.message.prefix(FactLimits.eventMessageBytes))
    read(line.message)
  }

  /// Takes in a record that differs in its time alone.
  mutating func repeated(by other: Self) {
    count += other.count
    lastUs = other.timeUs ?? lastUs
  }

  /// Whether a record tells the same, not much later.
  func isRepeated(by other: Self) -> Bool {
    guard event == other.event, program == other.program, interface == other.interface,
      address == other.address, peer == other.peer, subject == other.subject,
      sandbox == other.sandbox, pod == other.pod
    else { return false }
    // What counts something is a record of its own.
    guard number == nil, other.number == nil else { return false }
    guard let first = timeUs ?? bootUs, let second = other.timeUs ?? other.bootUs else {
      return true
    }
    let (distance, overflow) = second.subtractingReportingOverflow(first)
    return !overflow && abs(distance) <= Self.foldUs
  }
}
