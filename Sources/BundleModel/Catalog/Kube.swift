extension ArtifactID {
  /// The pods that are bound to this node.
  public static let nodePods: Self = "kube.pods"
  /// The node's own object.
  public static let nodeObject: Self = "kube.node"
  /// The API server's version.
  public static let apiVersion: Self = "kube.version"
  /// The API server's own checks.
  public static let apiHealth: Self = "kube.livez"
  /// How many services there are, and the one that stands for the API server.
  public static let serviceSummary: Self = "kube.services"
  /// Events of this node.
  public static let nodeEvents: Self = "kube.events"
  /// What the node's own credential may do.
  public static let nodePermissions: Self = "kube.rbac_selfcheck"
  /// Pods that the kubelet starts from files.
  public static let staticPods: Self = "kube.static_podspecs"
  /// Where the CNI's permissions in EC2 come from.
  public static let cniIdentity: Self = "identity.cni"
}

extension Artifact.Derivation {
  /// The number of services and the service of the API server.
  public static let serviceSummary: Self = "number of services and the service of the API server"
  /// Where the CNI's permissions in EC2 come from.
  public static let cniIdentity: Self =
    "the CNI's role: names of settings, claims of its token, the instance's profile"
}

extension Artifact.Source {
  /// One GET through the node's own credential. `{kubeconfig}` and `{node}` stand for what the
  /// running kubelet uses. Nothing is cached, because nothing may be written on the node.
  static func nodeAPI(_ path: String) -> Self {
    .command("kubectl", nodeAPIOptions + ["get", "--raw", path])
  }

  /// The options of every call through the node's own credential.
  static let nodeAPIOptions = [
    "--cache-dir=/dev/null", "--kubeconfig={kubeconfig}", "--request-timeout=10s",
  ]
}

extension Artifact {
  /// Objects that the node may read through its own credentials. What they refuse is `denied`.
  static let kube: [Artifact] = [
    Artifact(
      .nodePods,
      "The pods of this node: probes, environment and state of aws-node and kube-proxy.",
      source: .nodeAPI("/api/v1/pods?fieldSelector=spec.nodeName%3D{node}"),
      path: "kube/pods.json", holds: .kubernetes, needsRoot: true, timeoutSeconds: 15,
      capBytes: 16 << 20, redaction: .kubernetesObjects),
    Artifact(
      .nodeObject,
      "The node's object: allocatable pods, conditions, labels, taints, the CNI's annotations.",
      source: .nodeAPI("/api/v1/nodes/{node}"), path: "kube/node.json", holds: .kubernetes,
      needsRoot: true, timeoutSeconds: 15, capBytes: 1 << 20, redaction: .kubernetesObjects),
    Artifact(
      .apiVersion, "The API server's version: it is reachable, and how far apart the versions are.",
      source: .nodeAPI("/version"), path: "kube/version.json", holds: .kubernetes,
      tier: .standard, needsRoot: true, timeoutSeconds: 15, capBytes: 64 << 10),
    Artifact(
      .apiHealth, "The API server's own checks, one by one.",
      source: .nodeAPI("/livez?verbose"), path: "kube/livez.txt", holds: .kubernetes,
      tier: .standard, needsRoot: true, timeoutSeconds: 15, capBytes: 64 << 10),
    Artifact(
      .serviceSummary,
      "How many services there are, which decides the number of rules, and the API server's own.",
      source: .derived(.serviceSummary), path: "kube/services_summary.json", holds: .kubernetes,
      tier: .standard, needsRoot: true, timeoutSeconds: 20, capBytes: 64 << 10),
    Artifact(
      .nodeEvents, "Events of this node; the node's own credential is often refused them.",
      source: .nodeAPI("/api/v1/events?fieldSelector=involvedObject.name%3D{node}&limit=500"),
      path: "kube/events.json", holds: .kubernetes, tier: .standard, needsRoot: true,
      timeoutSeconds: 15, capBytes: 4 << 20, redaction: .kubernetesObjects),
    Artifact(
      .nodePermissions, "What the node's own credential may do, which explains refused items.",
      source: .command("kubectl", Source.nodeAPIOptions + ["auth", "can-i", "--list"]),
      path: "kube/rbac.txt", holds: .kubernetes, tier: .standard, needsRoot: true,
      timeoutSeconds: 15, capBytes: 256 << 10),
    Artifact(
      .staticPods, "Pods that the kubelet starts from files, on nodes that somebody built by hand.",
      source: .files(["/etc/kubernetes/manifests"]), path: "kube/manifests", tier: .standard,
      needsRoot: true, timeoutSeconds: 10, capBytes: 512 << 10, redaction: .kubernetesObjects,
      naming: .fileName),
    Artifact(
      .cniIdentity,
      "Where the CNI's permissions in EC2 come from: a role of its own, or the node's.",
      source: .derived(.cniIdentity), path: "kube/cni_identity.json", holds: .metadata,
      needsRoot: true, timeoutSeconds: 8, capBytes: 64 << 10),
  ]
}
