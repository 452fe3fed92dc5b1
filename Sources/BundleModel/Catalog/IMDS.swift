extension ArtifactID {
  /// Whether the metadata service answers, and to whom.
  public static let metadataReach: Self = "imds.reach"
  /// The signed description of the instance, without its signature.
  public static let metadataIdentity: Self = "imds.identity"
  /// EC2's view of the instance's network interfaces.
  public static let metadataInterfaces: Self = "imds.macs"
}

extension Artifact.Derivation {
  /// Metadata with and without a token, from the host and from a pod.
  public static let metadataReach: Self =
    "metadata with and without a token, from the host and from a pod"
}

extension Artifact {
  /// The instance metadata service. The token lives in memory only.
  static let imds: [Artifact] = [
    Artifact(
      .metadataReach,
      "Whether metadata answers with and without a token, from the host and from inside a pod.",
      source: .derived(.metadataReach), path: "imds/reach.json", holds: .metadata,
      timeoutSeconds: 8, capBytes: 64 << 10),
    Artifact(
      .metadataIdentity, "Account, region, zone, instance type and image.",
      source: .metadata(["dynamic/instance-identity/document"]), path: "imds/identity.json",
      holds: .metadata, timeoutSeconds: 5, capBytes: 64 << 10),
    Artifact(
      .metadataInterfaces, "EC2's view of the ENIs: addresses, prefixes, subnets.",
      source: .metadata(
        [
          "interface-id", "device-number", "network-card", "subnet-id", "vpc-id",
          "security-group-ids", "local-ipv4s", "ipv4-prefix", "ipv6s", "ipv6-prefix",
          "subnet-ipv4-cidr-block", "vpc-ipv4-cidr-blocks", "subnet-ipv6-cidr-blocks",
          "vpc-ipv6-cidr-blocks", "owner-id",
        ].map { "meta-data/network/interfaces/macs/*/\($0)" }),
      path: "imds/macs.json", holds: .metadata, timeoutSeconds: 20, capBytes: 1 << 20),
  ]
}
