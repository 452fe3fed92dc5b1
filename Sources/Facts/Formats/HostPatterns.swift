/// What kernel, system services and cluster programs on the host say that matters to the pod
/// network, by the program that says it.
enum HostPatterns {
  /// The catalogue for the lines of a program; programs without one have no events.
  static func catalogue(of program: Bytes?) -> EventCatalogue? {
    guard let program, let first = program.first else { return nil }
    switch first {
    case UInt8(ascii: "k") where program.equals("kernel"): return kernel
    case UInt8(ascii: "k") where program.equals("kube-proxy"): return proxy
    case UInt8(ascii: "c") where program.equals("containerd") || program.equals("crio"):
      return runtime
    case UInt8(ascii: "d") where program.equals("dockerd"): return runtime
    case UInt8(ascii: "c") where program.equals("coredns"): return names
    case UInt8(ascii: "c") where program.equals("chronyd"): return services
    case UInt8(ascii: "s") where program.starts("systemd"): return services
    case UInt8(ascii: "(") where program.starts("(udev"): return services
    case UInt8(ascii: "N") where program.equals("NetworkManager"): return services
    case UInt8(ascii: "r") where program.equals("rsyslogd"): return services
    case UInt8(ascii: "j") where program.equals("journal"): return services
    case UInt8(ascii: "d") where program.starts("dhclient"): return services
    case UInt8(ascii: "n") where program.starts("nm-"): return services
    default: return nil
    }
  }

  /// Whether any program's events can be in a line.
  static func mayHoldEvent(_ line: Bytes) -> Bool {
    all.mayHoldEvent(line)
  }

  private static let kernelRules: [EventCatalogue.Rule] = [
    .init("martian_source", ["martian source "]),
    .init("martian_destination", ["martian destination "]),
    .init("conntrack_full", ["table full, dropping packet"]),
    .init("neighbour_overflow", ["eighbor table overflow", "eighbour table overflow"]),
    .init("oom_kill", ["Killed process ", "Kill process "]),
    .init("oom", ["invoked oom-killer"]),
    .init("link_renamed", [": renamed from "]),
    .init("link_down", ["Link is Down", "Link is down", "NIC Link is Down"]),
    .init("link_up", ["Link is Up", "Link is up", "link becomes ready"]),
    .init("driver_reset", ["Keep alive watchdog timeout", "Trigger reset is on", "Device reset"]),
    .init("transmit_timeout", ["NETDEV WATCHDOG"]),
    .init("messages_suppressed", [" callbacks suppressed", " messages suppressed"]),
    .init("task_hung", [" blocked for more than "]),
    .init("cpu_stuck", ["soft lockup", "hard LOCKUP", "rcu_sched detected stalls"]),
    .init("segfault", [" segfault at "]),
    .init("syn_flood", ["ossible SYN flooding"]),
    .init("duplicate_address", ["duplicate address"]),
    .init("device_leak", ["unregister_netdevice: waiting for"]),
    .init("fork_rejected", ["fork rejected by pids controller"]),
    .init("disk_error", ["I/O error", "EXT4-fs error", "Metadata corruption detected"]),
    .init("tcp_memory", ["TCP: out of memory"]),
    .init("access_denied", ["avc:  denied", "apparmor=\"DENIED\""]),
    .init("clock_unstable", ["Marking clocksource", "clocksource unstable"]),
  ]

  private static let serviceRules: [EventCatalogue.Rule] = [
    .init("unit_failed", ["Failed with result", "Main process exited"]),
    .init("unit_restart", ["Scheduled restart job"]),
    .init("log_gap", ["Suppressed "], [" messages from "]),
    .init("log_gap", ["begin to drop messages", "messages lost due to rate-limiting"]),
    .init("carrier_lost", [": Lost carrier"]),
    .init("carrier_gained", [": Gained carrier"]),
    .init("lease_lost", ["DHCP lease lost", "DHCPv4 lease lost", "DHCPv6 lease lost"]),
    .init("address_taken", ["DHCPv4 address ", "DHCP4 address "]),
    .init(
      "network_change_failed",
      [
        ": Could not set ", ": Could not remove ", ": Could not drop ", ": Could not configure ",
        ": Could not add ", ": Failed to configure",
      ]),
    .init("mac_not_set", ["Could not generate persistent MAC", "Could not set link MACAddress"]),
    .init("rename_failed", ["Failed to rename network interface"]),
    .init("device_managed", ["unmanaged -> unavailable", "reason 'managed'"]),
    .init("clock_wrong", ["System clock wrong by", "time jump detected"]),
  ]

  private static let runtimeRules: [EventCatalogue.Rule] = [
    .init("sandbox_delete_failed", ["StopPodSandbox"], ["failed", "rror"]),
    .init("sandbox_failed", ["RunPodSandbox"], ["failed", "rror"]),
    .init(
      "cni_config_failed",
      ["failed to load cni", "no network config found", "failed to reload cni"]),
    .init("exec_failed", ["ExecSync"], ["failed", "exceeded"]),
    .init("image_pull_failed", ["PullImage"], ["failed"]),
    .init("shim_lost", ["shim disconnected", "shim reaped"]),
    .init("container_failed", ["CreateContainer", "StartContainer"], ["failed"]),
  ]

  private static let proxyRules: [EventCatalogue.Rule] = [
    .init("lock_held", ["holding the xtables lock"]),
    .init(
      "rules_failed",
      ["Failed to execute iptables-restore", "Failed to ensure", "Sync failed", "sync failed"]),
    .init(
      "rules_slow", ["syncProxyRules took", "SyncProxyRules took", "Syncing iptables rules took"]),
    .init(
      "proxy_mode", ["Using iptables Proxier", "Using ipvs Proxier", "Using nftables Proxier"]),
    .init("api_watch_failed", ["Failed to watch", "ailed to list"]),
    .init("conntrack_limit", ["nf_conntrack_max"]),
  ]

  private static let nameRules: [EventCatalogue.Rule] = [
    .init("upstream_timeout", ["[ERROR] plugin/errors"], ["i/o timeout"]),
    .init("upstream_refused", ["[ERROR] plugin/errors"], ["connection refused"]),
    .init("upstream_failed", ["[ERROR] plugin/errors"]),
    .init("forward_loop", ["plugin/loop: Loop"]),
    .init("api_watch_failed", ["Failed to watch", "ailed to list", "Failed to request"]),
    .init("not_ready", ["plugin/ready: "]),
  ]

  static let kernel = EventCatalogue(kernelRules)
  static let services = EventCatalogue(serviceRules)
  static let runtime = EventCatalogue(runtimeRules)
  static let proxy = EventCatalogue(proxyRules)
  static let names = EventCatalogue(nameRules)
  /// All of them, for the first look at a line.
  static let all = EventCatalogue(
    kernelRules + serviceRules + runtimeRules + proxyRules + nameRules)
}
