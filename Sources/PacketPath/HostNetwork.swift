public import IPAMEngine

/// What is known of a host's network: interfaces, routes, rules, filters and switches.
public struct HostNetwork: Sendable {
  /// Interfaces by name.
  public var interfaces: [String: Interface] = [:]
  /// Rules of policy routing by family, in the order in which they are asked.
  public var policyRules: [IPAddress.Family: [PolicyRule]] = [:]
  /// Routes by family and table.
  public var routes: [RouteTable: [Route]] = [:]
  /// Kernel parameters by key, such as `net.ipv4.ip_forward`.
  public var sysctls: [String: Switch] = [:]
  /// Packet filters by family.
  public var filters: [IPAddress.Family: PacketFilter] = [:]
  /// Sets of addresses by name.
  public var sets: [String: AddressSet] = [:]
  /// Virtual servers, behind which ipvs chooses the receiver.
  public var virtualServers: [VirtualServer] = []
  /// What was not collected, and without which a question may have no answer.
  public var missing: Set<Missing> = []

  /// Nothing is known yet.
  public init() {}

  /// A kernel parameter.
  public struct Switch: Sendable, Hashable {
    /// Its value.
    public var value: String
    /// Where it stands.
    public var evidence: Evidence

    /// A parameter with its evidence.
    public init(value: String, evidence: Evidence) {
      self.value = value
      self.evidence = evidence
    }
  }

  /// What ipvs takes packets of: an address and a port, or a mark.
  public struct VirtualServer: Sendable, Hashable {
    /// What its packets have in common.
    public var target: Target
    /// The servers among which it chooses.
    public var servers: [Server] = []
    /// Where it stands.
    public var evidence: Evidence

    /// What the packets of a virtual server have in common.
    public enum Target: Sendable, Hashable {
      /// Address, port (0 for all) and protocol.
      case place(IPAddress, Int, TransportProtocol)
      /// A mark.
      case mark(UInt32)
    }

    /// A server that ipvs sends packets to.
    public struct Server: Sendable, Hashable {
      /// Its address.
      public var address: IPAddress
      /// Its port; 0 keeps the packet's.
      public var port: Int
      /// Whether packets get its address; if not, they are sent on or wrapped as they are.
      public var isMasqueraded: Bool
      /// 0 takes no new connections.
      public var weight: Int
      /// Where it stands.
      public var evidence: Evidence

      /// A server.
      public init(
        address: IPAddress, port: Int, isMasqueraded: Bool, weight: Int, evidence: Evidence
      ) {
        self.address = address
        self.port = port
        self.isMasqueraded = isMasqueraded
        self.weight = weight
        self.evidence = evidence
      }
    }

    /// A virtual server without servers.
    public init(_ target: Target, evidence: Evidence) {
      self.target = target
      self.evidence = evidence
    }
  }

  /// Something that was not collected.
  public enum Missing: Hashable, Sendable {
    /// The rules of policy routing.
    case policyRules(IPAddress.Family)
    /// The routes.
    case routes(IPAddress.Family)
    /// The rules of iptables.
    case filters(IPAddress.Family)
  }

  /// A routing table of a family.
  public struct RouteTable: Hashable, Sendable {
    /// Family of its routes.
    public var family: IPAddress.Family
    /// Its name, or its number without one.
    public var name: String

    /// A table by its name or number.
    public init(_ family: IPAddress.Family, _ name: some StringProtocol) {
      self.family = family
      self.name =
        switch name {
        case "255": "local"
        case "254": "main"
        case "253": "default"
        default: String(name)
        }
    }
  }
}

/// An interface of a host.
public struct Interface: Sendable {
  /// Its name.
  public var name: String
  /// Its number: the smaller, the earlier it was made.
  public var index = 0
  /// Its addresses, the first of each network first.
  public var addresses: [InterfaceAddress] = []
  /// Whether a program that cannot be followed handles its packets, such as XDP or tc with eBPF.
  public var program: Evidence?
  /// Link-layer address of what is at the other end; nil if it is not known.
  public var peerMAC: String?

  /// An interface without addresses.
  public init(name: String) {
    self.name = name
  }
}

/// An address of an interface.
public struct InterfaceAddress: Sendable, Hashable {
  /// The address.
  public var address: IPAddress
  /// Bits of its network.
  public var length: Int
  /// Whether it is a further address of the same network.
  public var isSecondary: Bool

  /// An address with its network.
  public init(_ address: IPAddress, length: Int, isSecondary: Bool = false) {
    self.address = address
    self.length = min(max(length, 0), address.family.bits)
    self.isSecondary = isSecondary
  }
}

/// A rule of policy routing.
public struct PolicyRule: Sendable {
  /// Its priority; the smallest is asked first.
  public var priority: Int64
  /// Networks of the sender; nil for all.
  public var source: CIDR?
  /// Networks of the receiver; nil for all.
  public var destination: CIDR?
  /// Whether it applies to what does not match.
  public var isNegated = false
  /// Interface that the packet came in through; `lo` for those of the host.
  public var inInterface: String?
  /// Interface that the sender is bound to.
  public var outInterface: String?
  /// Mark and mask.
  public var mark: (value: UInt32, mask: UInt32)?
  /// Protocol.
  public var transport: TransportProtocol?
  /// Ports of the sender.
  public var sourcePorts: ClosedRange<Int>?
  /// Ports of the receiver.
  public var destinationPorts: ClosedRange<Int>?
  /// What it does.
  public var action: Action
  /// Results with a prefix of at most this length are no results.
  public var suppressedLength: Int?
  /// What of it is not understood.
  public var unknown: String?
  /// Its text.
  public var text: String
  /// Where it stands.
  public var evidence: Evidence

  /// What a rule does with packets that match.
  public enum Action: Sendable, Hashable {
    /// Look into a table.
    case lookup(String)
    /// Go on at a priority.
    case goto(Int64)
    /// Nothing.
    case nop
    /// Refuse them: unreachable, prohibit or blackhole.
    case refuse(String)
  }

  /// A rule that matches everything.
  public init(priority: Int64, action: Action, text: String, evidence: Evidence) {
    self.priority = priority
    self.action = action
    self.text = text
    self.evidence = evidence
  }
}

/// A route.
public struct Route: Sendable {
  /// What becomes of packets: unicast, local, broadcast, unreachable, blackhole, prohibit, throw…
  public var kind: String
  /// Where it leads to.
  public var destination: CIDR
  /// Next hop; nil if the destination is on the link.
  public var gateway: IPAddress?
  /// Interface that packets leave through.
  public var device: String?
  /// Address that the host prefers for it.
  public var preferredSource: IPAddress?
  /// Preference; the smallest wins.
  public var metric: Int64
  /// Whether its next hop can't be used.
  public var isDead = false
  /// Whether its link has no carrier.
  public var isLinkDown = false
  /// Senders it is restricted to, in IPv6.
  public var fromSource: CIDR?
  /// Its text.
  public var text: String
  /// Where it stands.
  public var evidence: Evidence

  /// A route without next hop.
  public init(
    kind: String = "unicast", destination: CIDR, device: String? = nil, metric: Int64 = 0,
    text: String, evidence: Evidence
  ) {
    self.kind = kind
    self.destination = destination
    self.device = device
    self.metric = metric
    self.text = text
    self.evidence = evidence
  }
}

/// A set of addresses or of tuples, as ipset keeps them.
public struct AddressSet: Sendable {
  /// Its type, such as `hash:ip,port`.
  public var type: String
  /// Its elements, such as `10.100.0.1,tcp:443`.
  public var elements: [String]
  /// Whether all elements are known.
  public var isComplete: Bool

  /// A set with its elements.
  public init(type: String, elements: [String], isComplete: Bool) {
    self.type = type
    self.elements = elements
    self.isComplete = isComplete
  }
}
