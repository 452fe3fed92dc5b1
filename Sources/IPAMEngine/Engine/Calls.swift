/// A request that the pool loop makes of the outside world and waits for.
public enum Call: Hashable, Sendable {
  /// Ask the instance metadata for the attached ENIs and their addresses.
  case listInterfaces
  /// DescribeNetworkInterfaces for these ENIs.
  case describeInterfaces([ENIID])
  /// DescribeSubnets for the VPC and zone of the node.
  case describeSubnets
  /// DescribeInstances: which device indexes are in use on the card.
  case describeInstance(card: Int)
  /// CreateTags on an ENI.
  case createTags(ENIID, [ENITag])
  /// CreateNetworkInterface with `count` addresses or prefixes.
  case createInterface(subnet: String?, kind: AddressKind, count: Int, tags: [ENITag])
  /// AttachNetworkInterface.
  case attachInterface(ENIID, device: Int, card: Int)
  /// ModifyNetworkInterfaceAttribute: delete the ENI together with the instance.
  case setDeleteOnTermination(ENIID)
  /// ModifyNetworkInterfaceAttribute: security groups of the primary ENI.
  case setSecurityGroups(ENIID)
  /// AssignPrivateIpAddresses or AssignIpv6Addresses.
  case assign(ENIID, kind: AddressKind, count: Int)
  /// UnassignPrivateIpAddresses.
  case unassign(ENIID, kind: AddressKind, [CIDR])
  /// DetachNetworkInterface.
  case detachInterface(ENIID)
  /// DeleteNetworkInterface.
  case deleteInterface(ENIID)
  /// Set up link, rules and routes of a secondary ENI.
  case configureLink(ENIID)
  /// Read the checkpoint file of a card.
  case readCheckpoint(card: Int)
  /// Do nothing for a while: `atLeast`, plus up to `jitterPercent` of it at random.
  case wait(atLeast: Interval, jitterPercent: Int)
}

/// The answer to a ``Call``.
public enum Reply: Hashable, Sendable {
  /// To ``Call/listInterfaces``.
  case interfaces([MetadataInterface])
  /// To ``Call/describeInterfaces(_:)``.
  case described([DescribedInterface])
  /// To ``Call/describeSubnets``.
  case subnets([Subnet])
  /// To ``Call/describeInstance(card:)``: device indexes in use.
  case devices([Int])
  /// To ``Call/assign(_:kind:count:)``: what was granted.
  case granted([CIDR])
  /// To ``Call/createInterface(subnet:kind:count:tags:)``.
  case created(ENIID)
  /// To ``Call/readCheckpoint(card:)``.
  case checkpoint(CheckpointRead)
  /// The call succeeded and there is nothing to tell.
  case done
  /// The call was refused.
  case failed(CloudError)
}

/// An ENI as the instance metadata shows it.
public struct MetadataInterface: Hashable, Sendable {
  /// Id.
  public var id: ENIID
  /// Device index on its card.
  public var device: Int
  /// Network card.
  public var networkCard: Int
  /// Subnet id.
  public var subnet: String
  /// Primary IPv4 address; nil for an EFA-only interface.
  public var primaryAddress: IPAddress?
  /// IPv4 addresses, the primary one included.
  public var addresses: [IPAddress]
  /// IPv4 prefixes.
  public var prefixes: [CIDR]
  /// IPv6 prefixes.
  public var prefixesV6: [CIDR]
  /// Whether it is an EFA-only interface, which has no addresses.
  public var isEFAOnly: Bool

  /// An ENI of the metadata.
  public init(
    id: ENIID, device: Int, networkCard: Int = 0, subnet: String, primaryAddress: IPAddress?,
    addresses: [IPAddress], prefixes: [CIDR] = [], prefixesV6: [CIDR] = [],
    isEFAOnly: Bool = false
  ) {
    self.id = id
    self.device = device
    self.networkCard = networkCard
    self.subnet = subnet
    self.primaryAddress = primaryAddress
    self.addresses = addresses
    self.prefixes = prefixes
    self.prefixesV6 = prefixesV6
    self.isEFAOnly = isEFAOnly
  }

  /// The node's primary ENI is device 0 of card 0.
  public var isPrimary: Bool { device == 0 && networkCard == 0 }
}

/// An ENI as EC2 describes it.
public struct DescribedInterface: Hashable, Sendable {
  /// Kind of interface.
  public enum Kind: String, Hashable, Sendable {
    /// An ordinary ENI.
    case interface
    /// The trunk for branch ENIs.
    case trunk
    /// An elastic fabric adapter with addresses.
    case efa
    /// An elastic fabric adapter without addresses.
    case efaOnly = "efa-only"
  }

  /// Id.
  public var id: ENIID
  /// Kind of interface.
  public var kind: Kind
  /// Tags.
  public var tags: [ENITag]
  /// Primary IPv4 address; nil for an EFA-only interface.
  public var primaryAddress: IPAddress?
  /// IPv4 addresses, the primary one included.
  public var addresses: [IPAddress]
  /// IPv4 prefixes.
  public var prefixes: [CIDR]
  /// IPv6 prefixes.
  public var prefixesV6: [CIDR]
  /// Whether it is attached.
  public var isAttached: Bool

  /// An ENI of EC2's answer.
  public init(
    id: ENIID, kind: Kind = .interface, tags: [ENITag] = [],
    primaryAddress: IPAddress? = nil, addresses: [IPAddress] = [], prefixes: [CIDR] = [],
    prefixesV6: [CIDR] = [], isAttached: Bool = true
  ) {
    self.id = id
    self.kind = kind
    self.tags = tags
    self.primaryAddress = primaryAddress
    self.addresses = addresses
    self.prefixes = prefixes
    self.prefixesV6 = prefixesV6
    self.isAttached = isAttached
  }
}

/// A subnet of the node's VPC and zone.
public struct Subnet: Hashable, Sendable {
  /// Id.
  public var id: String
  /// Tags.
  public var tags: [ENITag]
  /// Free addresses.
  public var freeAddresses: Int

  /// A subnet.
  public init(id: String, tags: [ENITag] = [], freeAddresses: Int) {
    self.id = id
    self.tags = tags
    self.freeAddresses = freeAddresses
  }
}
