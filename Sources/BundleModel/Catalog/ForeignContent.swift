/// Something that only other collectors gather, or gather in a form of their own.
public struct ForeignContent: Sendable {
  /// Its declaration. The source is never asked; `path` is where eks-log-collector.sh, or else the
  /// collector that has it, puts it.
  public let artifact: Artifact
  /// The items of ours that tell the same, so that a table that reads both has enough with either.
  public let standsFor: [ArtifactID]

  init(_ id: ArtifactID, _ summary: String, at path: String, for items: [ArtifactID] = []) {
    artifact = Artifact(
      id, summary, source: .derived(.foreign), path: path, tier: .full, capBytes: 128 << 20)
    standsFor = items
  }
}

extension Artifact.Derivation {
  /// Content of other collectors' archives.
  static let foreign: Self = "read from archives of other collectors, never gathered"
}

extension Catalog {
  /// What only other collectors gather: no part of any plan.
  public static let foreign: [ForeignContent] =
    ForeignContent.node + ForeignContent.network + ForeignContent.runtime + ForeignContent.image

  /// What other collectors have in place of an item.
  public static func substitutes(of item: ArtifactID) -> [ArtifactID] {
    foreign.filter { $0.standsFor.contains(item) }.map(\.artifact.id)
  }
}

extension ForeignContent {
  static let node: [ForeignContent] = [
    ForeignContent(
      .foreignUname, "Kernel, host name and machine as `uname -a` prints them.",
      at: "kernel/uname.txt", for: [.hostIdentity]),
    ForeignContent(
      .foreignInstanceID, "The instance id.", at: "system/instance-id.txt",
      for: [.metadataIdentity]),
    ForeignContent(
      .foreignRegion, "The region.", at: "system/region.txt", for: [.metadataIdentity]),
    ForeignContent(
      .foreignZone, "The availability zone.", at: "system/availability-zone.txt",
      for: [.metadataIdentity]),
    ForeignContent(
      .foreignSELinux, "The mode of SELinux below a heading.", at: "system/selinux.txt",
      for: [.securityModules]),
    ForeignContent(
      .foreignPackages, "`rpm -qa` or `dpkg --list`.", at: "system/pkglist.txt", for: [.packages]),
    ForeignContent(.foreignTop, "`top -b -n 1`.", at: "system/top.txt", for: [.load]),
    ForeignContent(
      .foreignProcesses, "`ps fauxwww`: every process with its full command line.",
      at: "system/ps.txt", for: [.processes, .kubeletFlags]),
    ForeignContent(
      .foreignThreads, "`ps -eTF`: every thread.", at: "system/ps-threads.txt", for: [.processes]),
    ForeignContent(
      .foreignSockets, "`netstat -plant`: TCP sockets and their programs.",
      at: "system/netstat.txt", for: [.sockets, .listeners]),
    ForeignContent(.foreignProcStat, "/proc/stat.", at: "system/procstat.txt", for: [.load]),
    ForeignContent(
      .foreignProcessStats, "/proc/PID/stat of every process, one line each.",
      at: "system/allprocstat.txt", for: [.processes]),
    ForeignContent(
      .foreignCPUThrottling, "Path, cpu.stat and processes of each throttled control group.",
      at: "system/cpu_throttling.txt", for: [.controlGroups]),
    ForeignContent(
      .foreignIOThrottling, "Process id, name and delay by disks in ticks of 10 ms.",
      at: "system/io_throttling.txt"),
    ForeignContent(
      .foreignReboots, "`last reboot`.", at: "system/last_reboot.txt", for: [.boots]),
    ForeignContent(
      .foreignPressure, "One file of /proc/pressure each.", at: "system/pressure_cpu.txt",
      for: [.pressure]),
    ForeignContent(
      .foreignKernelMessages, "The kernel's messages with seconds since boot.",
      at: "kernel/dmesg.current", for: [.kernelMessages]),
    ForeignContent(
      .foreignKernelMessagesByTime, "The kernel's messages with times of the node's zone.",
      at: "kernel/dmesg.human.current"),
    ForeignContent(
      .foreignModules, "Lines of `lsmod` about ip_vs and nf_conntrack.", at: "modinfo/ip_vs"),
    ForeignContent(
      .foreignMounts, "`mount`: the first part of the file.", at: "storage/mounts.txt",
      for: [.mounts]),
    ForeignContent(
      .foreignProcMounts, "/proc/mounts.", at: "proc-mounts", for: [.mounts]),
    ForeignContent(
      .foreignDiskUse, "`df`, sizes in kibibytes or with units: the second part of the file.",
      at: "storage/mounts.txt", for: [.mounts]),
    ForeignContent(.foreignInodeUse, "`df --inodes`.", at: "storage/inodes.txt", for: [.mounts]),
    ForeignContent(.foreignBlockDevices, "`lsblk`.", at: "storage/lsblk.txt", for: [.blockDevices]),
    ForeignContent(.foreignFstab, "/etc/fstab.", at: "storage/fstab.txt"),
    ForeignContent(
      .foreignJournal, "The journal of every unit in one text.", at: "journalctl.log",
      for: [.kubeletJournal]),
  ]

  static let network: [ForeignContent] = [
    ForeignContent(
      .foreignIfconfig, "`ifconfig`: interfaces, their addresses and counters.",
      at: "networking/ifconfig.txt", for: [.links, .addresses]),
    ForeignContent(
      .foreignRouteTables, "`ip route` by table, each below a heading.", at: "route.out",
      for: [.routes]),
    ForeignContent(
      .foreignDriverStatistics, "`ethtool -S` of every interface below `Interface NAME`.",
      at: "networking/ethtool.txt", for: [.driverStatistics]),
    ForeignContent(
      .foreignTrackingCounters, "`conntrack -S`: the part of the file below its heading.",
      at: "networking/conntrack.txt", for: [.trackingCounters]),
    ForeignContent(
      .foreignIPSets, "`ipset --list`: the first part of the file.", at: "networking/ipset.txt"),
    ForeignContent(
      .foreignVirtualServers, "`ipvsadm --save`: the first part of the file.",
      at: "networking/ipvsadm.txt", for: [.ipvs]),
    ForeignContent(
      .foreignVirtualServerCounters, "`ipvsadm --list` with rates or totals.",
      at: "networking/ipvsadm.txt"),
    ForeignContent(
      .foreignNftables, "One table of nf_tables as `nft list table` prints it.",
      at: "networking/nftables-inet-filter.txt", for: [.nftables]),
    ForeignContent(
      .foreignAPICalls, "`curl -v SERVER/livez?verbose`, five times, each below its time.",
      at: "networking/curl_api_server.txt", for: [.probeAPIEndpoint]),
    ForeignContent(
      .foreignAPICheck, "The node monitoring agent's call of the API server.",
      at: "networking/get_api_server.txt"),
    ForeignContent(
      .foreignPing, "`ping -A -c 10` of a public name.", at: "networking/ping_amazon.com.txt"),
    ForeignContent(
      .foreignPolicyPrograms, "`aws-eks-na-cli ebpf loaded-ebpfdata`.",
      at: "networking/ebpf-data.txt"),
    ForeignContent(
      .foreignPolicyMaps, "`aws-eks-na-cli ebpf dump-maps` of every map.",
      at: "networking/ebpf-maps-data.txt", for: [.policyDump]),
    ForeignContent(
      .foreignIPAMDPods, "/v1/pods of an ipamd before 1.7; later the list of commands.",
      at: "ipamd/pods.json"),
  ]

  static let runtime: [ForeignContent] = [
    ForeignContent(
      .foreignCNIContainers, "`ctr container info` of the CNI's containers, in sequence.",
      at: "cni/cni-configuration-variables-containerd.json", for: [.agentEnvironment]),
    ForeignContent(
      .foreignDockerCNIContainers, "`docker container inspect` of the CNI's containers.",
      at: "cni/cni-configuration-variables-dockerd.txt", for: [.agentEnvironment]),
    ForeignContent(
      .foreignRuntimeVersion, "`ctr version`.", at: "containerd/containerd-version.txt",
      for: [.runtimeVersion]),
    ForeignContent(
      .foreignImages, "`ctr images list`.", at: "containerd/containerd-images.txt",
      for: [.images]),
    ForeignContent(
      .foreignContainers, "`ctr containers list`.", at: "containerd/containerd-containers.txt",
      for: [.containers]),
    ForeignContent(
      .foreignTasks, "`ctr tasks list`.", at: "containerd/containerd-tasks.txt"),
    ForeignContent(
      .foreignRuntimePlugins, "`ctr plugins list`.", at: "containerd/containerd-plugins.txt"),
    ForeignContent(.foreignDockerInfo, "`docker info`.", at: "docker/docker-info.txt"),
    ForeignContent(.foreignDockerContainers, "`docker ps`.", at: "docker/docker-ps.txt"),
    ForeignContent(.foreignDockerImages, "`docker images`.", at: "docker/docker-images.txt"),
    ForeignContent(
      .foreignDockerVersion, "`docker version`.", at: "docker/docker-version.txt",
      for: [.runtimeVersion]),
    ForeignContent(.foreignServices, "`kubectl get svc`.", at: "kubelet/svc.log"),
    ForeignContent(
      .foreignCaptureErrors, "What the node monitoring agent could not gather.",
      at: "log-capture-errors.log"),
    ForeignContent(
      .foreignBottlerocketPackages, "Packages of a Bottlerocket image as JSON.",
      at: "bottlerocket/application-inventory.json", for: [.packages]),
    ForeignContent(
      .foreignBottlerocketSettings, "Settings of the Bottlerocket API as JSON.",
      at: "settings.json", for: [.kubeletConfiguration]),
    ForeignContent(
      .foreignKubeletStatus, "`systemctl status kubelet` of a Bottlerocket node.",
      at: "kube-status"),
  ]

  static let image: [ForeignContent] = [
    ForeignContent(
      .foreignPackageStatus, "dpkg's database: packages that are installed or known.",
      at: "var/lib/dpkg/status", for: [.packages]),
    ForeignContent(
      .foreignFileListing,
      "Programs, units and links of an image: `file SIZE MODE PATH` or `link PATH -> TARGET`.",
      at: "file-listing.txt", for: [.cniPrograms, .iptablesInfo]),
  ]
}
