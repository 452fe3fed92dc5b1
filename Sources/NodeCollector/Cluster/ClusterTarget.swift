/// Which cluster is asked, as the user's own tools name it. Whatever is left out is up to them.
public struct ClusterTarget: Sendable, Equatable {
  /// The context of kubectl.
  public var context: String?
  /// The configuration file of kubectl.
  public var kubeconfig: String?
  /// The region of AWS.
  public var region: String?
  /// The profile of the AWS command line.
  public var profile: String?
  /// The cluster's name in EKS.
  public var clusterName: String?
  /// Names of the nodes whose objects and instances are wanted.
  public var nodes: [String]
  /// Instances that are wanted besides those of the nodes.
  public var instances: [String]

  /// The most nodes that may be named: each one costs a request.
  public static let nodeLimit = 50

  /// Names a cluster.
  public init(
    context: String? = nil, kubeconfig: String? = nil, region: String? = nil,
    profile: String? = nil, clusterName: String? = nil, nodes: [String] = [],
    instances: [String] = []
  ) {
    self.context = context
    self.kubeconfig = kubeconfig
    self.region = region
    self.profile = profile
    self.clusterName = clusterName
    self.nodes = nodes
    self.instances = instances
  }

  /// What stands in front of the arguments of every call of a program. A value is one argument with
  /// its option, so that no value is ever taken for an option.
  func options(of program: String) -> [String] {
    switch program {
    case "kubectl":
      option("--kubeconfig", kubeconfig) + option("--context", context)
        + ["--request-timeout=15s"]
    case "aws":
      option("--region", region) + option("--profile", profile)
        + ["--output=json", "--cli-connect-timeout=10", "--cli-read-timeout=30"]
    default: []
    }
  }

  private func option(_ name: String, _ value: String?) -> [String] {
    value.map { ["\(name)=\($0)"] } ?? []
  }
}

extension ClusterTarget {
  /// Whether a node's object can have this name.
  public static func isNodeName(_ text: String) -> Bool { ClusterMark.node.accepts(text) }

  /// Whether a cluster of EKS can have this name.
  public static func isClusterName(_ text: String) -> Bool { ClusterMark.cluster.accepts(text) }
}
