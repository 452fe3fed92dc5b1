/// Every file that eks-log-collector.sh (awslabs/amazon-eks-ami, script version 0.7.9) can write, and where a bundle of
/// ours has the same: nothing that AWS Support asks for is lost without a reason.
extension EKSLogCollector {
  /// The script's files in the order of its folders.
  public static let files: [File] = [
    File("system/script-params.txt", "flags of the script", .written),
    File(
      "system/instance-id.txt", "/var/lib/cloud/data/instance-id or instance metadata", .written),
    File("system/region.txt", "instance metadata placement/region", .written),
    File("system/availability-zone.txt", "instance metadata placement/availability-zone", .written),
    File("system/selinux.txt", "getenforce", items: ["host.lsm"]),
    File("system/pkglist.txt", "rpm -qa or dpkg --list", items: ["host.packages"]),
    File(
      "system/services.txt", "systemctl list-units", items: ["system.units", "system.unit_show"]),
    File(
      "system/systemd-analyze.svg", "systemd-analyze plot",
      .leftOut("a drawing of the boot that no rule reads; unit start times are in system.unit_show")
    ),
    File("system/top.txt", "top -b -n 1", items: ["host.cpu_mem", "host.procs"]),
    File("system/ps.txt", "ps fauxwww --headers", items: ["host.procs"]),
    File("system/ps-threads.txt", "ps -eTF --headers", items: ["host.procs", "host.limits"]),
    File("system/netstat.txt", "netstat -plant", items: ["net.sockets", "ipamd.listen"]),
    File("system/procstat.txt", "/proc/stat", items: ["host.cpu_mem", "host.identity"]),
    File("system/allprocstat.txt", "/proc/<pid>/stat", items: ["host.procs"]),
    File(
      "system/large_environments.txt", "processes with more than 1000 environment variables",
      .leftOut(
        "reads the environment of every process, which is full of secrets; the thread and process limits are in host.limits"
      )),
    File(
      "system/cpu_throttling.txt", "cpu.stat of throttled cgroups",
      items: ["host.cgroup", "host.cgroup_again"]),
    File(
      "system/io_throttling.txt", "fields 1, 2 and 42 of /proc/<pid>/stat",
      items: ["host.psi", "host.procs"]),
    File("system/last_reboot.txt", "last reboot", items: ["host.boots"]),
    File("var_log/messages", "/var/log/messages", items: ["system.syslog"]),
    File("var_log/syslog", "/var/log/syslog", items: ["system.syslog"]),
    File(
      "var_log/unattended-upgrades/", "/var/log/unattended-upgrades",
      .leftOut("package updates say nothing about the CNI; host.packages has the versions in force")
    ),
    File("var_log/aws-routed-eni/ipamd.log", "/var/log/aws-routed-eni", items: ["logs.ipamd"]),
    File(
      "var_log/aws-routed-eni/ipamd-<time>.log.gz", "/var/log/aws-routed-eni",
      items: ["logs.ipamd_rotated"]),
    File("var_log/aws-routed-eni/plugin.log", "/var/log/aws-routed-eni", items: ["logs.plugin"]),
    File(
      "var_log/aws-routed-eni/egress-v4-plugin.log", "/var/log/aws-routed-eni",
      items: ["logs.egress"]),
    File(
      "var_log/aws-routed-eni/egress-v6-plugin.log", "/var/log/aws-routed-eni",
      items: ["logs.egress"]),
    File(
      "var_log/aws-routed-eni/network-policy-agent.log", "/var/log/aws-routed-eni",
      items: ["logs.npa"]),
    File("var_log/aws-routed-eni/ebpf-sdk.log", "/var/log/aws-routed-eni", items: ["logs.npa"]),
    File("var_log/cron", "/var/log/cron", .leftOut("scheduled jobs say nothing about the CNI")),
    File("var_log/cloud-init.log", "/var/log/cloud-init.log", items: ["system.cloudinit"]),
    File(
      "var_log/cloud-init-output.log", "/var/log/cloud-init-output.log", items: ["system.cloudinit"]
    ),
    File("var_log/user-data.log", "/var/log/user-data.log", items: ["system.userdata"]),
    File("var_log/kube-proxy.log", "/var/log/kube-proxy.log", items: ["logs.pod.kube_proxy"]),
    File(
      "var_log/<container>.log",
      "/var/log/containers: aws-node, cni-metrics-helper, coredns, kube-proxy, CSI, S3, pod identity, node monitoring",
      items: [
        "logs.pod.aws_node", "logs.pod.coredns", "logs.pod.kube_proxy", "logs.pod.identity",
        "logs.pod.nma", "logs.csi",
      ]),
    File("var_log/kube-system_aws-node-*/", "/var/log/pods", items: ["logs.pod.aws_node"]),
    File("var_log/kube-system_cni-metrics-helper-*/", "/var/log/pods", items: ["logs.pod.extra"]),
    File("var_log/kube-system_coredns-*/", "/var/log/pods", items: ["logs.pod.coredns"]),
    File("var_log/kube-system_kube-proxy-*/", "/var/log/pods", items: ["logs.pod.kube_proxy"]),
    File(
      "var_log/kube-system_*-csi-*/", "/var/log/pods: ebs, efs, fsx, fsx-openzfs, file-cache, s3",
      items: ["logs.csi"]),
    File(
      "var_log/kube-system_eks-pod-identity-agent-*/", "/var/log/pods", items: ["logs.pod.identity"]
    ),
    File(
      "var_log/kube-system_eks-node-monitoring-agent-*/", "/var/log/pods", items: ["logs.pod.nma"]),
    File("var_log/kube-system_kube-multus*/", "/var/log/pods", items: ["cni.multus"]),
    File("var_log/mount-s3_*/", "/var/log/pods", items: ["logs.csi"]),
    File("kernel/dmesg.boot", "/var/log/dmesg", items: ["host.dmesg"]),
    File("kernel/dmesg.current", "dmesg", items: ["host.dmesg"]),
    File("kernel/dmesg.human.current", "dmesg --ctime", items: ["host.dmesg"]),
    File("kernel/uname.txt", "uname -a", items: ["host.identity"]),
    File(
      "modinfo/lustre", "modinfo lustre",
      .leftOut("a file system without part in the CNI; host.modules lists what is loaded")),
    File("modinfo/ip_vs", "lsmod, lines of ip_vs and nf_conntrack", items: ["host.modules"]),
    File("storage/mounts.txt", "mount; df --human-readable", items: ["host.mounts"]),
    File("storage/inodes.txt", "df --inodes", items: ["host.mounts"]),
    File("storage/lsblk.txt", "lsblk", items: ["host.block"]),
    File(
      "storage/lvs.txt", "lvs",
      .leftOut("volume management has no part in the CNI; host.mounts tells what is full")),
    File(
      "storage/pvs.txt", "pvs",
      .leftOut("volume management has no part in the CNI; host.mounts tells what is full")),
    File(
      "storage/vgs.txt", "vgs",
      .leftOut("volume management has no part in the CNI; host.mounts tells what is full")),
    File("storage/fstab.txt", "/etc/fstab", items: ["host.mounts"]),
    File(
      "storage/xfs.txt", "xfs_info, xfs_db freesp",
      .leftOut(
        "walks the file system, which can take long on a sick disk; host.mounts tells what is full")
    ),
    File(
      "storage/pod_local_storage.txt", "du -sh of every overlay",
      .leftOut(
        "du over every overlay takes minutes to hours; host.logdir_usage and host.mounts tell what fills the disk"
      )),
    File(
      "networking/iptables-mangle.txt",
      "iptables --wait 1 --numeric --verbose --list --table mangle",
      items: ["net.iptables_list_filter", "net.iptables_list_nat", "net.iptables_list_mangle"]),
    File(
      "networking/iptables-filter.txt",
      "iptables --wait 1 --numeric --verbose --list --table filter",
      items: ["net.iptables_list_filter", "net.iptables_list_nat", "net.iptables_list_mangle"]),
    File(
      "networking/iptables-nat.txt", "iptables --wait 1 --numeric --verbose --list --table nat",
      items: ["net.iptables_list_filter", "net.iptables_list_nat", "net.iptables_list_mangle"]),
    File(
      "networking/ip6tables-mangle.txt",
      "ip6tables --wait 1 --numeric --verbose --list --table mangle",
      items: ["net.ip6tables_list_filter", "net.ip6tables_list_nat", "net.ip6tables_list_mangle"]),
    File(
      "networking/ip6tables-filter.txt",
      "ip6tables --wait 1 --numeric --verbose --list --table filter",
      items: ["net.ip6tables_list_filter", "net.ip6tables_list_nat", "net.ip6tables_list_mangle"]),
    File(
      "networking/ip6tables-nat.txt", "ip6tables --wait 1 --numeric --verbose --list --table nat",
      items: ["net.ip6tables_list_filter", "net.ip6tables_list_nat", "net.ip6tables_list_mangle"]),
    File(
      "networking/iptables.txt", "iptables --wait 1 --numeric --verbose --list",
      items: ["net.iptables_list_filter", "net.iptables_list_nat", "net.iptables_list_mangle"]),
    File(
      "networking/ip6tables.txt", "ip6tables --wait 1 --numeric --verbose --list",
      items: ["net.ip6tables_list_filter", "net.ip6tables_list_nat", "net.ip6tables_list_mangle"]),
    File("networking/iptables-save.txt", "iptables-save", items: ["net.iptables_save"]),
    File("networking/ip6tables-save.txt", "ip6tables-save", items: ["net.ip6tables_save"]),
    File(
      "networking/iptables-legacy-mangle.txt", "iptables-legacy --list --table mangle",
      items: ["net.iptables_legacy"]),
    File(
      "networking/iptables-legacy-filter.txt", "iptables-legacy --list --table filter",
      items: ["net.iptables_legacy"]),
    File(
      "networking/iptables-legacy-nat.txt", "iptables-legacy --list --table nat",
      items: ["net.iptables_legacy"]),
    File(
      "networking/iptables-legacy.txt", "iptables-legacy --list", items: ["net.iptables_legacy"]),
    File(
      "networking/iptables-legacy-save.txt", "iptables-legacy-save", items: ["net.iptables_legacy"]),
    File(
      "networking/ipvsadm.txt", "ipvsadm --save, --list --rate, --list --stats", items: ["net.ipvs"]
    ),
    File("networking/ipset.txt", "ipset --list; ipset --save", items: ["net.ipset"]),
    File(
      "networking/conntrack.txt", "conntrack -S; conntrack -L",
      items: ["net.conntrack_stats", "net.conntrack_summary", "net.conntrack_full"]),
    File("networking/conntrack6.txt", "conntrack -L -f ipv6", items: ["net.conntrack_full6"]),
    File("networking/ifconfig.txt", "ifconfig", items: ["net.addr", "net.links"]),
    File("networking/iprule.txt", "ip rule show", items: ["net.rules"]),
    File("networking/ip6rule.txt", "ip -6 rule show", items: ["net.rules6"]),
    File("networking/iproute.txt", "ip route show table all", items: ["net.routes"]),
    File("networking/ip6route.txt", "ip -6 route show table all", items: ["net.routes6"]),
    File(
      "networking/configure-multicard-interfaces.txt", "journal of configure-multicard-interfaces",
      items: ["logs.networkd"]),
    File(
      "networking/ping_amazon.com.txt", "ping -A -c 10 amazon.com",
      .leftOut(
        "no packets to the internet; probe.ec2 and probe.aws_endpoints time the connections that the CNI needs"
      )),
    File(
      "networking/ping_public.ecr.aws.txt", "ping -A -c 10 public.ecr.aws",
      .leftOut("no packets to the internet; probe.aws_endpoints times the image registry")),
    File(
      "networking/curl_api_server.txt", "curl <server>/livez?verbose, five times",
      items: ["probe.api_endpoint", "probe.api_clusterip", "kube.livez"]),
    File("networking/resolv.conf", "/etc/resolv.conf", items: ["net.resolver"]),
    File("networking/ethtool.txt", "ethtool -S of every interface", items: ["net.ethtool"]),
    File(
      "networking/systemd-network/<unit>", "systemd-analyze cat-config", items: ["net.networkd"]),
    File(
      "networking/ebpf-data.txt", "aws-eks-na-cli ebpf loaded-ebpfdata",
      items: ["ebpf.progs", "ebpf.maps"]),
    File("networking/ebpf-maps-data.txt", "aws-eks-na-cli ebpf dump-maps", items: ["ebpf.dump"]),
    File(
      "networking/ebpf-cp-maps-data.txt", "aws-eks-na-cli ebpf dump-cp-maps", items: ["ebpf.dump"]),
    File("containerd/containerd-config.txt", "containerd config dump", items: ["runtime.config"]),
    File("containerd/containerd-log.txt", "journal of containerd", items: ["runtime.journal"]),
    File(
      "containerd/containerd.<pid>.stacks.log", "goroutine dump forced by SIGUSR1",
      .leftOut(
        "no signals to the container runtime; runtime.stackdump does it where --allow-side-effects permits"
      )),
    File("containerd/containerd-version.txt", "ctr version", items: ["runtime.version"]),
    File(
      "containerd/containerd-namespaces.txt", "ctr namespaces list",
      .leftOut("only the namespace k8s.io belongs to the kubelet, and its objects are gathered")),
    File("containerd/containerd-images.txt", "ctr images list", items: ["runtime.images"]),
    File(
      "containerd/containerd-containers.txt", "ctr containers list",
      items: ["runtime.containers", "runtime.sandboxes"]),
    File(
      "containerd/containerd-tasks.txt", "ctr tasks list",
      items: ["runtime.containers", "runtime.sandboxes"]),
    File("containerd/containerd-plugins.txt", "ctr plugins list", items: ["runtime.status"]),
    File(
      "containerd/soci-snapshotter/soci-snapshotter-status.txt",
      "systemctl status soci-snapshotter", items: ["runtime.soci"]),
    File(
      "containerd/soci-snapshotter/soci-snapshotter-log.txt", "journal of soci-snapshotter",
      items: ["runtime.soci"]),
    File(
      "containerd/soci-snapshotter/config.toml", "/etc/soci-snapshotter-grpc/config.toml",
      items: ["runtime.soci"]),
    File(
      "sandbox-image/sandbox-image-log.txt", "journal of sandbox-image",
      items: ["runtime.sandbox_image"]),
    File("docker/docker-info.txt", "docker info", items: ["runtime.docker"]),
    File("docker/docker-ps.txt", "docker ps", items: ["runtime.docker"]),
    File("docker/docker-images.txt", "docker images", items: ["runtime.docker"]),
    File("docker/docker-version.txt", "docker version", items: ["runtime.docker"]),
    File(
      "docker/docker-trace.txt", "goroutines through the docker socket",
      .leftOut("no signals to the container runtime")),
    File("docker/docker.log", "journal of docker", items: ["runtime.journal"]),
    File(
      "gpu/nvidia-bug-report.log.gz", "nvidia-bug-report.sh",
      .leftOut(
        "its script writes files on the node and has no part in the CNI; runtime.gpu names the devices"
      )),
    File("kubelet/svc.log", "kubectl get svc", items: ["kube.services"]),
    File("kubelet/kubeconfig.yaml", "kubectl config view", items: ["kubelet.kubeconfig"]),
    File("kubelet/kubelet.log", "journal of kubelet", items: ["kubelet.journal"]),
    File("kubelet/kubelet_service.txt", "systemctl cat kubelet", items: ["system.unit_files"]),
    File("kubelet/kubelet-eks_service.txt", "snap get kubelet-eks", items: ["kubelet.snap"]),
    File("kubelet/config.json", "/etc/kubernetes/kubelet/config.json", items: ["kubelet.config"]),
    File(
      "kubelet/config.json.d/", "/etc/kubernetes/kubelet/config.json.d", items: ["kubelet.config"]),
    File(
      "kubelet/kubelet-config.json", "/etc/kubernetes/kubelet/kubelet-config.json",
      items: ["kubelet.config"]),
    File("nodeadm/nodeadm-config.log", "journal of nodeadm-config", items: ["system.nodeadm"]),
    File("nodeadm/nodeadm-run.log", "journal of nodeadm-run", items: ["system.nodeadm"]),
    File(
      "nodeadm/nodeadm-boot-hook.log", "journal of nodeadm-boot-hook", items: ["system.nodeadm"]),
    File(
      "nodeadm/udev-net-manager_<if>.log", "journal of udev-net-manager@<if>",
      items: ["system.nodeadm"]),
    File("ipamd/enis.json", "http://localhost:61679/v1/enis", items: ["ipamd.enis"]),
    File(
      "ipamd/pods.json", "http://localhost:61679/v1/pods",
      .leftOut(
        "the endpoint does not exist since version 1.7 of the CNI; ipamd.enis names the pod of every address"
      )),
    File(
      "ipamd/networkutils-env-settings.json", "http://localhost:61679/v1/networkutils-env-settings",
      items: ["ipamd.netutils_env"]),
    File(
      "ipamd/ipamd-env-settings.json", "http://localhost:61679/v1/ipamd-env-settings",
      items: ["ipamd.ipamd_env"]),
    File(
      "ipamd/eni-configs.json", "http://localhost:61679/v1/eni-configs",
      items: ["ipamd.eni_configs"]),
    File("ipamd/metrics.json", "http://localhost:61678/metrics", items: ["ipamd.metrics"]),
    File("ipamd/ipam.json", "/var/run/aws-node/ipam.json", items: ["ipamd.checkpoint"]),
    File("ipamd/ipam-nic-<n>.json", "/var/run/aws-node", items: ["ipamd.checkpoint_nics"]),
    File(
      "ipamd/ipam_introspection_ignore.txt", "mark of --ignore_introspection",
      .leftOut("marks a flag; the manifest tells which items were left out, and why")),
    File(
      "ipamd/ipam_metrics_ignore.txt", "mark of --ignore_metrics",
      .leftOut("marks a flag; the manifest tells which items were left out, and why")),
    File("cni/*", "/etc/cni/net.d", items: ["cni.conf"]),
    File(
      "cni/cni-configuration-variables-containerd.json",
      "ctr container info of the CNI's containers",
      items: ["runtime.inspect_system", "ipamd.agent_env"]),
    File(
      "cni/cni-configuration-variables-dockerd.txt",
      "docker container inspect of the CNI's containers",
      items: ["runtime.docker", "ipamd.agent_env"]),
    File("sysctls/sysctl_all.txt", "sysctl --all", items: ["sysctl.net", "sysctl.other"]),
  ]
}
