/// One kind of node that the lab can make: the healthy one, and broken ones that differ from it in
/// one respect.
public struct Variant: Hashable, Sendable {
  /// What the command line calls it.
  public let name: String
  /// One line for lists.
  public let summary: String
  /// Which iptables backend the node's programs drive.
  var backend: Backend = .nft
  /// The policy of the filter table's FORWARD chain.
  var forwardPolicy = "ACCEPT"
  /// Whether the kubelet's unit sets that policy before the kubelet starts.
  var unitAcceptsForwarding = true
  /// Whether a service restored saved firewall rules after the kubelet had started.
  var restoresSavedRules = false
  /// Whether aws-node has credentials of its own through its service account.
  var hasOwnRole = true
  /// How many pods with addresses of their own run.
  var runningPods = 11
  /// How many pods wait in vain for an address.
  var waitingPods = 0
  /// How many pods are gone although their addresses are still assigned.
  var leakedPods = 0
  /// Whether EC2 has no more addresses once the second ENI is full.
  var subnetIsEmpty = false
  /// Whether a real container runtime runs the node's pods.
  var hasRuntime = false

  /// From which image the node was made.
  var image = NodeImage.al2023

  enum Backend: String, Sendable {
    case nft
    case legacy
  }

  /// Every variant, the healthy one first.
  public static let all: [Variant] = [
    Variant(name: "healthy", summary: "nothing is wrong"),
    Variant(
      name: "containerd", summary: "nothing is wrong, and a real containerd runs the pods",
      hasRuntime: true),
    Variant(
      name: "forward-drop", summary: "the FORWARD policy is DROP (nft), the kubelet's unit is bare",
      forwardPolicy: "DROP", unitAcceptsForwarding: false),
    Variant(
      name: "forward-drop-legacy",
      summary: "the FORWARD policy is DROP (legacy), saved rules came back after the kubelet",
      backend: .legacy, forwardPolicy: "DROP", restoresSavedRules: true),
    Variant(
      name: "no-own-role", summary: "aws-node has no role and uses the node's",
      hasOwnRole: false),
    Variant(
      name: "subnet-exhausted", summary: "EC2 has no address left, the pool is full, pods wait",
      runningPods: 18, waitingPods: 2, subnetIsEmpty: true),
    Variant(
      name: "leaked-ip", summary: "four addresses belong to pods that are gone",
      leakedPods: 4),
    Variant(
      name: "al2", summary: "nothing is wrong; Amazon Linux 2", backend: .legacy, image: .al2),
    Variant(
      name: "al2023", summary: "nothing is wrong; Amazon Linux 2023, as healthy is"),
    Variant(
      name: "ubuntu", summary: "nothing is wrong; Ubuntu, whose kubelet is a snap", image: .ubuntu),
    Variant(
      name: "bottlerocket",
      summary: "nothing is wrong; Bottlerocket, seen from a container at /mnt/host",
      image: .bottlerocket),
    Variant(
      name: "auto-mode", summary: "nothing is wrong; EKS Auto Mode, the CNI is a host service",
      image: .autoMode),
    Variant(
      name: "hybrid", summary: "nothing is wrong; a hybrid node: no metadata, no VPC CNI",
      runningPods: 0, image: .hybrid),
    Variant(
      name: "bare", summary: "no node of a cluster, just a machine", runningPods: 0, image: .bare),
  ]

  /// The variant of that name.
  public static func named(_ name: String) -> Variant? {
    all.first { $0.name == name }
  }
}
