/// What a kind of node has and another lacks. An item that needs a trait which the node lacks is
/// `unsupported` there, not `failed`: its absence says nothing about the node's health.
public enum NodeTrait: String, Sendable, CaseIterable {
  /// systemd is the first process.
  case systemd
  /// A package database of rpm or dpkg; Bottlerocket has neither.
  case packageDatabase = "package database"
  /// The machine is an EC2 instance, so that it has instance metadata; hybrid nodes are not.
  case instanceMetadata = "instance metadata"
  /// The CNI runs as the DaemonSet aws-node; on Auto Mode nodes it is a service of the host.
  case cniDaemonSet = "aws-node DaemonSet"
  /// The node is set up by nodeadm (Amazon Linux 2023, hybrid nodes).
  case nodeadm
  /// The kubelet is a snap (EKS images of Ubuntu).
  case kubeletSnap = "kubelet snap"
  /// The CNI and its companions are services of the host (EKS Auto Mode).
  case autoMode = "Auto Mode services"
}
