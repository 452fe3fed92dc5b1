import BundleModel

/// The archives of eks-log-collector.sh, of every version since 2018.
enum EKSLogCollectorLayout: LayoutAdapter {
  static let kind = BundleKind.eksLogCollector

  // The first is written by every version since it has parameters; older ones are known by several
  // of the names that all versions have.
  static let marks: [String: Int] = [
    "system/script-params.txt": 3, "sysctls/sysctl_all.txt": 2, "system/allprocstat.txt": 2,
    "system/procstat.txt": 1, "system/pkglist.txt": 1, "system/services.txt": 1,
    "system/netstat.txt": 1, "system/top.txt": 1, "system/ps.txt": 1, "kernel/uname.txt": 1,
    "kernel/dmesg.current": 1, "storage/mounts.txt": 1, "storage/lsblk.txt": 1,
    "networking/iptables-save.txt": 1, "networking/iptables-nat.txt": 1,
    "networking/iptables.txt": 1, "networking/iprule.txt": 1, "networking/iproute.txt": 1,
    "networking/ifconfig.txt": 1, "networking/conntrack.txt": 1, "ipamd/enis.json": 1,
    "ipamd/metrics.json": 1, "ipamd/networkutils-env-settings.json": 1,
    "kubelet/kubelet_service.txt": 1, "kubelet/svc.log": 1, "docker/docker-info.txt": 1,
    "containerd/containerd-config.txt": 1, "var_log/aws-routed-eni/ipamd.log": 1,
  ]

  static func placement(of path: String) -> Placement? {
    if let exact = exact[path] { return exact }
    guard let slash = path.firstIndex(of: "/") else { return nil }
    let rest = path[path.index(after: slash)...]
    switch path[..<slash] {
    case "var_log": return log(rest)
    case "networking": return network(rest)
    case "kubelet":
      guard rest.hasPrefix("config.json.d/") else { return nil }
      return Placement(.kubeletConfiguration, origin: "/etc/kubernetes/kubelet/" + rest)
    case "nodeadm": return Placement(.nodeadm)
    case "cni": return Placement(.cniConfiguration, origin: "/etc/cni/net.d/" + rest)
    case "ipamd":
      guard rest.hasPrefix("ipam-nic-"), rest.hasSuffix(".json") else { return nil }
      return Placement(.cardCheckpoints, origin: "/var/run/aws-node/" + rest)
    case "containerd":
      return rest.hasPrefix("containerd.") && rest.hasSuffix(".stacks.log")
        ? Placement(.runtimeStacks) : nil
    default: return nil
    }
  }

  private static func network(_ name: Substring) -> Placement? {
    if name.hasPrefix("ping_") { return Placement(.foreignPing) }
    let units = "systemd-network/"
    guard name.hasPrefix(units) else { return nil }
    // The script prints units with the paths of their files; a bundle of ours has the files.
    let file = name.dropFirst(units.utf8.count)
    return file.contains("/")
      ? Placement(.networkdFiles, origin: "/" + file) : Placement(parts: .files(.networkdFiles))
  }

  private static func log(_ path: Substring) -> Placement? {
    if path.hasPrefix("aws-routed-eni/") {
      return CNILogNames.placement(path.dropFirst("aws-routed-eni/".utf8.count))
    }
    if path.hasPrefix("kube-system_kube-multus") { return Placement(.multus) }
    return PodLogNames.placement(path)
  }

  private static let exact: [String: Placement] =
    system.merging(network) { first, _ in first }.merging(runtime) { first, _ in first }

  private static let system: [String: Placement] = [
    "system/instance-id.txt": Placement(.foreignInstanceID),
    "system/region.txt": Placement(.foreignRegion),
    "system/availability-zone.txt": Placement(.foreignZone),
    "system/selinux.txt": Placement(.foreignSELinux),
    "system/pkglist.txt": Placement(.foreignPackages),
    "system/services.txt": Placement(.units),
    "system/top.txt": Placement(.foreignTop),
    "system/ps.txt": Placement(.foreignProcesses),
    "system/ps-threads.txt": Placement(.foreignThreads),
    "system/netstat.txt": Placement(.foreignSockets),
    "system/procstat.txt": Placement(.foreignProcStat, origin: "/proc/stat"),
    "system/allprocstat.txt": Placement(.foreignProcessStats),
    "system/cpu_throttling.txt": Placement(.foreignCPUThrottling),
    "system/io_throttling.txt": Placement(.foreignIOThrottling),
    "system/last_reboot.txt": Placement(.foreignReboots),
    "var_log/messages": Placement(.systemLog, origin: "/var/log/messages"),
    "var_log/syslog": Placement(.systemLog, origin: "/var/log/syslog"),
    "var_log/cloud-init.log": Placement(.cloudInit, origin: "/var/log/cloud-init.log"),
    "var_log/cloud-init-output.log": Placement(
      .cloudInit, origin: "/var/log/cloud-init-output.log"),
    "var_log/user-data.log": Placement(.userData, origin: "/var/log/user-data.log"),
    "var_log/user_data.log": Placement(.userData, origin: "/var/log/user_data.log"),
    "var_log/kube-proxy.log": Placement(.proxyPodLogs, origin: "/var/log/kube-proxy.log"),
    "kernel/dmesg.boot": Placement(.foreignKernelMessages, origin: "/var/log/dmesg"),
    "kernel/dmesg.current": Placement(.foreignKernelMessages),
    "kernel/dmesg.human.current": Placement(.foreignKernelMessagesByTime),
    "kernel/uname.txt": Placement(.foreignUname),
    "modinfo/ip_vs": Placement(.foreignModules),
    "storage/mounts.txt": Placement(parts: .mounts),
    "storage/inodes.txt": Placement(.foreignInodeUse),
    "storage/lsblk.txt": Placement(.foreignBlockDevices),
    "storage/fstab.txt": Placement(.foreignFstab, origin: "/etc/fstab"),
    "sysctls/sysctl_all.txt": Placement(parts: .sysctls),
  ]

  private static let network: [String: Placement] = {
    var places: [String: Placement] = [
      "networking/iptables-save.txt": Placement(.iptablesSave),
      "networking/ip6tables-save.txt": Placement(.ip6tablesSave),
      "networking/iptables-legacy-save.txt": Placement(.iptablesLegacy),
      "networking/ipvsadm.txt": Placement(parts: .virtualServers),
      "networking/ipset.txt": Placement(parts: .sets),
      "networking/conntrack.txt": Placement(parts: .tracking),
      "networking/conntrack6.txt": Placement(parts: .tracking6),
      "networking/ifconfig.txt": Placement(.foreignIfconfig),
      "networking/iprule.txt": Placement(.policyRules),
      "networking/ip6rule.txt": Placement(.policyRules6),
      "networking/iproute.txt": Placement(.routes),
      "networking/ip6route.txt": Placement(.routes6),
      "networking/configure-multicard-interfaces.txt": Placement(.networkJournals),
      "networking/curl_api_server.txt": Placement(.foreignAPICalls),
      "networking/resolv.conf": Placement(.resolver, origin: "/etc/resolv.conf"),
      "networking/ethtool.txt": Placement(.foreignDriverStatistics),
      "networking/ebpf-data.txt": Placement(.foreignPolicyPrograms),
      "networking/ebpf-maps-data.txt": Placement(.foreignPolicyMaps),
      "networking/ebpf-cp-maps-data.txt": Placement(.foreignPolicyMaps),
    ]
    for program in ["iptables", "ip6tables"] {
      for table in ["filter", "nat", "mangle"] {
        places["networking/\(program)-\(table).txt"] = Placement(
          ArtifactID(rawValue: "net.\(program)_list_\(table)")
        ).about("\(program) \(table)")
      }
      // The table filter once more.
      places["networking/\(program).txt"] = Placement(
        ArtifactID(rawValue: "net.\(program)_list_filter")
      ).about("\(program) filter", isSpare: true)
    }
    return places
  }()

  private static let runtime: [String: Placement] = [
    "containerd/containerd-config.txt": Placement(.runtimeConfigurationInEffect),
    "containerd/containerd-log.txt": Placement(.runtimeJournal),
    "containerd/containerd-version.txt": Placement(.foreignRuntimeVersion),
    "containerd/containerd-images.txt": Placement(.foreignImages),
    "containerd/containerd-containers.txt": Placement(.foreignContainers),
    "containerd/containerd-tasks.txt": Placement(.foreignTasks),
    "containerd/containerd-plugins.txt": Placement(.foreignRuntimePlugins),
    "containerd/soci-snapshotter/soci-snapshotter-log.txt": Placement(.snapshotterJournal),
    "sandbox-image/sandbox-image-log.txt": Placement(.sandboxImageJournal),
    "docker/docker-info.txt": Placement(.foreignDockerInfo),
    "docker/docker-ps.txt": Placement(.foreignDockerContainers),
    "docker/docker-images.txt": Placement(.foreignDockerImages),
    "docker/docker-version.txt": Placement(.foreignDockerVersion),
    "docker/docker.log": Placement(.runtimeJournal),
    "kubelet/svc.log": Placement(.foreignServices),
    "kubelet/kubeconfig.yaml": Placement(.kubeletKubeconfig),
    "kubelet/kubelet.log": Placement(.kubeletJournal),
    "kubelet/kubelet_service.txt": Placement(parts: .files(.unitFiles)),
    "kubelet/kubelet-eks_service.txt": Placement(.kubeletSnap),
    "kubelet/config.json": Placement(
      .kubeletConfiguration, origin: "/etc/kubernetes/kubelet/config.json"),
    "kubelet/kubelet-config.json": Placement(
      .kubeletConfiguration, origin: "/etc/kubernetes/kubelet/kubelet-config.json"),
    "ipamd/enis.json": Placement(.ipamdENIs),
    "ipamd/pods.json": Placement(.foreignIPAMDPods),
    "ipamd/networkutils-env-settings.json": Placement(.networkSettings),
    "ipamd/ipamd-env-settings.json": Placement(.ipamdSettings),
    "ipamd/eni-configs.json": Placement(.eniConfigurations),
    "ipamd/metrics.json": Placement(.ipamdMetrics),
    "ipamd/ipam.json": Placement(.checkpoint, origin: "/var/run/aws-node/ipam.json"),
    "cni/cni-configuration-variables-containerd.json": Placement(.foreignCNIContainers),
    "cni/cni-configuration-variables-dockerd.txt": Placement(.foreignDockerCNIContainers),
  ]
}
