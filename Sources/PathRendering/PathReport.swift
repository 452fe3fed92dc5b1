public import PacketPath

/// The answer to a question about a packet: its way through the node, and that of its answer.
public struct PathReport: Sendable {
  /// Shown name of the node.
  public var node: String
  /// The packet that was asked about.
  public var packet: Packet
  /// Names of its ends, as far as they have any.
  public var names: (from: String?, to: String?)
  /// The packet's way.
  public var forward: Way
  /// The way of the answer; nil if nothing answers.
  public var reply: Way?

  /// A way with its judgement.
  public struct Way: Sendable {
    /// delivered, dropped, rejected, rerouted or cannot tell.
    public var word: String
    /// Why, in a sentence.
    public var detail: String
    /// The packet as it comes in.
    public var packet: Packet
    /// The steps.
    public var steps: [PathStep]
    /// The step that decides; nil if it gets through.
    public var cause: PathStep?
    /// The receivers among which chance decides; one or none without chance.
    public var receivers: [String]

    /// A way.
    public init(
      word: String, detail: String, packet: Packet, steps: [PathStep], cause: PathStep?,
      receivers: [String]
    ) {
      self.word = word
      self.detail = detail
      self.packet = packet
      self.steps = steps
      self.cause = cause
      self.receivers = receivers
    }
  }

  /// A report of a way.
  public init(node: String, packet: Packet, names: (from: String?, to: String?), forward: Way) {
    self.node = node
    self.packet = packet
    self.names = names
    self.forward = forward
  }

  /// `tcp 10.42.3.17:40000 > 10.42.9.2:80`.
  var question: String { "\(packet.transport.name) \(packet.text)" }
}

extension PathStep {
  /// `net/iptables-save.txt:114`; empty without evidence.
  var source: String {
    guard let evidence else { return "" }
    return evidence.artifact + (evidence.line.map { ":\($0)" } ?? "")
  }
}
