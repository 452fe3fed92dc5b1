/// What is replaced by pseudonyms, and what is known about the node beforehand.
public struct PseudonymRules: Sendable {
  /// The run's secret.
  public var key: PseudonymKey
  /// R7: whether names of pods, namespaces and images are replaced.
  public var masksNames: Bool
  /// R8: whether addresses, host names and ids are replaced.
  public var masksAddresses: Bool
  /// Words with their pseudonyms, replaced wherever they stand alone.
  public var words: [String: String]
  /// Names that stay because they belong to the cluster itself.
  public var keptNames: Set<String>
  /// Namespaces that are known beforehand, so that `namespace/name` is recognised without a key.
  public var namespaces: Set<String>
  /// How addresses are replaced.
  public var mapping: AddressMapping

  /// Puts rules together.
  public init(
    key: PseudonymKey, masksNames: Bool, masksAddresses: Bool, words: [String: String] = [:],
    keptNames: Set<String> = [], namespaces: Set<String> = [], mapping: AddressMapping? = nil
  ) {
    self.key = key
    self.masksNames = masksNames
    self.masksAddresses = masksAddresses
    self.words = words
    self.keptNames = keptNames
    self.namespaces = namespaces
    self.mapping = mapping ?? AddressMapping(key)
  }

  /// How hexadecimal addresses of the kernel's own tables are written in a text.
  public enum HexForm: Sendable {
    /// Most significant byte first, as in `ip_vs` and `if_inet6`.
    case network
    /// As words of a little-endian machine, as in `route` and `tcp`.
    case littleEndian
  }
}

/// Namespaces and parts of every cluster whose names stay.
public enum ClusterNames {
  /// Namespaces that every cluster has.
  public static let namespaces: Set<String> = [
    "kube-system", "kube-public", "kube-node-lease", "default",
  ]
  /// Containerd's and Docker's own spaces, which share the word.
  static let runtimeNamespaces: Set<String> = ["k8s.io", "moby", "buildkit"]

  /// How the names of pods and objects of the cluster's own begin.
  static let prefixes = [
    "aws-node", "kube-proxy", "coredns", "kube-dns", "eks-pod-identity-agent", "eks-node",
    "ebs-csi-", "efs-csi-", "metrics-server", "aws-load-balancer-controller", "vpc-resource-",
    "amazon-vpc-", "aws-network-policy-", "aws-eks-", "aws-vpc-cni", "kubernetes",
    "cluster-autoscaler",
    "node-monitoring-agent", "eks-node-monitoring-agent", "snapshot-controller", "karpenter",
  ]

  /// Whether a name belongs to a part of the cluster itself.
  public static func isSystem(_ name: String) -> Bool {
    prefixes.contains { name == $0 || name.hasPrefix($0.hasSuffix("-") ? $0 : $0 + "-") }
  }

  /// Accounts of AWS from which nodes pull the cluster's own images.
  static let imageAccounts: Set<String> = [
    "602401143452", "877085696533", "800184023465", "918309763551", "961992271922",
    "590381155156", "558608220178", "151742754352", "013241004608", "900889452093",
    "900612956339", "066635153087", "296578399912", "759879836304", "455263428931",
    "491585149902", "761377655185", "533267051163", "151610086707", "333609536671",
    "121268973566",
  ]
}
