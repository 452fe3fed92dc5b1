extension Artifact {
  /// Bytes that the item usually has on a node with some sixty pods, as a first idea of what a bundle
  /// comes to; `nil` for items of a cluster and of a user's own.
  public var typicalBytes: Int? { TypicalSizes.kibibytes[Self.first(id).rawValue].map { $0 << 10 } }

  /// A second reading has the size of the first one.
  private static func first(_ id: ArtifactID) -> ArtifactID {
    let ending = "_again"
    guard id.rawValue.hasSuffix(ending) else { return id }
    return ArtifactID(rawValue: String(id.rawValue.dropLast(ending.utf8.count)))
  }
}

/// Sizes by item in KiB, rounded up: orders of magnitude of an ordinary node, not bounds.
private enum TypicalSizes {
  static let kibibytes: [String: Int] = [
    "host.identity": 1, "host.os_release": 1, "host.ami_release": 20, "host.ami_files": 20,
    "host.cmdline": 1, "host.packages": 30, "host.modules": 10, "host.kconfig": 20,
    "host.dmesg": 250, "host.lsm": 1, "host.boots": 5, "host.hardware": 1, "host.clock": 2,
    "host.cpu_mem": 10, "host.psi": 1, "host.cgroup": 20, "host.procs": 200, "host.limits": 1,
    "host.mounts": 30, "host.block": 10, "host.logdir_usage": 10,
    "system.units": 40, "system.unit_show": 20, "system.unit_files": 20,
    "system.journal_kernel_err": 500, "system.cloudinit": 200, "system.nodeadm": 50,
    "system.syslog": 20_480, "system.logrotate": 5, "system.userdata": 5,
    "kubelet.journal": 20_480, "kubelet.flags": 2, "kubelet.env": 2, "kubelet.config": 5,
    "kubelet.configz": 5, "kubelet.metrics_probes": 50, "kubelet.snap": 5, "kubelet.kubeconfig": 1,
    "kubelet.maxpods": 1, "kubelet.certs": 1, "kubelet.pods_dir": 50, "kubelet.state": 5,
    "kubelet.log_handler": 1, "kubelet.image_credential": 1,
    "runtime.detect": 1, "runtime.version": 1, "runtime.status": 5, "runtime.config": 10,
    "runtime.config_dump": 10, "runtime.journal": 10_240, "runtime.sandboxes": 300,
    "runtime.containers": 100, "runtime.inspect_system": 60, "runtime.images": 30,
    "runtime.stackdump": 1024, "runtime.sandbox_image": 10, "runtime.docker": 100,
    "runtime.soci": 5, "runtime.gpu": 5,
    "cni.conf": 5, "cni.bin": 3, "cni.results": 200, "cni.egress_ipam": 10, "cni.multus": 5,
    "logs.cni_dir": 2, "logs.ipamd": 20_480, "logs.ipamd_rotated": 10_240, "logs.plugin": 10_240,
    "logs.egress": 1024, "logs.npa": 20_480, "logs.pod.aws_node": 2048,
    "logs.pod.kube_proxy": 1024, "logs.pod.coredns": 1024, "logs.pod.identity": 1024,
    "logs.pod.nma": 1024, "logs.pod.extra": 1024, "logs.csi": 5120, "logs.networkd": 1024,
    "logs.automode": 2048,
    "ipamd.enis": 100, "ipamd.netutils_env": 1, "ipamd.ipamd_env": 1, "ipamd.eni_configs": 1,
    "ipamd.metrics": 40, "ipamd.checkpoint": 30, "ipamd.checkpoint_nics": 10, "ipamd.rundir": 1,
    "ipamd.agent_proc": 3, "ipamd.agent_env": 3, "ipamd.listen": 1, "ipamd.grpc_health": 1,
    "ipamd.np_mode": 1,
    "pods.netns": 300, "pods.hostveth": 30, "pods.resolv": 5,
    "net.links": 60, "net.addr": 60, "net.rules": 20, "net.rules6": 10, "net.routes": 60,
    "net.routes6": 30, "net.snmp": 20, "net.conntrack_stats": 5, "net.ethtool": 20,
    "net.conntrack_summary": 20, "net.conntrack_full": 20_480, "net.conntrack_full6": 2048,
    "net.neigh": 60, "net.sockets": 20, "net.qdisc": 10, "net.sysfs": 30, "net.xdp_tc": 20,
    "net.iptables_info": 2, "net.iptables_save": 200, "net.ip6tables_save": 50,
    "net.iptables_legacy": 100, "net.ip6tables_legacy": 50, "net.iptables_nft": 100,
    "net.ip6tables_nft": 50, "net.nft": 300, "net.forward_policy": 1,
    "net.iptables_list_filter": 100, "net.iptables_list_nat": 200, "net.iptables_list_mangle": 20,
    "net.iptables_list_raw": 5, "net.ip6tables_list_filter": 30, "net.ip6tables_list_nat": 50,
    "net.ip6tables_list_mangle": 10, "net.ip6tables_list_raw": 5, "net.ipset": 20, "net.ipvs": 50,
    "net.rt_tables": 1, "net.networkd": 20, "net.networkd_state": 5, "net.networkctl": 5,
    "net.nm": 5, "net.nm_devices": 5, "net.netplan_ifcfg": 3, "net.fwmanagers": 10,
    "net.resolver": 2, "net.resolver_links": 1, "net.proxy": 1,
    "sysctl.net": 80, "sysctl.other": 60, "sysctl.files": 10,
    "ebpf.pins": 20, "ebpf.progs": 30, "ebpf.maps": 30, "ebpf.dump": 5120, "ebpf.dump_v6": 1024,
    "ebpf.npa_metrics": 30, "ebpf.npa_health": 1,
    "imds.reach": 1, "imds.identity": 1, "imds.basic": 1, "imds.macs": 10, "imds.iam_info": 1,
    "imds.role_name": 1, "imds.hop_limit": 1, "imds.events": 1, "imds.tags": 1,
    "kube.pods": 1024, "kube.node": 20, "kube.version": 1, "kube.livez": 2, "kube.services": 10,
    "kube.events": 200, "kube.rbac_selfcheck": 5, "kube.static_podspecs": 5,
    "identity.cni": 5,
    "probe.ipamd_grpc_baseline": 1, "probe.canary": 21, "probe.ipamd_grpc": 8,
    "probe.ipamd_exec": 1, "probe.npa_http": 2, "probe.kubelet_healthz": 2, "probe.kube_proxy": 2,
    "probe.cri": 1, "probe.api_endpoint": 1, "probe.api_clusterip": 1, "probe.imds": 3,
    "probe.ec2": 1, "probe.aws_endpoints": 4, "probe.pod_identity": 1, "probe.dns_host": 3,
    "probe.dns_cluster": 7, "probe.clock": 1, "probe.local_pods": 1, "probe.summary": 10,
  ]
}
