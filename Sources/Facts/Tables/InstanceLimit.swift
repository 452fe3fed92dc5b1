import BundleModel

/// What EC2 allows an instance of the node's type.
public struct InstanceLimit: FactRow {
  /// Type of the instance, such as m5.large.
  public var instanceType: String
  /// Whether the built-in table has the type; if not, nothing else is known.
  public var isKnown: Bool
  /// ENIs of the first network card, the primary one included.
  public var enis: Int?
  /// IPv4 addresses per ENI, its own one included.
  public var addressesPerENI: Int?
  /// nitro, xen or unknown.
  public var hypervisor: String?
  /// Whether it is a bare-metal type.
  public var isBareMetal: Bool?
  /// Whether ENIs can hold prefixes.
  public var supportsPrefixes: Bool?
  /// Network cards of the instance.
  public var networkCards: Int?
  /// Whether it can have a trunk ENI.
  public var isTrunkCompatible: Bool?
  /// Branch ENIs.
  public var branchENIs: Int?
  /// Virtual processors.
  public var vCPUs: Int?

  /// A type of which nothing is known yet.
  public init(instanceType: String, isKnown: Bool) {
    self.instanceType = instanceType
    self.isKnown = isKnown
  }

  /// The declaration of `instance_limit`.
  public static let schema = Schema<Self>(
    "instance_limit",
    "What EC2 allows an instance of the node's type, from the built-in table of the VPC CNI. At most one row.",
    from: NodeProperty.schema.description.artifacts,
    columns: [
      Column("instance_type", \.instanceType, "Type of the instance, such as m5.large."),
      Column("is_known", \.isKnown, "1 if the table has the type; 0 leaves the rest NULL."),
      Column("enis", \.enis, "ENIs of the first network card, the primary one included."),
      Column(
        "addresses_per_eni", \.addressesPerENI, "IPv4 addresses per ENI, its own one included."),
      Column("hypervisor", \.hypervisor, "nitro, xen or unknown (bare metal)."),
      Column("is_bare_metal", \.isBareMetal, "1 for bare-metal types; else 0."),
      Column("supports_prefixes", \.supportsPrefixes, "1 if ENIs can hold prefixes; else 0."),
      Column("network_cards", \.networkCards, "Network cards of the instance."),
      Column(
        "is_trunk_compatible", \.isTrunkCompatible,
        "1 if it can have a trunk ENI, 0 if not; NULL if unknown."),
      Column("branch_enis", \.branchENIs, "Branch ENIs; NULL if unknown."),
      Column("vcpus", \.vCPUs, "Virtual processors; NULL if unknown."),
    ])
}
