import BundleModel

/// What becomes of a packet that is asked about.
public struct PathAnswer: FactRow {
  /// Number of the question, from 1.
  public var question: Int
  /// What was asked, such as pod_to_internet.
  public var name: String
  /// forward, or reply for the answer to it.
  public var direction: String
  /// The pod that it is about, `namespace/name`.
  public var pod: String?
  /// Family of the addresses.
  public var family: String
  /// Protocol.
  public var proto: String
  /// Sender of the packet.
  public var source: String
  /// Receiver of the packet.
  public var destination: String
  /// Port of the sender; nil for protocols without ports.
  public var sourcePort: Int?
  /// Port of the receiver; nil for protocols without ports.
  public var destinationPort: Int?
  /// Interface it comes in through; nil if the host sends it.
  public var inInterface: String?
  /// What becomes of it.
  public var verdict: String
  /// Why, in a sentence.
  public var detail: String
  /// Where the line that decides stands in the kernel.
  public var place: String?
  /// Interface it leaves through.
  public var outInterface: String?
  /// The packet as it leaves.
  public var packet: String?
  /// How many ends chance can lead to.
  public var ends: Int

  /// An answer with nothing said yet.
  public init(
    question: Int, name: String, direction: String, family: String, proto: String, source: String,
    destination: String, verdict: String, detail: String, ends: Int
  ) {
    self.question = question
    self.name = name
    self.direction = direction
    self.family = family
    self.proto = proto
    self.source = source
    self.destination = destination
    self.verdict = verdict
    self.detail = detail
    self.ends = ends
  }

  /// The declaration of `path_verdict`.
  public static let schema = Schema<Self>(
    "path_verdict",
    "What the node's kernel does with packets of the standard set. Evidence is the line that decides.",
    from: [.policyRules, .routes, .iptablesSave, .iptablesLegacy, .iptablesNft, .nftables],
    columns: [
      Column("question", \.question, "Number of the question; its steps are in path_step."),
      Column(
        "name", \.name,
        "pod_to_pod, pod_to_other_node, pod_to_service, pod_to_internet, pod_to_dns, pod_to_imds, node_to_pod, nodeport or load_balancer_to_pod."
      ),
      Column("direction", \.direction, "forward, or reply for the answer's way back."),
      Column("pod", \.pod, "The pod that is asked about; NULL if it is the node."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("protocol", \.proto, "tcp, udp or icmp."),
      Column("source", \.source, "Sender."),
      Column("source_port", \.sourcePort, "Port of the sender; NULL without ports."),
      Column("destination", \.destination, "Receiver."),
      Column("destination_port", \.destinationPort, "Port of the receiver; NULL without ports."),
      Column(
        "in_interface", \.inInterface, "Interface it comes in through; NULL for the node's own."),
      Column(
        "verdict", \.verdict, "delivered, dropped, rejected, rerouted, or cannot tell."),
      Column("detail", \.detail, "Why: the line that decides, or what is not known."),
      Column("place", \.place, "Where that line works, such as filter/FORWARD (nft)."),
      Column("out_interface", \.outInterface, "Interface it leaves through; NULL if it does not."),
      Column("packet", \.packet, "Sender and receiver as it leaves."),
      Column(
        "ends", \.ends, "How many ends chance can lead to, as for a service; 1 without chance."),
    ])
}

/// A step of a packet that is asked about.
public struct PathAnswerStep: FactRow {
  /// Number of the question.
  public var question: Int
  /// forward or reply.
  public var direction: String
  /// Number of the step, from 1.
  public var step: Int
  /// Where in the kernel.
  public var place: String
  /// What happened.
  public var text: String
  /// The packet behind it.
  public var packet: String
  /// Its mark, in hexadecimal.
  public var mark: String

  /// A step.
  public init(
    question: Int, direction: String, step: Int, place: String, text: String, packet: String,
    mark: String
  ) {
    self.question = question
    self.direction = direction
    self.step = step
    self.place = place
    self.text = text
    self.packet = packet
    self.mark = mark
  }

  /// The declaration of `path_step`.
  public static let schema = Schema<Self>(
    "path_step", "The steps of the packets of path_verdict, in their order.",
    from: [.policyRules, .routes, .iptablesSave, .iptablesLegacy, .iptablesNft, .nftables],
    columns: [
      Column("question", \.question, "Number of the question, as in path_verdict."),
      Column("direction", \.direction, "forward or reply."),
      Column("step", \.step, "Number of the step, from 1."),
      Column("place", \.place, "ip rule, route, rp_filter, conntrack, or table and chain."),
      Column("text", \.text, "The line that did something, or what happened."),
      Column("packet", \.packet, "Sender and receiver behind the step."),
      Column("mark", \.mark, "Mark of the packet behind the step, in hexadecimal."),
    ])
}
