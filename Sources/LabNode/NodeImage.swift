/// The operating system of a node, and how it became a node.
enum NodeImage: String, Sendable {
  case al2023
  case al2
  case ubuntu
  case bottlerocket
  /// A machine outside EC2 that nodeadm joined to a cluster.
  case hybrid
  /// EKS Auto Mode: what are DaemonSets elsewhere are services of the host.
  case autoMode
  /// A machine that is no node of a cluster.
  case bare

  /// Whether nodeadm configures the node.
  var hasNodeadm: Bool { [.al2023, .hybrid].contains(self) }
  /// Whether a kubelet runs.
  var hasKubelet: Bool { self != .bare }
  /// Whether the CNI runs.
  var hasCNI: Bool { self != .bare && self != .hybrid }
  /// Whether there is an instance metadata service.
  var isInstance: Bool { self != .bare && self != .hybrid }
  /// Whether the system's agents are pods.
  var hasSystemPods: Bool { hasKubelet && self != .autoMode }
  /// Where the node's files are seen from; the empty text is the root.
  var root: String { self == .bottlerocket ? "/mnt/host" : "" }
  /// The unit of the kubelet.
  var kubeletUnit: String {
    self == .ubuntu ? "snap.kubelet-eks.daemon.service" : "kubelet.service"
  }

  /// Where the kubelet's configuration lies.
  var kubeletConfiguration: String {
    switch self {
    case .al2, .ubuntu: "/etc/kubernetes/kubelet/kubelet-config.json"
    case .bottlerocket: "/etc/kubernetes/kubelet/config"
    case .al2023, .hybrid, .autoMode, .bare: "/etc/kubernetes/kubelet/config.json"
    }
  }

  /// Where the kubelet's credentials for the API server lie.
  var kubeconfig: String {
    self == .bottlerocket ? "/etc/kubernetes/kubelet/kubeconfig" : "/var/lib/kubelet/kubeconfig"
  }

  /// /etc/os-release.
  var release: String {
    switch self {
    case .al2:
      """
      NAME="Amazon Linux"
      VERSION="2"
      ID="amzn"
      ID_LIKE="centos rhel fedora"
      VERSION_ID="2"
      PRETTY_NAME="Amazon Linux 2"
      ANSI_COLOR="0;33"
      CPE_NAME="cpe:2.3:o:amazon:amazon_linux:2"
      HOME_URL="https://amazonlinux.com/"
      SUPPORT_END="2026-06-30"

      """
    case .ubuntu:
      """
      PRETTY_NAME="Ubuntu 22.04.5 LTS"
      NAME="Ubuntu"
      VERSION_ID="22.04"
      VERSION="22.04.5 LTS (Jammy Jellyfish)"
      VERSION_CODENAME=jammy
      ID=ubuntu
      ID_LIKE=debian
      UBUNTU_CODENAME=jammy

      """
    case .bottlerocket, .autoMode:
      """
      NAME=Bottlerocket
      ID=bottlerocket
      VERSION="1.44.0 (aws-k8s-1.33)"
      PRETTY_NAME="Bottlerocket OS 1.44.0 (aws-k8s-1.33)"
      VARIANT_ID=aws-k8s-1.33
      VERSION_ID=1.44.0
      BUILD_ID=1f8c2d6e
      HOME_URL="https://github.com/bottlerocket-os/bottlerocket"

      """
    case .bare:
      """
      PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
      NAME="Debian GNU/Linux"
      VERSION_ID="12"
      VERSION="12 (bookworm)"
      VERSION_CODENAME=bookworm
      ID=debian

      """
    case .al2023, .hybrid:
      """
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

      """
    }
  }

  /// Whether packages are those of RPM. The lab's machine has Debian's.
  var hasRPM: Bool { [.al2023, .al2, .hybrid].contains(self) }
}
