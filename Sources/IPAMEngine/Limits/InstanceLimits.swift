/// Network limits of an instance type.
///
/// Source: amazon-vpc-cni-k8s v1.23.1, `pkg/vpc/vpc_ip_resource_limit.go`; trunk and branch columns
/// from amazon-vpc-resource-controller-k8s, `pkg/aws/vpc/limits.go`.
public struct InstanceLimits: Hashable, Sendable {
  /// Virtualisation under the instance.
  public enum Hypervisor: String, Hashable, Sendable {
    /// The Nitro system.
    case nitro
    /// Xen: no prefixes.
    case xen
    /// Not known; bare-metal types have this.
    case unknown
  }

  /// ENIs on the default network card, the primary one included.
  public var eniLimit: Int
  /// IPv4 addresses per ENI, its primary one included.
  public var ipv4PerENI: Int
  /// Virtualisation.
  public var hypervisor: Hypervisor
  /// Whether it is a bare-metal type.
  public var isBareMetal: Bool
  /// ENIs per network card, in the order of the cards.
  public var networkCards: [Int]
  /// Whether the type can have a trunk ENI; nil if the controller's table does not know it.
  public var isTrunkCompatible: Bool?
  /// Branch ENIs; nil if not known.
  public var branchENIs: Int?
  /// Virtual CPUs; nil if not known.
  public var vCPUs: Int?

  /// Limits of a type.
  public init(
    eniLimit: Int, ipv4PerENI: Int, hypervisor: Hypervisor = .nitro, isBareMetal: Bool = false,
    networkCards: [Int]? = nil, isTrunkCompatible: Bool? = nil, branchENIs: Int? = nil,
    vCPUs: Int? = nil
  ) {
    self.eniLimit = eniLimit
    self.ipv4PerENI = ipv4PerENI
    self.hypervisor = hypervisor
    self.isBareMetal = isBareMetal
    self.networkCards = networkCards ?? [eniLimit]
    self.isTrunkCompatible = isTrunkCompatible
    self.branchENIs = branchENIs
    self.vCPUs = vCPUs
  }

  /// Whether an ENI can hold prefixes.
  public var supportsPrefixes: Bool { hypervisor == .nitro || isBareMetal }

  /// What the table says about a type.
  public enum Lookup: Hashable, Sendable {
    /// The limits of a type in the table.
    case known(InstanceLimits)
    /// Not in the table: ipamd asks EC2 (1.9.1 on) or does not start (before).
    case unknownType
  }

  /// Looks a type up by its name, such as `m5.large`.
  public static func lookUp(_ type: String) -> Lookup {
    let rows = InstanceLimitsTable.rows
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].type < type { low = middle + 1 } else { high = middle }
    }
    guard low < rows.count, rows[low].type == type else { return .unknownType }
    return .known(rows[low].limits)
  }

  /// Every type of the table in ascending order of its name.
  public static var knownTypes: [String] { InstanceLimitsTable.rows.map(\.type) }
}

/// A type and its limits.
struct InstanceLimitsRow: Sendable {
  let type: String
  let limits: InstanceLimits

  /// Reads a line of the table; nil if it is not one.
  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count == 9, let enis = Int(fields[1]), let addresses = Int(fields[2]) else {
      return nil
    }
    type = String(fields[0])
    limits = InstanceLimits(
      eniLimit: enis, ipv4PerENI: addresses,
      hypervisor: fields[3] == "n" ? .nitro : fields[3] == "x" ? .xen : .unknown,
      isBareMetal: fields[4] == "b", networkCards: Self.cards(fields[5]),
      isTrunkCompatible: fields[6] == "?" ? nil : fields[6] == "t",
      branchENIs: Int(fields[7]), vCPUs: Int(fields[8]))
  }

  private static func cards(_ text: Substring) -> [Int] {
    let parts = text.split(separator: "x").compactMap { Int($0) }
    if parts.count == 2 { return Array(repeating: parts[1], count: parts[0]) }
    return text.split(separator: "+").compactMap { Int($0) }
  }
}

extension InstanceLimitsTable {
  /// The table in ascending order of its types.
  static let rows: [InstanceLimitsRow] = text.split(separator: "\n")
    .compactMap(InstanceLimitsRow.init)
}
