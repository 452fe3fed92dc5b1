public import IPAMEngine

/// Where in a bundle something stands.
public struct Evidence: Sendable, Hashable {
  /// Path of the member.
  public var artifact: String
  /// Line of the member, counted from 1; nil where lines mean nothing.
  public var line: Int?

  /// A place in a member.
  public init(artifact: String, line: Int? = nil) {
    self.artifact = artifact
    self.line = line
  }
}

/// Protocol behind the IP header, by its number.
public struct TransportProtocol: RawRepresentable, Sendable, Hashable {
  /// Number of the protocol, 0 to 255.
  public var rawValue: Int

  /// The protocol of a number.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Echo requests and errors of IPv4.
  public static let icmp = TransportProtocol(rawValue: 1)
  /// Connections.
  public static let tcp = TransportProtocol(rawValue: 6)
  /// Datagrams.
  public static let udp = TransportProtocol(rawValue: 17)
  /// Echo requests and errors of IPv6.
  public static let icmpV6 = TransportProtocol(rawValue: 58)

  /// Protocols as `/etc/protocols` names them.
  static let names: [String: Int] = [
    "icmp": 1, "igmp": 2, "ipencap": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6": 41, "gre": 47,
    "esp": 50, "ah": 51, "ipv6-icmp": 58, "icmpv6": 58, "ospf": 89, "vrrp": 112, "sctp": 132,
    "udplite": 136,
  ]

  /// Reads a name or a number; nil for anything else.
  public init?(_ text: some StringProtocol) {
    if let number = Int(text), (0...255).contains(number) {
      rawValue = number
    } else if let number = Self.names[text.lowercased()] {
      rawValue = number
    } else {
      return nil
    }
  }

  /// Its name where it has a common one, else its number.
  public var name: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    case .icmp, .icmpV6: "icmp"
    default: String(rawValue)
    }
  }

  /// Whether it has ports.
  public var hasPorts: Bool { self == .tcp || self == .udp || rawValue == 132 }
}

/// A packet as a host sees it.
public struct Packet: Sendable, Hashable {
  /// Sender.
  public var source: IPAddress
  /// Receiver.
  public var destination: IPAddress
  /// What is inside.
  public var transport: TransportProtocol
  /// Port of the sender; nil for protocols without ports.
  public var sourcePort: Int?
  /// Port of the receiver; nil for protocols without ports.
  public var destinationPort: Int?
  /// Interface it came in through; nil if the host made it.
  public var inInterface: String?
  /// The mark of the packet.
  public var mark: UInt32 = 0
  /// Whether it is the answer to a packet rather than the first one of a flow.
  public var isReply = false

  /// A packet of a new flow.
  public init(
    source: IPAddress, destination: IPAddress, transport: TransportProtocol, sourcePort: Int? = nil,
    destinationPort: Int? = nil, inInterface: String? = nil
  ) {
    self.source = source
    self.destination = destination
    self.transport = transport
    self.sourcePort = transport.hasPorts ? sourcePort ?? 40_000 : nil
    self.destinationPort = transport.hasPorts ? destinationPort ?? 80 : nil
    self.inInterface = inInterface
  }

  /// Type of the ICMP message; nil for other protocols. Flows of ICMP are echo requests.
  var icmpType: Int? {
    switch transport {
    case .icmp: isReply ? 0 : 8
    case .icmpV6: isReply ? 129 : 128
    default: nil
    }
  }

  /// `10.42.3.17:40000 > 10.42.9.2:80`.
  public var text: String {
    func end(_ address: IPAddress, _ port: Int?) -> String {
      guard let port else { return "\(address)" }
      return address.family == .v6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
    return "\(end(source, sourcePort)) > \(end(destination, destinationPort))"
  }
}
