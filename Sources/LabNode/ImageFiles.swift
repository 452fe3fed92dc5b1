/// Files that depend on the image from which a node was made.
struct ImageFiles {
  let node: NodeModel

  private var image: NodeImage { node.variant.image }
  private var instance: Instance { node.instance }

  var all: [String: String] {
    var files = common
    switch image {
    case .al2023, .hybrid: files.merge(amazonLinux) { $1 }
    case .al2: files.merge(amazonLinux) { $1 }
    case .ubuntu: files.merge(ubuntu) { $1 }
    case .bottlerocket, .autoMode: files.merge(bottlerocket) { $1 }
    case .bare: files.merge(bare) { $1 }
    }
    if image.hasKubelet { files.merge(kubeletState) { $1 } }
    if image.isInstance { files.merge(cloudInit) { $1 } }
    return files
  }

  private var common: [String: String] {
    [
      "/etc/os-release": image.release,
      "/etc/hosts":
        "127.0.0.1 localhost localhost.localdomain\n::1 localhost localhost6\n",
      "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
      "/run/systemd/resolve/resolv.conf":
        "# Made by the node's resolver.\nnameserver \(instance.resolver)\n"
        + "search \(instance.region).compute.internal\n",
      "/run/systemd/resolve/stub-resolv.conf":
        "nameserver 127.0.0.53\noptions edns0 trust-ad\n",
      "/etc/logrotate.conf": "weekly\nrotate 4\ncreate\ndateext\ninclude /etc/logrotate.d\n",
      "/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\nSystemMaxUse=1G\n",
      "/etc/chrony.conf":
        "pool 2.amazon.pool.ntp.org iburst\nserver \(instance.timeServer) prefer iburst "
        + "minpoll 4 maxpoll 4\ndriftfile /var/lib/chrony/drift\nmakestep 1.0 3\n",
    ]
  }

  private var amazonLinux: [String: String] {
    let isOld = image == .al2
    var files = [
      "/etc/system-release": isOld
        ? "Amazon Linux release 2 (Karoo)\n"
        : "Amazon Linux release 2023.8.20260810 (Amazon Linux)\n",
      "/etc/eks/release":
        "BASE_AMI_ID=\"\(instance.image)\"\nBUILD_TIME=\"Mon Aug 10 18:22:41 UTC 2026\"\n"
        + "BUILD_KERNEL=\"\(isOld ? "5.10.240-238.959.amzn2.x86_64" : "6.12.37-61.105.amzn2023.x86_64")\"\n"
        + "ARCH=\"x86_64\"\n",
      "/etc/eks/kubelet-version.txt": "Kubernetes \(instance.kubeletVersion)\n",
      "/etc/eks/containerd-version.txt": "containerd github.com/containerd/containerd v1.7.27\n",
      "/etc/logrotate.d/syslog": "/var/log/messages {\n  weekly\n  rotate 4\n}\n",
      "/usr/bin/rpm": Self.rpm(kernel: isOld ? "5.10.240" : "6.12.37"),
    ]
    if isOld {
      files["/etc/eks/eni-max-pods.txt"] =
        "# Mapping is calculated from the limits of each instance type.\nm5.large 29\n"
        + "\(instance.type) \(instance.maxPods)\nm6i.xlarge 58\n"
      files["/etc/eks/bootstrap.sh"] = "#!/usr/bin/env bash\n# Joins the node to its cluster.\n"
      files["/etc/docker/daemon.json"] =
        "{\n  \"bridge\": \"none\",\n  \"log-driver\": \"json-file\",\n"
        + "  \"live-restore\": true\n}\n"
      files["/etc/sysconfig/network-scripts/ifcfg-eth0"] =
        "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\nTYPE=Ethernet\nPERSISTENT_DHCLIENT=yes\n"
      files["/var/log/messages"] = systemLog
      files["/var/log/cron"] = ""
    } else {
      files["/etc/eks/image-credential-provider/config.json"] = Self.credentialProvider
      files["/etc/eks/image-credential-provider/ecr-credential-provider"] = "#!/bin/sh\nexit 1\n"
      files["/etc/eks/nodeadm/config.yaml"] = ""
    }
    return files
  }

  private static func rpm(kernel: String) -> String {
    """
    #!/bin/sh
    # Stand-in of the lab: the node's packages, in the form that is asked for most.
    cat <<'END'
    amazon-ssm-agent (none) 3.3.2299.0 1.amzn x86_64
    chrony (none) 4.3 1.amzn x86_64
    containerd (none) 1.7.27 1.eks.amzn.0.4 x86_64
    ethtool 2 5.15 1.amzn x86_64
    iptables (none) 1.8.8 3.amzn x86_64
    kernel (none) \(kernel) 61.105.amzn x86_64
    runc (none) 1.2.6 1.eks.amzn.0.1 x86_64
    systemd (none) 252.23 6.amzn x86_64
    END

    """
  }

  private static let credentialProvider =
    JSON.object([
      ("apiVersion", "kubelet.config.k8s.io/v1"), ("kind", "CredentialProviderConfig"),
      (
        "providers",
        [
          [
            "name": "ecr-credential-provider",
            "matchImages": ["*.dkr.ecr.*.amazonaws.com", "*.dkr.ecr.*.amazonaws.com.cn"],
            "defaultCacheDuration": "12h",
            "apiVersion": "credentialprovider.kubelet.k8s.io/v1",
          ]
        ]
      ),
    ]).indented() + "\n"

  private var ubuntu: [String: String] {
    [
      "/etc/netplan/50-cloud-init.yaml": """
      network:
        version: 2
        ethernets:
          ens5:
            dhcp4: true
            match:
              macaddress: "\(instance.enis[0].mac)"
            set-name: ens5

      """,
      "/etc/ufw/ufw.conf": "ENABLED=no\nLOGLEVEL=low\n",
      "/etc/default/ufw":
        "IPV6=yes\nDEFAULT_INPUT_POLICY=\"DROP\"\nDEFAULT_FORWARD_POLICY=\"DROP\"\n",
      "/etc/eks/bootstrap.sh": "#!/usr/bin/env bash\n# Joins the node to its cluster.\n",
      "/var/snap/kubelet-eks/common/args":
        KubeletUnit(node: node).arguments.dropFirst().joined(separator: "\n") + "\n",
      "/var/log/syslog": systemLog,
      "/var/log/unattended-upgrades/unattended-upgrades.log": "",
    ]
  }

  private var bottlerocket: [String: String] {
    [
      "/etc/bottlerocket-release": image.release,
      "/etc/containerd/config.d/00-defaults.toml": "version = 2\n",
    ]
  }

  private var bare: [String: String] {
    [
      "/etc/network/interfaces":
        "auto lo\niface lo inet loopback\nauto ens5\niface ens5 inet dhcp\n",
      "/etc/NetworkManager/NetworkManager.conf": "[main]\nplugins=keyfile\n",
      "/etc/firewalld/firewalld.conf": "DefaultZone=public\nFirewallBackend=nftables\n",
      "/var/log/syslog": systemLog,
    ]
  }

  private var systemLog: String {
    NodeJournal(node: node).entries.suffix(400).map { entry in
      let text = entry.at.systemd.split(separator: " ")
      return "\(text[1])T\(text[2]) \(instance.name) \(entry.source.label): \(entry.message)\n"
    }.joined()
  }

  private var cloudInit: [String: String] {
    let start = node.booted
    func line(_ seconds: Double, _ text: String) -> String {
      let parts = (start + seconds).systemd.split(separator: " ")
      return "\(parts[1]) \(parts[2]),\(Int(seconds * 1_000) % 1_000) - \(text)\n"
    }
    return [
      "/var/log/cloud-init.log":
        line(4.2, "util.py[DEBUG]: Cloud-init v. 22.2.2 running 'init'")
        + line(5.1, "DataSourceEc2.py[DEBUG]: Fetching Ec2 IMDSv2 API Token")
        + line(5.9, "stages.py[INFO]: Loaded datasource DataSourceEc2 - DataSourceEc2"),
      "/var/log/cloud-init-output.log":
        "Cloud-init v. 22.2.2 running 'modules:final'. Up 11.04 seconds.\n",
      "/run/cloud-init/status.json":
        "{\"v1\": {\"datasource\": \"DataSourceEc2\", \"stage\": null, "
        + "\"modules-final\": {\"errors\": []}}}\n",
      "/run/cloud-init/result.json":
        "{\"v1\": {\"datasource\": \"DataSourceEc2\", \"errors\": []}}\n",
    ]
  }

  /// What a kubelet keeps below /var/lib/kubelet. The content of volumes is nobody's business.
  private var kubeletState: [String: String] {
    var files = [
      "/var/lib/kubelet/cpu_manager_state":
        "{\"policyName\":\"none\",\"defaultCpuSet\":\"\",\"checksum\":1353318690}",
      "/var/lib/kubelet/memory_manager_state":
        "{\"policyName\":\"None\",\"machineState\":{},\"checksum\":4236770233}",
    ]
    for pod in ContainerPlan(node: node).pods {
      let folder = "/var/lib/kubelet/pods/\(pod.uid)"
      let address =
        node.runningPods.first { $0.pod.uid == pod.uid }?.allocation.address
        ?? instance.enis[0].primary
      files["\(folder)/etc-hosts"] =
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n\(address)\t\(pod.name)\n"
      files["\(folder)/volumes/kubernetes.io~projected/kube-api-access-b7k2x/token"] =
        "not.a.token"
      for container in pod.containers {
        files["\(folder)/containers/\(container.name)/5f0c9a1e"] = ""
      }
    }
    return files
  }
}

extension NodeJournal.Entry.Source {
  /// The name and process before an entry's message.
  var label: String {
    switch self {
    case .service(_, let identifier, let process): "\(identifier)[\(process)]"
    case .manager: "systemd[1]"
    case .kernel: "kernel"
    }
  }
}
