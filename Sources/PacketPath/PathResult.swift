public import IPAMEngine

/// What becomes of a packet.
public enum PathVerdict: Sendable, Hashable {
  /// It leaves through an interface, towards a next hop.
  case sent(interface: String, nextHop: IPAddress)
  /// The host takes it.
  case host
  /// It ends without a word.
  case dropped
  /// It ends, and its sender hears of it.
  case rejected(String)
  /// It can't be known.
  case unknown(String)

  /// `delivered`, `dropped`, `rejected` or `cannot tell`.
  public var word: String {
    switch self {
    case .sent, .host: "delivered"
    case .dropped: "dropped"
    case .rejected: "rejected"
    case .unknown: "cannot tell"
    }
  }
}

/// A step of a packet.
public struct PathStep: Sendable, Hashable {
  /// Where in the kernel, such as `filter/FORWARD (nft)` or `route`.
  public var place: String
  /// What happened.
  public var text: String
  /// The line that says so.
  public var evidence: Evidence?
  /// The packet behind the step.
  public var packet: String
  /// Its mark.
  public var mark: UInt32
  /// The interface that it goes out through, once that is known.
  public var interface: String?
}

/// The way of a packet.
public struct PathResult: Sendable {
  /// What becomes of it.
  public var verdict: PathVerdict
  /// Steps up to there.
  public var steps: [PathStep]
  /// The line that decides, if it does not get through or nothing can be said.
  public var cause: PathStep?
  /// The packet as it is at the end.
  public var packet: Packet
  /// The flow as the host remembers it.
  public var flow: Flow
  /// Rules that were tried for the answer.
  public var tested = 0
  /// The ends among which chance decides; a single one without chance.
  public var ends: [PathOutcome] = []

  /// Whether something is claimed.
  public var isClaimed: Bool {
    if case .unknown = verdict { return false }
    return true
  }
}

/// What can be seen of a packet's way from outside.
public struct PathOutcome: Sendable, Hashable {
  /// What becomes of it.
  public var verdict: PathVerdict
  /// The packet as it leaves, without its mark and the interface it came in through; nil if it
  /// doesn't get through.
  public var packet: Packet?
  /// Whether the sender's port is one of several.
  public var isSourcePortOpen = false
  /// Whether the receiver's port is one of several.
  public var isDestinationPortOpen = false

  init(_ result: PathResult) {
    verdict = result.verdict
    guard verdict.word == "delivered" else { return }
    var packet = result.packet
    packet.mark = 0
    packet.inInterface = nil
    self.packet = packet
    isSourcePortOpen = result.flow.source?.isPortOpen ?? false
    isDestinationPortOpen = result.flow.destination?.isPortOpen ?? false
  }
}

/// A flow as the host remembers it.
public struct Flow: Sendable, Hashable {
  /// Its first packet as it came in.
  public var first: Packet
  /// The sender behind NAT; nil if it stayed.
  public var source: NATEnd?
  /// The receiver behind NAT; nil if it stayed.
  public var destination: NATEnd?
  /// The virtual server whose packets ipvs sends to the receiver; nil without one.
  public var virtualServer: NATEnd?
  /// The mark of the flow.
  public var mark: UInt32 = 0
  /// Whether it is followed.
  public var isTracked = true
  /// Whether it is the answer to a flow that was not followed.
  var isAnswerAlone = false

  /// An address and a port.
  public struct NATEnd: Sendable, Hashable {
    /// The address.
    public var address: IPAddress
    /// The port; nil for protocols without ports.
    public var port: Int?
    /// Whether the port is one of several.
    public var isPortOpen = false
  }

  init(first: Packet) { self.first = first }

  /// Whether NAT gave it another sender.
  var isSourceChanged: Bool {
    guard let source else { return false }
    return source.address != first.source || source.port != first.sourcePort || source.isPortOpen
  }

  /// Whether NAT gave it another receiver.
  var isDestinationChanged: Bool {
    guard let destination else { return false }
    return destination.address != first.destination || destination.port != first.destinationPort
  }

  /// The answer of whoever got the packet as it was sent.
  public func reply(to sent: Packet, through interface: String?) -> Packet {
    var reply = sent
    reply.source = sent.destination
    reply.destination = sent.source
    reply.sourcePort = sent.destinationPort
    reply.destinationPort = sent.sourcePort
    reply.inInterface = interface
    reply.mark = 0
    reply.isReply = true
    return reply
  }
}
