extension ArtifactID {
  /// The pods that are bound to this node.
  public static let nodePods: Self = "kube.pods"
}

extension Artifact {
  /// Objects that the node may read through its own credentials.
  static let kube: [Artifact] = [
    Artifact(
      .nodePods,
      "The pods of this node: probes, environment and state of aws-node and kube-proxy.",
      source: .command(
        "kubectl",
        [
          // One plain request, and nowhere to cache it: nothing may be written on the node.
          "--cache-dir=/dev/null",
          "--kubeconfig=/var/lib/kubelet/kubeconfig", "--request-timeout=10s", "get", "--raw",
          "/api/v1/pods?fieldSelector=spec.nodeName%3D{node}",
        ]),
      path: "kube/pods.json", needsRoot: true, timeoutSeconds: 15, capBytes: 16 << 20,
      redaction: .kubernetesObjects)
  ]
}
