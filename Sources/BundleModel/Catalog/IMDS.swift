extension ArtifactID {
  /// Whether the metadata service answers, and to whom.
  public static let metadataReach: Self = "imds.reach"
  /// The signed description of the instance, without its signature.
  public static let metadataIdentity: Self = "imds.identity"
  /// Type, zone and names of the instance.
  public static let metadataBasic: Self = "imds.basic"
  /// EC2's view of the instance's network interfaces.
  public static let metadataInterfaces: Self = "imds.macs"
  /// The instance profile.
  public static let metadataProfile: Self = "imds.iam_info"
  /// The name of the node's role.
  public static let metadataRole: Self = "imds.role_name"
  /// Whether metadata reaches a pod.
  public static let metadataHopLimit: Self = "imds.hop_limit"
  /// Announced ends and maintenance of the instance.
  public static let metadataEvents: Self = "imds.events"
  /// Tags of the instance.
  public static let metadataTags: Self = "imds.tags"
}

extension Artifact.Derivation {
  /// Metadata with and without a token, from the host and from a pod.
  public static let metadataReach: Self =
    "metadata with and without a token, from the host and from a pod"
  /// The name of the node's role, and nothing behind it.
  public static let roleName: Self = "the name of the node's role, and nothing behind it"
  /// A token and a listing, asked for inside a pod's namespace.
  public static let metadataFromPod: Self =
    "a token and a listing, asked for inside a pod's namespace"
}

extension Artifact {
  /// The instance metadata service. The token lives in memory only.
  static let imds: [Artifact] = [
    Artifact(
      .metadataReach,
      "Whether metadata answers with and without a token, from the host and from inside a pod.",
      source: .derived(.metadataReach), path: "imds/reach.json",
      needs: [.trait(.instanceMetadata)], holds: .metadata, timeoutSeconds: 5, capBytes: 64 << 10),
    metadata(
      .metadataIdentity, "Account, region, zone, instance type and image.", "imds/identity.json",
      ["dynamic/instance-identity/document"], seconds: 5),
    metadata(
      .metadataBasic, "Instance type, zone and names: limits, and what the Node must be called.",
      "imds/basic.json",
      [
        "instance-id", "instance-type", "ami-id", "local-hostname", "local-ipv4", "ipv6", "mac",
        "instance-life-cycle", "placement/availability-zone", "placement/availability-zone-id",
        "placement/region",
      ].map { "meta-data/\($0)" }, seconds: 5),
    metadata(
      .metadataInterfaces, "EC2's view of the ENIs: addresses, prefixes, subnets.",
      "imds/macs.json",
      [
        "interface-id", "device-number", "network-card", "subnet-id", "vpc-id",
        "security-group-ids", "local-ipv4s", "ipv4-prefix", "ipv6s", "ipv6-prefix",
        "subnet-ipv4-cidr-block", "vpc-ipv4-cidr-blocks", "subnet-ipv6-cidr-blocks",
        "vpc-ipv6-cidr-blocks", "owner-id",
      ].map { "meta-data/network/interfaces/macs/*/\($0)" }, seconds: 20, capBytes: 1 << 20),
    metadata(
      .metadataProfile, "The instance profile, which carries the node's role.",
      "imds/iam_info.json", ["meta-data/iam/info"], seconds: 2),
    Artifact(
      .metadataRole, "The name of the node's role; its credentials are never asked for.",
      source: .derived(.roleName), path: "imds/role_name.txt",
      needs: [.trait(.instanceMetadata)], holds: .metadata, tier: .standard, timeoutSeconds: 2,
      capBytes: 4096),
    Artifact(
      .metadataHopLimit,
      "Whether metadata reaches a pod: a hop limit of 1 ends its answers at the host.",
      source: .derived(.metadataFromPod), path: "imds/hop_limit.json",
      needs: [.trait(.instanceMetadata)], holds: .metadata, tier: .standard, needsRoot: true,
      timeoutSeconds: 5, capBytes: 64 << 10),
    metadata(
      .metadataEvents, "Announced maintenance and interruptions: the instance is about to end.",
      "imds/events.json",
      [
        "events/maintenance/scheduled", "spot/instance-action",
        "autoscaling/target-lifecycle-state",
      ].map { "meta-data/\($0)" }, seconds: 3, tier: .standard),
    metadata(
      .metadataTags, "Tags of the instance, where metadata shows them: cluster and node group.",
      "imds/tags.json", ["meta-data/tags/instance/*"], seconds: 3, tier: .full),
  ]

  private static func metadata(
    _ id: ArtifactID, _ summary: String, _ path: String, _ paths: [String], seconds: Double,
    capBytes: Int = 64 << 10, tier: Tier = .minimum
  ) -> Artifact {
    Artifact(
      id, summary, source: .metadata(paths), path: path, needs: [.trait(.instanceMetadata)],
      holds: .metadata, tier: tier, timeoutSeconds: seconds, capBytes: capBytes)
  }
}
