/// Every item that the collector knows, in the order in which bundles list them.
public enum Catalog {
  /// All declared items.
  public static let all: [Artifact] =
    Artifact.host + Artifact.system + Artifact.kubelet + Artifact.cni + Artifact.ipamd
    + Artifact.pods + Artifact.net + Artifact.netCounters + Artifact.packetFilter
    + Artifact.netConfiguration + Artifact.netAgain + Artifact.sysctl + Artifact.ebpf
    + Artifact.imds + Artifact.kube

  /// The declaration behind an id, if this version knows it.
  public static func artifact(_ id: ArtifactID) -> Artifact? {
    all.first { $0.id == id }
  }
}
