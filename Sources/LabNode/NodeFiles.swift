/// The files of a node, by absolute path.
struct NodeFiles {
  let node: NodeModel

  /// The only folders in which a node has files of its own: the lab covers exactly these.
  static let folders = ["/etc/", "/usr/", "/opt/", "/var/log/", "/var/lib/", "/run/"]

  /// Every file with its content.
  var all: [String: String] {
    var files = system.merging(kubelet) { $1 }.merging(network) { $1 }.merging(history) { $1 }
    files["/etc/containerd/config.toml"] = RuntimeScript(node: node).configuration
    if node.variant.hasRuntime {
      files.merge(PluginScript(node: node).files) { $1 }
      files.merge(RuntimeScript(node: node).imageFiles) { $1 }
    }
    for unit in UnitState.all(node) {
      files["/usr/lib/cnitriage-lab/units/\(unit.id)"] = unit.text
    }
    return files
  }

  /// The files that tell of pods and their sandboxes.
  var history: [String: String] {
    var files: [String: String] = [:]
    files["/var/log/aws-routed-eni/ipamd.log"] = written(node.history.log)
    files["/var/log/aws-routed-eni/plugin.log"] = written(node.history.pluginLog)
    files["/var/log/aws-routed-eni/network-policy-agent.log"] = policyAgentLog
    files["/run/aws-node/ipam.json"] = PoolTexts(node: node).checkpoint
    return files
  }

  // Lines of an operation that is still under way belong to the running ipamd.
  private func written(_ log: CNILog) -> String {
    var log = log
    return log.drain(upTo: node.now)
  }

  private var policyAgentLog: String {
    var log = CNILog()
    log.info(
      "Starting network policy agent with log level: debug", at: node.ipamdStarted + 2.1,
      caller: "main.go:74")
    log.info("Network Policy is disabled, skip the eBPF set up", at: node.ipamdStarted + 2.2)
    return log.text
  }

  /// What the kernel was started with.
  static let commandLine =
    "BOOT_IMAGE=(hd0,gpt1)/boot/vmlinuz-6.12.37-61.105.amzn2023.x86_64 root=UUID=7c1f ro "
    + "console=tty0 console=ttyS0,115200n8 nvme_core.io_timeout=4294967295 rd.shell=0 quiet"

  private var system: [String: String] {
    let instance = node.instance
    return [
      "/etc/os-release": """
      NAME="Amazon Linux"
      VERSION="2023"
      ID="amzn"
      ID_LIKE="fedora"
      VERSION_ID="2023"
      PLATFORM_ID="platform:al2023"
      PRETTY_NAME="Amazon Linux 2023.8.20260810"
      ANSI_COLOR="0;33"
      CPE_NAME="cpe:2.3:o:amazon:amazon_linux:2023"
      VENDOR_NAME="AWS"
      SUPPORT_END="2029-06-30"

      """,
      "/etc/hostname": instance.name + "\n",
      "/etc/machine-id": instance.machineID + "\n",
      "/etc/resolv.conf": "search \(instance.region).compute.internal\n"
        + "nameserver \(instance.resolver)\n",
      "/etc/sysctl.conf": "# Settings belong into /etc/sysctl.d.\n",
      "/etc/sysctl.d/99-amazon.conf": """
      vm.overcommit_memory=1
      kernel.panic=10
      kernel.panic_on_oops=1
      fs.inotify.max_user_watches=524288
      fs.inotify.max_user_instances=8192

      """,
      "/etc/sysctl.d/99-kubernetes-cri.conf": """
      net.bridge.bridge-nf-call-ip6tables = 1
      net.bridge.bridge-nf-call-iptables = 1
      net.ipv4.ip_forward = 1

      """,
      "/usr/lib/sysctl.d/50-default.conf": """
      kernel.sysrq = 16
      net.ipv4.conf.default.rp_filter = 2
      net.ipv4.conf.*.rp_filter = 2
      -net.ipv4.conf.all.rp_filter
      net.ipv4.conf.default.accept_source_route = 0
      -net.ipv4.ping_group_range = 0 2147483647

      """,
      "/usr/bin/systemctl": UnitState.standIn,
    ]
  }

  private var kubelet: [String: String] {
    let instance = node.instance
    var files = [
      "/etc/systemd/system/kubelet.service": KubeletUnit(node: node).text,
      "/etc/eks/kubelet/environment":
        "NODEADM_KUBELET_ARGS=\(KubeletUnit(node: node).arguments.dropFirst().joined(separator: " "))\n",
      "/etc/kubernetes/kubelet/config.json": KubeletUnit(node: node).configuration.indented()
        + "\n",
      "/etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf":
        JSON.object([
          ("kind", "KubeletConfiguration"), ("apiVersion", "kubelet.config.k8s.io/v1beta1"),
          ("clusterDNS", [.string(instance.clusterDNS)]),
          ("maxPods", .number(Int64(instance.maxPods))),
        ]).indented() + "\n",
      "/var/lib/kubelet/kubeconfig": """
      apiVersion: v1
      kind: Config
      clusters:
      - name: kubernetes
        cluster:
          server: http://\(instance.apiServer):8080
      current-context: kubelet
      contexts:
      - name: kubelet
        context:
          cluster: kubernetes
          user: kubelet
      users:
      - name: kubelet
        user: {}

      """,
    ]
    if node.variant.restoresSavedRules {
      files["/usr/lib/systemd/system/iptables.service"] = """
        [Unit]
        Description=IPv4 firewall with iptables
        Before=network-pre.target
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/libexec/iptables/iptables.init start
        [Install]
        WantedBy=multi-user.target

        """
      files["/etc/sysconfig/iptables"] = """
        # Generated by iptables-save
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT ACCEPT [0:0]
        COMMIT

        """
    }
    return files
  }

  private var network: [String: String] {
    let egress: JSON = [
      "cniVersion": "1.0.0", "name": "aws-cni", "disableCheck": true,
      "plugins": [
        [
          "name": "aws-cni", "type": "aws-cni", "vethPrefix": "eni", "mtu": "9001",
          "podSGEnforcingMode": "strict",
          "pluginLogFile": "/var/log/aws-routed-eni/plugin.log", "pluginLogLevel": "DEBUG",
          "capabilities": ["io.kubernetes.cri.pod-annotations": true],
        ],
        [
          "name": "egress-cni", "type": "egress-cni", "mtu": "9001", "enabled": "false",
          "randomizeSNAT": "prng", "nodeIP": "",
          "ipam": [
            "type": "host-local", "ranges": [[["subnet": "fd00::ac:00/118"]]],
            "routes": [["dst": "::/0"]], "dataDir": "/run/cni/v4pd/egress-v6-ipam",
          ],
          "pluginLogFile": "/var/log/aws-routed-eni/egress-v6-plugin.log",
          "pluginLogLevel": "DEBUG",
        ],
        ["type": "portmap", "capabilities": ["portMappings": true], "snat": true],
      ],
    ]
    var files = [
      "/etc/cni/net.d/10-aws.conflist": egress.indented() + "\n",
      "/usr/lib/systemd/network/99-default.link": """
      [Match]
      OriginalName=*

      [Link]
      NamePolicy=keep kernel database onboard slot path
      AlternativeNamesPolicy=database onboard slot path
      MACAddressPolicy=persistent

      """,
      "/etc/systemd/network/99-default.link.d/10-pods.conf":
        "# The CNI chooses the addresses of its veths itself.\n[Link]\nMACAddressPolicy=none\n",
      "/usr/lib/systemd/network/80-ec2.network": """
      [Match]
      Driver=ena ixgbevf vif

      [Network]
      DHCP=yes
      IPv6DuplicateAddressDetection=0

      """,
    ]
    for eni in node.enis {
      files["/run/systemd/network/70-\(eni.interface).network"] = """
        [Match]
        PermanentMACAddress=\(eni.mac)

        [Network]
        DHCP=yes
        KeepConfiguration=yes

        """
    }
    return files
  }
}
