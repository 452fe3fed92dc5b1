/// Every item that the collector knows, in the order in which bundles list them.
public enum Catalog {
  /// All declared items.
  public static let all: [Artifact] =
    Artifact.host + Artifact.system + Artifact.kubelet + Artifact.runtime + Artifact.cni
    + Artifact.logs + Artifact.ipamd + Artifact.pods + Artifact.net + Artifact.netCounters
    + Artifact.packetFilter + Artifact.netConfiguration + Artifact.netAgain + Artifact.sysctl
    + Artifact.ebpf + Artifact.imds + Artifact.kube + Artifact.probe

  /// The declaration behind an id, of a node's items, a cluster's or what only other collectors
  /// gather, if this version knows it.
  public static func artifact(_ id: ArtifactID) -> Artifact? {
    all.first { $0.id == id } ?? cluster.first { $0.id == id }
      ?? foreign.first { $0.artifact.id == id }?.artifact
  }
}
