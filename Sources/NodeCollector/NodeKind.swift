public import BundleModel
import FoundationEssentials
import SystemPackage

/// What kind of node it is, as its own files tell.
public struct NodeKind: Sendable, Equatable {
  /// Families of operating systems that differ in what the collector looks for.
  public enum Family: String, Sendable {
    /// Amazon Linux 2.
    case al2
    /// Amazon Linux 2023.
    case al2023
    /// Bottlerocket.
    case bottlerocket
    /// Ubuntu.
    case ubuntu
    /// Debian.
    case debian
    /// Anything else.
    case other
  }

  /// How the node belongs to EKS.
  public enum Membership: String, Sendable {
    /// An ordinary node.
    case yes
    /// No kubelet, no CNI of AWS and no instance metadata.
    case no
    /// A machine outside EC2 that joined a cluster of EKS.
    case hybrid
    /// A node of EKS Auto Mode.
    case auto
    /// A Kubernetes node without a sign of AWS, or an instance without a kubelet.
    case unknown
  }

  /// The operating system.
  public let family: Family
  /// How the node belongs to EKS.
  public let membership: Membership
  /// The container runtime whose socket is there.
  public let runtime: String?
  /// Name of the first process.
  public let initSystem: String?
  /// Version of the control group hierarchy.
  public let cgroup: Int?
  /// Whether systemd runs the node's services.
  let hasSystemd: Bool
  /// Whether the node is set up by nodeadm.
  let hasNodeadm: Bool
  /// Whether the kubelet is a snap.
  let hasKubeletSnap: Bool

  /// What the collector looks for on a node of EKS.
  public static let signs = "a kubelet, the CNI's files and instance metadata"

  /// Looks at the node's files; quick and without side effects.
  ///
  /// - Parameters:
  ///   - host: the node.
  ///   - release: the fields of `os-release`.
  ///   - isInstance: whether the metadata service answered.
  init(host: Host, release: [String: String], isInstance: Bool) {
    let files = NodeFiles(host: host)
    family = Self.family(release)
    hasKubeletSnap = files.has("/snap/kubelet-eks", "/var/snap/kubelet-eks")
    hasNodeadm =
      files.has("/etc/eks/nodeadm", "/usr/bin/nodeadm", "/opt/nodeadm")
      || files.hasUnit("nodeadm-config.service")
    initSystem = SmallFile(host: host).line("/proc/1/comm")
    hasSystemd =
      initSystem == "systemd"
      || files.has("/run/systemd/system", "/usr/bin/systemctl", "/bin/systemctl")
    runtime = Self.runtime(files)
    cgroup =
      files.has("/sys/fs/cgroup/cgroup.controllers")
      ? 2 : files.has("/sys/fs/cgroup/cpu", "/sys/fs/cgroup/memory") ? 1 : nil
    membership = Self.membership(files, snap: hasKubeletSnap, isInstance: isInstance)
  }

  /// A node whose files could not be looked at in time: nothing is ruled out.
  static let unseen = NodeKind()

  private init() {
    (family, membership) = (.other, .unknown)
    (runtime, initSystem, cgroup) = (nil, nil, nil)
    (hasSystemd, hasNodeadm, hasKubeletSnap) = (true, true, true)
  }

  /// What this kind of node has.
  public var traits: Set<NodeTrait> {
    var traits = Set(NodeTrait.allCases)
    if !hasSystemd { traits.remove(.systemd) }
    if family == .bottlerocket { traits.remove(.packageDatabase) }
    if membership == .hybrid { traits.remove(.instanceMetadata) }
    if membership == .auto {
      traits.remove(.cniDaemonSet)
    } else {
      traits.remove(.autoMode)
    }
    if !hasNodeadm, family != .al2023, membership != .hybrid { traits.remove(.nodeadm) }
    if !hasKubeletSnap { traits.remove(.kubeletSnap) }
    return traits
  }

  private static func family(_ release: [String: String]) -> Family {
    switch release["ID"] {
    case "amzn": release["VERSION_ID"] == "2" ? .al2 : .al2023
    case "bottlerocket": .bottlerocket
    case "ubuntu": .ubuntu
    case "debian": .debian
    default: .other
    }
  }

  private static func runtime(_ files: NodeFiles) -> String? {
    let sockets = [
      ("containerd", ["/run/containerd/containerd.sock", "/run/dockershim.sock"]),
      ("cri-o", ["/run/crio/crio.sock"]), ("docker", ["/run/docker.sock"]),
    ]
    if let found = sockets.first(where: { files.hasAny($0.1) }) { return found.0 }
    // A runtime that is down has no socket, and its configuration still tells.
    return files.has("/etc/containerd/config.toml") ? "containerd" : nil
  }

  private static func membership(
    _ files: NodeFiles, snap: Bool, isInstance: Bool
  ) -> Membership {
    if files.hasUnit("eks-healthchecker.service") || files.hasUnit("eks-pod-identity-agent.service")
    {
      return .auto
    }
    let isKubelet =
      snap
      || files.has(
        "/var/lib/kubelet", "/etc/kubernetes/kubelet", "/usr/bin/kubelet",
        "/etc/kubernetes/kubelet.conf"
      ) || files.hasUnit("kubelet.service")
    let isCNI = files.has(
      "/etc/cni/net.d/10-aws.conflist", "/opt/cni/bin/aws-cni", "/var/log/aws-routed-eni",
      "/var/run/aws-node")
    if isKubelet, files.isHybrid { return .hybrid }
    if isCNI, isKubelet { return .yes }
    if isKubelet, files.has("/etc/eks") || snap { return .yes }
    return isKubelet || isCNI || isInstance ? .unknown : .no
  }
}

/// Looks for files of the node.
private struct NodeFiles {
  let host: Host

  func has(_ paths: String...) -> Bool { hasAny(paths) }

  func hasAny(_ paths: [String]) -> Bool {
    paths.contains { FileManager.default.fileExists(atPath: host.path($0).string) }
  }

  func hasUnit(_ name: String) -> Bool {
    let folders = [
      "/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
      "/run/systemd/system",
    ]
    return hasAny(folders.map { "\($0)/\(name)" })
  }

  /// A hybrid node's kubelet says so in its provider id or in its node labels.
  var isHybrid: Bool {
    let texts = [
      "/etc/eks/kubelet/environment", "/etc/kubernetes/kubelet/config.json",
      "/etc/systemd/system/kubelet.service",
    ].compactMap { SmallFile(host: host).text($0) }
    return texts.contains {
      $0.contains("eks-hybrid:///") || $0.contains("eks.amazonaws.com/compute-type=hybrid")
    }
  }
}
