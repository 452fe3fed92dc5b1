public import IPAMEngine

/// A subnet of the simulated VPC, in the node's availability zone.
public struct SimulatedSubnet: Hashable, Sendable {
  /// Id.
  public let id: String
  /// IPv4 range.
  public let cidr: CIDR
  /// IPv6 range; nil for an IPv4-only subnet.
  public let cidrV6: CIDR?
  /// Tags.
  public var tags: [ENITag]
  /// Addresses left; nil = unlimited. A prefix takes 16, an ENI one for its primary address.
  public var freeAddresses: Int?
  /// `/28` prefixes left; nil = unlimited.
  public var freePrefixes: Int?

  private var addressesGiven: UInt128 = 0
  private var prefixesGiven: UInt128 = 0
  private var prefixesV6Given: UInt128 = 0

  /// What DescribeSubnets shows for a subnet without a limit.
  public static let shownWhenUnlimited = 8000

  /// A subnet.
  public init(
    id: String, cidr: CIDR, cidrV6: CIDR? = nil, tags: [ENITag] = [], freeAddresses: Int? = nil,
    freePrefixes: Int? = nil
  ) {
    self.id = id
    self.cidr = cidr
    self.cidrV6 = cidrV6
    self.tags = tags
    self.freeAddresses = freeAddresses
    self.freePrefixes = freePrefixes
  }

  func has(addresses: Int) -> Bool { freeAddresses.map { addresses <= $0 } ?? true }

  func has(prefixes: Int) -> Bool {
    has(addresses: 16 * prefixes) && (freePrefixes.map { prefixes <= $0 } ?? true)
  }

  /// The next address; addresses are never given twice.
  mutating func takeAddress() -> IPAddress {
    freeAddresses = freeAddresses.map { $0 - 1 }
    return skipAddress()
  }

  /// Uses up a number without giving the address.
  @discardableResult
  mutating func skipAddress() -> IPAddress {
    addressesGiven += 1
    // The first four addresses of a subnet belong to AWS.
    return cidr.base.advanced(by: 3 + addressesGiven)
  }

  /// The next `/28`, counted from the middle of the subnet.
  mutating func takePrefix() -> CIDR {
    freeAddresses = freeAddresses.map { $0 - 16 }
    freePrefixes = freePrefixes.map { $0 - 1 }
    prefixesGiven += 1
    let middle = UInt128(cidr.size / 2)
    return CIDR(cidr.base.advanced(by: middle + 16 * (prefixesGiven - 1)), length: 28)
  }

  /// The next `/80`.
  mutating func takePrefixV6() -> CIDR? {
    guard let cidrV6 else { return nil }
    let block: UInt128 = 0xA000 + prefixesV6Given
    prefixesV6Given += 1
    return CIDR(cidrV6.base.advanced(by: block << 48), length: 80)
  }

  mutating func giveBack(addresses: Int, prefixes: Int) {
    freeAddresses = freeAddresses.map { $0 + addresses + 16 * prefixes }
    freePrefixes = freePrefixes.map { $0 + prefixes }
  }

  var described: Subnet {
    Subnet(id: id, tags: tags, freeAddresses: freeAddresses ?? Self.shownWhenUnlimited)
  }
}

/// An ENI of the simulated account.
public struct SimulatedInterface: Hashable, Sendable {
  /// Id.
  public let id: ENIID
  /// Subnet id.
  public let subnet: String
  /// Kind of interface.
  public var kind: DescribedInterface.Kind
  /// Device index; nil while it is not attached.
  public var device: Int?
  /// Network card it is attached to.
  public var networkCard = 0
  /// Primary IPv4 address.
  public let primaryAddress: IPAddress
  /// Secondary IPv4 addresses.
  public var addresses: [IPAddress] = []
  /// IPv4 prefixes.
  public var prefixes: [CIDR] = []
  /// IPv6 prefixes.
  public var prefixesV6: [CIDR] = []
  /// Tags.
  public var tags: [ENITag] = []

  /// Address slots in use: primary, secondary addresses and prefixes.
  var slots: Int { 1 + addresses.count + prefixes.count }

  /// Secondary addresses and prefixes.
  public var cidrs: [CIDR] { addresses.map { CIDR($0) } + prefixes + prefixesV6 }

  var described: DescribedInterface {
    DescribedInterface(
      id: id, kind: kind, tags: tags, primaryAddress: primaryAddress,
      addresses: [primaryAddress] + addresses, prefixes: prefixes, prefixesV6: prefixesV6,
      isAttached: device != nil)
  }

  var metadata: MetadataInterface {
    let isEFAOnly = kind == .efaOnly
    return MetadataInterface(
      id: id, device: device ?? 0, networkCard: networkCard, subnet: subnet,
      primaryAddress: isEFAOnly ? nil : primaryAddress,
      addresses: isEFAOnly ? [] : [primaryAddress] + addresses, prefixes: prefixes,
      prefixesV6: prefixesV6, isEFAOnly: isEFAOnly)
  }
}
