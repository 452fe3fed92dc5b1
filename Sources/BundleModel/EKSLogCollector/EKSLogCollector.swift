/// What eks-log-collector.sh, the script of AWS Support, writes: which of its files a bundle of ours
/// replaces, and how our members are called in its layout.
public enum EKSLogCollector {
  /// One file of the script's archives.
  public struct File: Sendable, Equatable {
    /// Its place in the archive; `<…>` and `*` stand for what differs from node to node.
    public let path: String
    /// What the script reads or runs for it.
    public let source: String
    /// Where a bundle of ours has the same.
    public let coverage: Coverage

    init(_ path: String, _ source: String, _ coverage: Coverage) {
      self.path = path
      self.source = source
      self.coverage = coverage
    }

    init(_ path: String, _ source: String, items: [ArtifactID]) {
      self.init(path, source, .items(items))
    }
  }

  /// Where a bundle of ours has what a file of the script holds.
  public enum Coverage: Sendable, Equatable {
    /// These items hold it.
    case items([ArtifactID])
    /// The collector writes it itself, in this layout only.
    case written
    /// It is left out on purpose, for this reason.
    case leftOut(String)
  }

  /// Below it stand all members that the script knows no name for, the manifest among them.
  public static let ownFolder = "cnitriage/"

  /// Our places and the script's names for the same content. A place that ends with a slash stands
  /// for everything below it.
  static let names: [(ours: String, theirs: String)] = [
    ("logs/aws-routed-eni/", "var_log/aws-routed-eni/"),
    ("logs/pods/", "var_log/"),
    ("logs/syslog/", "var_log/"),
    ("logs/cloud-init/cloud-init.log", "var_log/cloud-init.log"),
    ("logs/cloud-init/cloud-init-output.log", "var_log/cloud-init-output.log"),
    ("logs/journal/nodeadm-config.log", "nodeadm/nodeadm-config.log"),
    ("logs/journal/nodeadm-run.log", "nodeadm/nodeadm-run.log"),
    ("logs/journal/nodeadm-boot-hook.log", "nodeadm/nodeadm-boot-hook.log"),
    ("system/units.txt", "system/services.txt"),
    ("system/user-data.redacted", "var_log/user-data.log"),
    ("host/packages.txt", "system/pkglist.txt"),
    ("kubelet/kubelet.log", "kubelet/kubelet.log"),
    ("kubelet/kubeconfig.redacted.yaml", "kubelet/kubeconfig.yaml"),
    ("kubelet/kubelet-eks_service.txt", "kubelet/kubelet-eks_service.txt"),
    ("kubelet/config/etc/kubernetes/kubelet/", "kubelet/"),
    ("runtime/containerd.log", "containerd/containerd-log.txt"),
    ("runtime/config/etc/containerd/config.toml", "containerd/containerd-config.txt"),
    ("runtime/sandbox-image.log", "sandbox-image/sandbox-image-log.txt"),
    ("ipamd/enis.json", "ipamd/enis.json"),
    ("ipamd/networkutils-env-settings.json", "ipamd/networkutils-env-settings.json"),
    ("ipamd/ipamd-env-settings.json", "ipamd/ipamd-env-settings.json"),
    ("ipamd/eni-configs.json", "ipamd/eni-configs.json"),
    ("ipamd/metrics.prom", "ipamd/metrics.json"),
    ("ipamd/checkpoint/", "ipamd/"),
    ("cni/net.d/", "cni/"),
    ("net/iptables-save.txt", "networking/iptables-save.txt"),
    ("net/ip6tables-save.txt", "networking/ip6tables-save.txt"),
    ("net/iptables-legacy-save.txt", "networking/iptables-legacy-save.txt"),
    ("net/iptables-list-filter.txt", "networking/iptables-filter.txt"),
    ("net/iptables-list-nat.txt", "networking/iptables-nat.txt"),
    ("net/iptables-list-mangle.txt", "networking/iptables-mangle.txt"),
    ("net/ip6tables-list-filter.txt", "networking/ip6tables-filter.txt"),
    ("net/ip6tables-list-nat.txt", "networking/ip6tables-nat.txt"),
    ("net/ip6tables-list-mangle.txt", "networking/ip6tables-mangle.txt"),
    ("net/rules4.txt", "networking/iprule.txt"),
    ("net/rules6.txt", "networking/ip6rule.txt"),
    ("net/routes4.txt", "networking/iproute.txt"),
    ("net/routes6.txt", "networking/ip6route.txt"),
    ("net/ipset.txt", "networking/ipset.txt"),
    ("net/conntrack.txt", "networking/conntrack.txt"),
    ("net/conntrack6.txt", "networking/conntrack6.txt"),
    ("net/resolver/etc/resolv.conf", "networking/resolv.conf"),
    ("net/networkd/", "networking/systemd-network/"),
    ("sysctl/net.txt", "sysctls/sysctl_all.txt"),
  ]

  /// Where a member stands in the script's layout; `path` is its place in ours.
  public static func memberPath(_ path: String) -> String {
    for (ours, theirs) in names {
      if ours.hasSuffix("/") {
        if path.hasPrefix(ours) { return theirs + path.dropFirst(ours.utf8.count) }
      } else if path == ours {
        return theirs
      }
    }
    return ownFolder + path
  }
}
