/// Ids of what other collectors gather in a form that no item of ours has. Nothing of it is ever
/// collected; the readers of other layouts give these ids, and tables may read them.
extension ArtifactID {
  /// `uname -a`.
  public static let foreignUname: Self = "foreign.uname"
  /// The instance id as one line.
  public static let foreignInstanceID: Self = "foreign.instance_id"
  /// The region as one line.
  public static let foreignRegion: Self = "foreign.region"
  /// The availability zone as one line.
  public static let foreignZone: Self = "foreign.zone"
  /// `getenforce` below a heading.
  public static let foreignSELinux: Self = "foreign.selinux"
  /// `rpm -qa` or `dpkg --list`.
  public static let foreignPackages: Self = "foreign.packages"
  /// dpkg's own database.
  public static let foreignPackageStatus: Self = "foreign.dpkg_status"
  /// `top -b -n 1`.
  public static let foreignTop: Self = "foreign.top"
  /// `ps fauxwww --headers`.
  public static let foreignProcesses: Self = "foreign.ps"
  /// `ps -eTF --headers`.
  public static let foreignThreads: Self = "foreign.ps_threads"
  /// `netstat -plant`.
  public static let foreignSockets: Self = "foreign.netstat"
  /// `/proc/stat`.
  public static let foreignProcStat: Self = "foreign.proc_stat"
  /// `/proc/PID/stat` of every process, one line each.
  public static let foreignProcessStats: Self = "foreign.process_stats"
  /// `cpu.stat` of throttled control groups.
  public static let foreignCPUThrottling: Self = "foreign.cpu_throttling"
  /// Delays of processes by disks.
  public static let foreignIOThrottling: Self = "foreign.io_throttling"
  /// `last reboot`.
  public static let foreignReboots: Self = "foreign.last_reboot"
  /// Files of `/proc/pressure`.
  public static let foreignPressure: Self = "foreign.pressure"
  /// `dmesg`, or `/var/log/dmesg`: seconds since boot.
  public static let foreignKernelMessages: Self = "foreign.dmesg"
  /// `dmesg --ctime`: wall-clock times of the node's zone.
  public static let foreignKernelMessagesByTime: Self = "foreign.dmesg_human"
  /// Lines of `lsmod`.
  public static let foreignModules: Self = "foreign.lsmod"
  /// `mount`.
  public static let foreignMounts: Self = "foreign.mount"
  /// `/proc/mounts`.
  public static let foreignProcMounts: Self = "foreign.proc_mounts"
  /// `df`, with or without `--human-readable`.
  public static let foreignDiskUse: Self = "foreign.df"
  /// `df --inodes`.
  public static let foreignInodeUse: Self = "foreign.df_inodes"
  /// `lsblk`.
  public static let foreignBlockDevices: Self = "foreign.lsblk"
  /// `/etc/fstab`.
  public static let foreignFstab: Self = "foreign.fstab"
  /// The whole journal, every unit in one text.
  public static let foreignJournal: Self = "foreign.journal"
  /// Files and links of an image, one line each.
  public static let foreignFileListing: Self = "foreign.file_listing"
}

extension ArtifactID {
  /// `ifconfig`.
  public static let foreignIfconfig: Self = "foreign.ifconfig"
  /// `ip route` by table, each below a heading.
  public static let foreignRouteTables: Self = "foreign.route_tables"
  /// `ethtool -S` of every interface, each below `Interface NAME`.
  public static let foreignDriverStatistics: Self = "foreign.ethtool"
  /// `conntrack -S`: counters of each processor.
  public static let foreignTrackingCounters: Self = "foreign.conntrack_stats"
  /// `ipset --list`.
  public static let foreignIPSets: Self = "foreign.ipset_list"
  /// `ipvsadm --save`.
  public static let foreignVirtualServers: Self = "foreign.ipvsadm_save"
  /// `ipvsadm --list --rate` and `--stats`.
  public static let foreignVirtualServerCounters: Self = "foreign.ipvsadm_list"
  /// `nft list table` of one table, as text.
  public static let foreignNftables: Self = "foreign.nft_table"
  /// Several `curl -v SERVER/livez?verbose`, each below a heading with its time.
  public static let foreignAPICalls: Self = "foreign.curl_api_server"
  /// The node monitoring agent's call of the API server.
  public static let foreignAPICheck: Self = "foreign.get_api_server"
  /// `ping -A -c 10 HOST`.
  public static let foreignPing: Self = "foreign.ping"
  /// `aws-eks-na-cli ebpf loaded-ebpfdata`.
  public static let foreignPolicyPrograms: Self = "foreign.ebpf_loaded"
  /// `aws-eks-na-cli ebpf dump-maps` of every map.
  public static let foreignPolicyMaps: Self = "foreign.ebpf_maps"
  /// `/v1/pods` of an ipamd before 1.7.
  public static let foreignIPAMDPods: Self = "foreign.ipamd_pods"
  /// `ctr container info` of the CNI's containers, one document after another.
  public static let foreignCNIContainers: Self = "foreign.cni_containers"
  /// `docker container inspect` of the CNI's containers.
  public static let foreignDockerCNIContainers: Self = "foreign.cni_containers_docker"
  /// `ctr version`.
  public static let foreignRuntimeVersion: Self = "foreign.ctr_version"
  /// `ctr images list`.
  public static let foreignImages: Self = "foreign.ctr_images"
  /// `ctr containers list`.
  public static let foreignContainers: Self = "foreign.ctr_containers"
  /// `ctr tasks list`.
  public static let foreignTasks: Self = "foreign.ctr_tasks"
  /// `ctr plugins list`.
  public static let foreignRuntimePlugins: Self = "foreign.ctr_plugins"
  /// `docker info`.
  public static let foreignDockerInfo: Self = "foreign.docker_info"
  /// `docker ps`.
  public static let foreignDockerContainers: Self = "foreign.docker_ps"
  /// `docker images`.
  public static let foreignDockerImages: Self = "foreign.docker_images"
  /// `docker version`.
  public static let foreignDockerVersion: Self = "foreign.docker_version"
  /// `kubectl get svc`.
  public static let foreignServices: Self = "foreign.services"
  /// The node monitoring agent's own errors, one line for each item that failed.
  public static let foreignCaptureErrors: Self = "foreign.capture_errors"
  /// Packages of a Bottlerocket image.
  public static let foreignBottlerocketPackages: Self = "foreign.bottlerocket_inventory"
  /// Settings of the Bottlerocket API.
  public static let foreignBottlerocketSettings: Self = "foreign.bottlerocket_settings"
  /// `systemctl status kubelet` of a Bottlerocket node.
  public static let foreignKubeletStatus: Self = "foreign.kube_status"
}
