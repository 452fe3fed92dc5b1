/// What a node is made from. The same inputs give the same node.
public struct NodeInputs: Codable, Sendable {
  /// The name of the variant.
  public var variant: String
  /// The moment of which the node's logs know.
  public var now: Moment
  /// The kernel's boot id, which journals carry: 32 hex digits.
  public var bootID: String
  /// Which of its servers misbehave, and how.
  public var serverFaults: [ServerFault]
  /// The sandboxes of pods that a real runtime has started, by namespace and name.
  public var sandboxes: [String: SandboxIdentity] = [:]
  /// How many pods with addresses of their own run, where it is not as many as the variant says.
  public var pods: Int?
  /// By how many MiB the CNI's logs are longer than two hours make them.
  public var logMiB = 0

  /// Creates the inputs of a node.
  public init(
    variant: String, now: Moment, bootID: String, serverFaults: [ServerFault] = []
  ) {
    self.variant = variant
    self.now = now
    self.bootID = bootID
    self.serverFaults = serverFaults
  }

  /// How that server misbehaves, if it does.
  func fault(of server: ServerFault.Server) -> ServerFault.Kind? {
    serverFaults.last { $0.server == server }?.kind
  }
}

/// One node. Logs, checkpoint, introspection, metrics, metadata, kernel state, journal and pod objects
/// are all derived from this value, so that they agree with each other.
public struct NodeModel: Sendable {
  /// How long ago the node booted, in seconds.
  public static let uptimeSeconds = 7_200.0

  /// In which respect the node is broken.
  public let variant: Variant
  /// The moment at which the node's history ends.
  public let now: Moment
  let bootID: String
  let instance: Instance
  let pods: [Pod]
  /// What ipamd did until now.
  var history: IPAMDaemon

  /// Creates the node that these inputs describe, or nothing if there is no variant of that name.
  public init?(_ inputs: NodeInputs) {
    guard var variant = Variant.named(inputs.variant) else { return nil }
    if let pods = inputs.pods { variant.runningPods = pods }
    self.init(
      variant: variant, now: inputs.now, bootID: inputs.bootID, sandboxes: inputs.sandboxes)
  }

  /// Creates a node.
  public init(
    variant: Variant, now: Moment, bootID: String, sandboxes: [String: SandboxIdentity] = [:]
  ) {
    self.variant = variant
    self.now = now
    self.bootID = bootID
    instance = Instance(variant.image, pods: variant.runningPods)
    let start = now - Self.uptimeSeconds + Self.ipamdDelay
    pods = Pod.cast(variant, ipamdStart: start, now: now).map { pod in
      var pod = pod
      pod.sandbox = sandboxes["\(pod.namespace)/\(pod.name)"]
      return pod
    }
    var history = IPAMDaemon(instance: instance, variant: variant, pods: pods, start: start)
    history.advance(to: now)
    self.history = history
  }

  /// From boot to ipamd's first line, in seconds.
  private static let ipamdDelay = 47.318

  /// When the node booted.
  public var booted: Moment { now - Self.uptimeSeconds }
  var kubeletStarted: Moment { booted + 14.207 }
  var ipamdStarted: Moment { booted + Self.ipamdDelay }

  /// The pods that run, with their addresses.
  var runningPods: [(pod: Pod, allocation: Allocation)] {
    pods.compactMap { pod in
      guard pod.deletion == nil, !pod.isRefused, let allocation = history.allocation(of: pod)
      else { return nil }
      return (pod, allocation)
    }
  }

  /// The pods that wait for an address.
  var waitingPods: [Pod] { pods.filter(\.isRefused) }

  /// The ENIs that are attached.
  var enis: [ENI] {
    variant.image.hasCNI ? history.pools.map(\.eni) : [instance.enis[0]]
  }

  /// What the container aws-node is started with, in the manifest's order.
  public var agentEnvironment: [(name: String, value: String)] {
    var result = [
      ("ADDITIONAL_ENI_TAGS", "{}"),
      ("ANNOTATE_POD_IP", "false"),
      ("AWS_VPC_CNI_NODE_PORT_SUPPORT", "true"),
      ("AWS_VPC_ENI_MTU", "9001"),
      ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false"),
      ("AWS_VPC_K8S_CNI_EXTERNALSNAT", "false"),
      ("AWS_VPC_K8S_CNI_LOGLEVEL", "DEBUG"),
      ("AWS_VPC_K8S_CNI_LOG_FILE", "/host/var/log/aws-routed-eni/ipamd.log"),
      ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "prng"),
      ("AWS_VPC_K8S_CNI_VETHPREFIX", "eni"),
      ("AWS_VPC_K8S_PLUGIN_LOG_FILE", "/var/log/aws-routed-eni/plugin.log"),
      ("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "DEBUG"),
      ("CLUSTER_NAME", instance.cluster),
      ("DISABLE_INTROSPECTION", "false"),
      ("DISABLE_METRICS", "false"),
      ("DISABLE_NETWORK_RESOURCE_PROVISIONING", "false"),
      ("ENABLE_IMDS_ONLY_MODE", "false"),
      ("ENABLE_IPv4", "true"),
      ("ENABLE_IPv6", "false"),
      ("ENABLE_MULTI_NIC", "false"),
      ("ENABLE_POD_ENI", "false"),
      ("ENABLE_PREFIX_DELEGATION", "false"),
      ("ENABLE_SUBNET_DISCOVERY", "true"),
      ("NETWORK_POLICY_ENFORCING_MODE", "standard"),
      ("VPC_CNI_VERSION", instance.cniVersion),
      ("VPC_ID", instance.vpc),
      ("WARM_ENI_TARGET", "1"),
      ("WARM_PREFIX_TARGET", "1"),
      ("MY_NODE_NAME", instance.name),
      ("MY_POD_NAME", agentPodName),
    ]
    if variant.hasOwnRole {
      result += [
        ("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
        ("AWS_DEFAULT_REGION", instance.region),
        ("AWS_REGION", instance.region),
        ("AWS_ROLE_ARN", "arn:aws:iam::\(instance.account):role/\(instance.cluster)-cni"),
        (
          "AWS_WEB_IDENTITY_TOKEN_FILE",
          "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
        ),
      ]
    }
    return result
  }

  var agentPodName: String { "aws-node-t7w4k" }
}
