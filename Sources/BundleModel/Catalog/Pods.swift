extension ArtifactID {
  /// What each pod's network namespace holds.
  public static let podNetworks: Self = "pods.netns"
  /// Which pod hangs on which link of the host.
  public static let hostVeths: Self = "pods.hostveth"
  /// Resolver configuration of each sandbox.
  public static let sandboxResolvers: Self = "pods.resolv"
}

extension Artifact.Derivation {
  /// Links, addresses, routes and neighbours inside each pod's namespace, by netlink.
  public static let podNetworks: Self = "links, addresses, routes and neighbours in each namespace"
  /// Links of the host and their other ends in the pods' namespaces, by netlink.
  public static let hostVeths: Self = "links of the host and their other ends in the namespaces"
  /// Resolver configuration of each sandbox, equal ones once.
  public static let sandboxResolvers: Self = "resolver configuration of each sandbox"
}

extension Artifact {
  /// The pods' network namespaces.
  static let pods: [Artifact] = [
    Artifact(
      .podNetworks,
      "What each pod's network namespace holds: its address, its default route, its static ARP entry.",
      source: .derived(.podNetworks), path: "pods/netns.jsonl", tier: .standard, needsRoot: true,
      timeoutSeconds: 30, capBytes: 10 << 20),
    Artifact(
      .hostVeths, "Which pod hangs on which link of the host: orphans, links without a route.",
      source: .derived(.hostVeths), path: "pods/veth_map.json", needsRoot: true, timeoutSeconds: 5,
      capBytes: 2 << 20, stage: .snapshot),
    Artifact(
      .sandboxResolvers, "The resolver configuration that each pod was given.",
      source: .derived(.sandboxResolvers), path: "pods/resolv.json", tier: .full, needsRoot: true,
      capBytes: 512 << 10),
  ]
}
