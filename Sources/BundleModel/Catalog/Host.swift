extension ArtifactID {
  /// Kernel, host name, boot id and boot time.
  public static let hostIdentity: Self = "host.identity"
  /// The operating system's own description.
  public static let osRelease: Self = "host.os_release"
  /// Release and version files of the EKS image.
  public static let imageRelease: Self = "host.ami_release"
  /// Every file below the folder of the EKS image.
  public static let imageFiles: Self = "host.ami_files"
  /// The kernel's command line.
  public static let kernelCommandLine: Self = "host.cmdline"
  /// Installed packages.
  public static let packages: Self = "host.packages"
  /// The state of the clock.
  public static let clock: Self = "host.clock"
  /// The state of the clock at the end of the run.
  public static let clockAgain: Self = "host.clock_again"
  /// Load and memory.
  public static let load: Self = "host.cpu_mem"
  /// Load and memory at the end of the run.
  public static let loadAgain: Self = "host.cpu_mem_again"
  /// Pressure stall information.
  public static let pressure: Self = "host.psi"
  /// Pressure stall information at the end of the run.
  public static let pressureAgain: Self = "host.psi_again"
  /// Limits and throttling of the CNI's, kubelet's and runtime's control groups.
  public static let controlGroups: Self = "host.cgroup"
  /// The same control groups at the end of the run.
  public static let controlGroupsAgain: Self = "host.cgroup_again"
  /// Every process.
  public static let processes: Self = "host.procs"
  /// Limits of the whole system and how far they are used.
  public static let systemLimits: Self = "host.limits"
  /// Mounts and how full they are.
  public static let mounts: Self = "host.mounts"
  /// Block devices.
  public static let blockDevices: Self = "host.block"
  /// What fills the folders of logs and of the kubelet.
  public static let folderUsage: Self = "host.logdir_usage"
  /// Kernel modules.
  public static let kernelModules: Self = "host.modules"
  /// The kernel's build configuration.
  public static let kernelConfiguration: Self = "host.kconfig"
  /// The kernel's messages.
  public static let kernelMessages: Self = "host.dmesg"
  /// Security modules.
  public static let securityModules: Self = "host.lsm"
  /// Boots and shutdowns.
  public static let boots: Self = "host.boots"
  /// What machine this is.
  public static let hardware: Self = "host.hardware"
}

extension Artifact.Derivation {
  /// Kernel, host name, boot id and boot time.
  public static let hostIdentity: Self = "kernel, host name, boot id and boot time"
  /// Names, sizes and times of the image's files.
  public static let imageFiles: Self = "names, sizes and times of the files below /etc/eks"
  /// Packages of rpm or dpkg.
  public static let packages: Self = "names and versions of the packages of rpm or dpkg"
  /// adjtimex(2), chrony and timedatectl.
  public static let clock: Self = "adjtimex(2), chronyc tracking, timedatectl show"
  /// Load, memory and processor counters.
  public static let load: Self = "/proc/loadavg, meminfo, vmstat, stat and cpuinfo"
  /// Pressure of processor, memory, disks and interrupts.
  public static let pressure: Self = "/proc/pressure"
  /// Control groups of the CNI, the kubelet and the runtime.
  public static let controlGroups: Self =
    "cgroups of aws-node, kube-proxy, kubelet, runtime and pods"
  /// One line for each process.
  public static let processes: Self = "/proc/PID of every process, known programs' arguments only"
  /// Limits of files, processes and watches.
  public static let systemLimits: Self = "limits of files, processes and watches in /proc/sys"
  /// mountinfo and statfs(2).
  public static let mounts: Self = "mountinfo, and statfs(2) of local file systems"
  /// Counters and queues of block devices.
  public static let blockDevices: Self = "/proc/diskstats, partitions and queues of block devices"
  /// Sizes in /var/log and in the kubelet's and the runtime's folders.
  public static let folderUsage: Self = "sizes in /var/log and /var/lib/{kubelet,containerd,cni}"
  /// Loaded and built-in modules.
  public static let kernelModules: Self = "/proc/modules, and modules that may be built in"
  /// Options of the kernel that networking depends on.
  public static let kernelConfiguration: Self = "network, BPF and cgroup options of the kernel"
  /// Records of /dev/kmsg.
  public static let kernelMessages: Self = "records of /dev/kmsg, or else dmesg"
  /// SELinux, other security modules and lockdown.
  public static let securityModules: Self = "SELinux, other security modules and lockdown"
  /// wtmp and the journal's list of boots.
  public static let boots: Self = "boots and shutdowns of wtmp and of the journal"
  /// DMI and PCI.
  public static let hardware: Self = "DMI, architecture and network devices on PCI"
}

extension Artifact {
  /// What machine this is.
  static let host: [Artifact] =
    [
      Artifact(
        .hostIdentity,
        "Kernel, host name, boot id and boot time: names the node and anchors its logs.",
        source: .derived(.hostIdentity), path: "host/identity.json", timeoutSeconds: 10,
        capBytes: 64 << 10, stage: .snapshot),
      Artifact(
        .osRelease,
        "The operating system, which decides defaults such as the iptables backend.",
        source: .file([
          "/etc/os-release", "/usr/lib/os-release", "/etc/bottlerocket-release",
          "/etc/system-release",
        ]), path: "host/os-release", timeoutSeconds: 10, capBytes: 64 << 10),
      Artifact(
        .imageRelease,
        "Release, kubelet and containerd versions and the table of maximal pods of the EKS image.",
        source: .files([
          "/etc/eks/release", "/etc/eks/kubelet-version.txt", "/etc/eks/containerd-version.txt",
          "/etc/eks/eni-max-pods.txt",
        ]), path: "ami/etc-eks", timeoutSeconds: 10, naming: .below("/etc/eks")),
      Artifact(
        .imageFiles, "Which files the image has below /etc/eks: shows a custom image.",
        source: .derived(.imageFiles), path: "ami/etc-eks.listing.json", timeoutSeconds: 10,
        capBytes: 256 << 10),
      Artifact(
        .kernelCommandLine, "The kernel's command line: IPv6 off, cgroup version, lockdown.",
        source: .file(["/proc/cmdline"]), path: "host/cmdline", timeoutSeconds: 10,
        capBytes: 16 << 10),
      Artifact(
        .packages, "Installed packages: versions of kernel, iptables, containerd and kubelet.",
        source: .derived(.packages), path: "host/packages.txt", needs: [.trait(.packageDatabase)],
        tier: .standard, timeoutSeconds: 20, capBytes: 2 << 20),
      Artifact(
        .kernelModules, "Loaded modules: br_netfilter, nf_tables or ip_tables, ip_set, conntrack.",
        source: .derived(.kernelModules), path: "host/modules", timeoutSeconds: 10),
      Artifact(
        .kernelConfiguration, "Build options of the kernel that policy routing and eBPF need.",
        source: .derived(.kernelConfiguration), path: "host/kconfig", tier: .full,
        timeoutSeconds: 10),
      Artifact(
        .kernelMessages,
        "The kernel's messages: conntrack table full, neighbour overflow, out of memory.",
        source: .derived(.kernelMessages), path: "host/dmesg.jsonl", needsRoot: true,
        capBytes: 8 << 20, keeps: .headAndTail, redaction: .log),
      Artifact(
        .securityModules, "SELinux, AppArmor and lockdown, which may forbid eBPF or iptables.",
        source: .derived(.securityModules), path: "host/lsm.json", tier: .standard,
        timeoutSeconds: 10, capBytes: 16 << 10),
      Artifact(
        .boots, "When the node was booted and shut down.",
        source: .derived(.boots), path: "host/boots.json", holds: .journal, tier: .standard,
        timeoutSeconds: 10, capBytes: 256 << 10),
      Artifact(
        .hardware, "Vendor, model and network devices: EC2 or not, Nitro or Xen, EFA.",
        source: .derived(.hardware), path: "host/hardware.json", tier: .standard,
        timeoutSeconds: 10, capBytes: 64 << 10),
    ] + resources

  private static let clock = Artifact(
    .clock, "Whether the clock is right: skew breaks signed requests and the order of logs.",
    source: .derived(.clock), path: "host/clock.json", capBytes: 64 << 10, stage: .snapshot)
  private static let load = Artifact(
    .load, "Load, memory and processor counters: an overloaded node answers probes late.",
    source: .derived(.load), path: "host/cpu_mem.json", timeoutSeconds: 10, stage: .snapshot)
  private static let pressure = Artifact(
    .pressure, "How long tasks wait for processor, memory and disks.",
    source: .derived(.pressure), path: "host/psi.json", timeoutSeconds: 10, capBytes: 64 << 10,
    stage: .snapshot)
  private static let controlGroups = Artifact(
    .controlGroups, "Throttling, memory and process limits of aws-node, kubelet and runtime.",
    source: .derived(.controlGroups), path: "host/cgroup.json", timeoutSeconds: 15)

  /// How loaded the machine is and what is left of it.
  private static let resources: [Artifact] = [
    clock, load, pressure, controlGroups,
    clock.again(.clockAgain, "The clock at the end of the run.", path: "host/clock.b.json"),
    load.again(
      .loadAgain, "Load and counters at the end of the run: their difference is the run's load.",
      path: "host/cpu_mem.b.json"),
    pressure.again(
      .pressureAgain, "Waiting times at the end of the run.", path: "host/psi.b.json"),
    controlGroups.again(
      .controlGroupsAgain, "Control groups at the end of the run: throttling that goes on now.",
      path: "host/cgroup.b.json"),
    Artifact(
      .processes, "Every process with its state, times, memory and open files.",
      source: .derived(.processes), path: "system/procs.jsonl", tier: .standard,
      timeoutSeconds: 10, capBytes: 10 << 20),
    Artifact(
      .systemLimits, "Limits of files, processes and watches, and how far they are used.",
      source: .derived(.systemLimits), path: "host/limits.json", tier: .standard,
      timeoutSeconds: 10, capBytes: 64 << 10),
    Artifact(
      .mounts, "Mounts, and how full the local ones are: a full disk stops logs and the CNI.",
      source: .derived(.mounts), path: "host/mounts.json", timeoutSeconds: 20,
      capBytes: 4 << 20),
    Artifact(
      .blockDevices, "Counters and queues of the disks.",
      source: .derived(.blockDevices), path: "host/block.json", tier: .standard,
      timeoutSeconds: 10),
    Artifact(
      .folderUsage, "What fills the log folders and the kubelet's and the runtime's folders.",
      source: .derived(.folderUsage), path: "host/logdir_usage.json", tier: .standard,
      needsRoot: true, timeoutSeconds: 10),
  ]
}
