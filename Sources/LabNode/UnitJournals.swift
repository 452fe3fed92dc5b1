/// What the node's services and its kernel wrote into the journal, besides the kubelet.
struct UnitJournals {
  let node: NodeModel

  private typealias Entry = NodeJournal.Entry

  /// Entries of this boot.
  var entries: [NodeJournal.Entry] {
    let image = node.variant.image
    return kernel + started + networkd + chrony + (image.hasKubelet ? containerd : [])
      + (image.hasNodeadm ? nodeadm : []) + (image == .autoMode ? autoMode : [])
  }

  private func line(
    _ unit: String, _ process: Int, _ seconds: Double, _ message: String, priority: Int = 6,
    identifier: String? = nil
  ) -> Entry {
    Entry(
      at: node.booted + seconds,
      source: .service(
        unit: "\(unit).service", identifier: identifier ?? unit, process: process),
      message: message, priority: priority)
  }

  private var kernel: [Entry] {
    func line(_ seconds: Double, _ message: String, _ priority: Int = 6) -> Entry {
      Entry(at: node.booted + seconds, source: .kernel, message: message, priority: priority)
    }
    return [
      line(0.001, "Linux version 6.12.37-61.105.amzn2023.x86_64 (mockbuild@ip-10-0-0-1)", 5),
      line(0.002, "Command line: \(NodeFiles.commandLine)"),
      line(0.9, "nvme nvme0: pci function 0000:00:04.0"),
      line(
        1.2,
        "ena 0000:00:05.0: Elastic Network Adapter (ENA) found at mem febf4000, mac addr "
          + node.instance.enis[0].mac),
      line(1.3, "ena 0000:00:05.0 ens5: renamed from eth0"),
      line(
        2.2, "systemd[1]: System time before build time, advancing clock.", 4),
      line(14.9, "IPv6: ADDRCONF(NETDEV_CHANGE): ens5: link becomes ready"),
    ]
  }

  // systemd, about the units that it started.
  private var started: [Entry] {
    UnitState.all(node).filter { $0.id != node.variant.image.kubeletUnit }.map { unit in
      Entry(
        at: unit.since, source: .manager(unit: unit.id),
        message: "Started \(unit.id) - \(unit.description).")
    }
  }

  private var networkd: [Entry] {
    node.enis.flatMap { eni -> [Entry] in
      let seconds = 3.7 + 51.4 * Double(eni.device)
      func say(_ delay: Double, _ message: String) -> Entry {
        line("systemd-networkd", 611, seconds + delay, "\(eni.interface): \(message)")
      }
      let configured = [
        say(0, "Link UP"), say(0.01, "Gained carrier"),
        say(
          0.02, "Configuring with /run/systemd/network/70-\(eni.interface).network."),
      ]
      guard eni.isPrimary else { return configured }
      return configured + [
        say(
          0.3,
          "DHCPv4 address \(eni.primary)/\(node.instance.subnetPrefixLength), gateway "
            + "\(node.instance.gateway) acquired from \(node.instance.gateway)")
      ]
    }
  }

  private var chrony: [Entry] {
    [
      line("chronyd", 702, 4.1, "chronyd version 4.3 starting"),
      line("chronyd", 702, 9.8, "Selected source \(node.instance.timeServer)"),
      line("chronyd", 702, 9.9, "System clock wrong by 0.000214 seconds", priority: 4),
    ]
  }

  private var containerd: [Entry] {
    func say(_ at: Moment, _ level: String, _ message: String) -> Entry {
      Entry(
        at: at,
        source: .service(unit: "containerd.service", identifier: "containerd", process: 1544),
        message: "time=\"\(at.goTime)\" level=\(level) msg=\(JSON.quoted(message))",
        priority: 6)
    }
    func named(_ pod: Pod) -> String {
      "&PodSandboxMetadata{Name:\(pod.name),Uid:\(pod.uid),Namespace:\(pod.namespace),Attempt:0,}"
    }
    let start = node.booted + 11.8
    var entries = [
      say(start, "info", "starting containerd"),
      say(
        start + 0.04, "error",
        "failed to load cni during init, please check CRI plugin status before setting up network "
          + "for pods"),
      say(start + 0.06, "info", "containerd successfully booted in 0.061403s"),
    ]
    for pod in node.pods where !pod.isRefused {
      entries += [
        say(pod.created + 0.9, "info", "RunPodSandbox for \(named(pod))"),
        say(
          pod.created + 1.3, "info",
          "RunPodSandbox for \(named(pod)) returns sandbox id \"\(pod.sandboxID)\""),
      ]
    }
    for refusal in node.history.refusals {
      entries.append(
        say(
          refusal.at + 0.1, "error",
          "RunPodSandbox for \(named(refusal.pod)) failed, error"))
    }
    return entries
  }

  private var nodeadm: [Entry] {
    func say(_ unit: String, _ process: Int, _ seconds: Double, _ message: String) -> Entry {
      let at = node.booted + seconds
      return line(
        unit, process, seconds,
        "{\"level\":\"info\",\"ts\":\"\(at.goTime)\",\"caller\":\"init/init.go:79\","
          + "\"msg\":\(JSON.quoted(message))}", identifier: "nodeadm")
    }
    return [
      say("nodeadm-config", 981, 6.02, "Checking user is root.."),
      say("nodeadm-config", 981, 6.03, "Loading configuration.."),
      say("nodeadm-config", 981, 6.31, "Configuring daemons..."),
      say("nodeadm-run", 1_402, 11.1, "Running system aspects.."),
      say("nodeadm-run", 1_402, 11.2, "calculated max pods: \(node.instance.maxPods)"),
      say("nodeadm-run", 1_402, 13.9, "Ensuring daemon is running.."),
      say("nodeadm-run", 1_402, 14.3, "Finished post-launch tasks"),
    ]
  }

  /// Services of the host that are DaemonSets elsewhere.
  static let autoModeServices = [
    "ipamd", "kube-proxy", "coredns", "eks-healthchecker", "eks-ebs-csi-driver",
    "eks-node-monitoring-agent", "eks-pod-identity-agent",
  ]

  private var autoMode: [Entry] {
    Self.autoModeServices.enumerated().flatMap { index, name in
      [
        line(name, 2_000 + index, 15.3 + Double(index), "starting"),
        line(name, 2_000 + index, 15.9 + Double(index), "ready"),
      ]
    }
  }

  /// The end of the boot before: the node was made from an image that had run once.
  var previousBoot: [NodeJournal.Entry] {
    let start = node.booted - 176_400
    return [
      Entry(at: start, source: .kernel, message: "Linux version 6.12.37-61.105.amzn2023.x86_64"),
      Entry(
        at: start + 3.2, source: .manager(unit: "systemd-networkd.service"),
        message: "Started systemd-networkd.service - Network Configuration."),
      Entry(
        at: start + 611, source: .manager(unit: "reboot.target"),
        message: "Reached target reboot.target - System Reboot."),
    ]
  }
}
