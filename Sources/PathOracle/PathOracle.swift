import Analysis
import BundleModel
import FactStore
import Facts
import IPAMEngine
import PacketPath

/// Compares what is said of packets with what the kernel does with them.
public struct PathOracle {
  private let network: OracleNetwork
  private var marks: UInt32 = 0x1357_0000
  /// Whether the node's counters are read before every packet, which takes time.
  public var isExplaining = false

  /// What came of a number of nodes.
  public struct Tally: Sendable {
    /// Packets that were sent.
    public var packets = 0
    /// Packets of which something was claimed.
    public var claimed = 0
    /// What was said wrongly.
    public var disagreements: [String] = []
    /// Why nothing was claimed, and how often.
    public var doubts: [String: Int] = [:]

    /// Nothing yet.
    public init() {}

    /// The numbers, and what most often could not be told.
    public func summary(nodes: Int) -> String {
      let lines = doubts.sorted { $0.value > $1.value }.prefix(8).map {
        "\($0.value) cannot tell: \($0.key)\n"
      }
      let share = packets == 0 ? 0 : (Double(claimed) / Double(packets) * 1000).rounded() / 10
      return lines.joined()
        + "\(nodes) nodes, \(packets) packets, \(claimed) judged (\(share) %), "
        + "\(disagreements.count) disagreements"
    }
  }

  /// An oracle with namespaces of a name; needs root.
  public init(_ name: String) throws {
    network = try OracleNetwork(name)
  }

  /// Tries the packets of one random node.
  public mutating func run(seed: UInt64, into tally: inout Tally) throws {
    let random = RandomNode(seed: seed)
    let texts = try network.prepare(random)
    var host = try Self.host(texts, random.family)
    for (index, device) in RandomNode.devices.enumerated() {
      host.interfaces[device]?.peerMAC = "02:00:00:00:01:0\(index)"
    }
    let path = PacketPath(host)
    for (index, packet) in random.packets.enumerated() {
      marks &+= 0x101
      let test = TestPacket(packet: packet, mark: marks)
      let result = path.follow(packet)
      _ = isExplaining ? network.counters() : ""
      let seen = try network.send(test)
      let label =
        "seed \(seed) packet \(index) \(packet.text) \(packet.transport.rawValue) in \(packet.inInterface ?? "-")"
      guard judge(result, seen, label, &tally),
        case .sent(let device, let sent, let identity) = seen
      else {
        continue
      }
      guard result.isClaimed, result.ends.count <= 1, result.verdict.word == "delivered" else {
        continue
      }
      let reply = result.flow.reply(to: sent, through: device)
      let answer = path.follow(reply: reply, flow: result.flow)
      let seenReply = try network.send(
        TestPacket(packet: reply, mark: marks, identity: identity))
      _ = judge(answer, seenReply, label + " reply", &tally)
    }
  }

  /// What the tools of a random node print.
  public func texts(seed: UInt64) throws -> String {
    try network.prepare(RandomNode(seed: seed))
      .sorted { $0.key < $1.key }.map { "== \($0.key)\n\($0.value)" }.joined()
  }

  /// Whether both agree, as far as something is claimed.
  private func judge(
    _ result: PathResult, _ seen: OracleNetwork.Observation, _ label: String, _ tally: inout Tally
  ) -> Bool {
    tally.packets += 1
    guard result.isClaimed else {
      if case .unknown(let text) = result.verdict { tally.doubts[text, default: 0] += 1 }
      return true
    }
    tally.claimed += 1
    let ends = result.ends
    guard !ends.contains(where: { Self.agrees($0, seen) }) else { return true }
    let said = ends.map { "\($0.verdict) \($0.packet?.text ?? "")" }.joined(separator: " or ")
    let steps = result.steps.map { "    \($0.place): \($0.text) [\($0.packet) mark \($0.mark)]" }
    tally.disagreements.append(
      "\(label): said \(said), seen \(seen)\n"
        + (steps + ["    counted: \(network.counters())"]).joined(separator: "\n"))
    return false
  }

  private static func agrees(_ end: PathOutcome, _ seen: OracleNetwork.Observation) -> Bool {
    switch (end.verdict, seen) {
    case (.host, .host), (.dropped, .nothing), (.rejected, .refused), (.rejected, .nothing): true
    case (.sent(let device, _), .sent(let seenDevice, let packet, _)):
      device == seenDevice && end.packet?.source == packet.source
        && end.packet?.destination == packet.destination
        && (end.isSourcePortOpen || !packet.transport.hasPorts
          || end.packet?.sourcePort == packet.sourcePort)
        && (end.isDestinationPortOpen || !packet.transport.hasPorts
          || end.packet?.destinationPort == packet.destinationPort)
    default: false
    }
  }

  /// The host as its tools' output tells.
  static func host(
    _ texts: [String: String], _ family: IPAddress.Family
  ) throws -> HostNetwork {
    let store = try FactStore()
    let isV4 = family == .v4
    let items: [(String, ArtifactID, String)] = [
      ("rules", isV4 ? .policyRules : .policyRules6, "net/rules.txt"),
      ("routes", isV4 ? .routes : .routes6, "net/routes.txt"),
      ("nft", isV4 ? .iptablesNft : .ip6tablesNft, "net/iptables-nft-save.txt"),
      ("legacy", isV4 ? .iptablesLegacy : .ip6tablesLegacy, "net/iptables-legacy-save.txt"),
      ("native", .nftables, "net/nft.txt"), ("addresses", .addresses, "net/addr.json"),
      ("links", .links, "net/links.json"), ("sets", .ipset, "net/ipset.txt"),
      ("switches", .networkSysctls, "sysctl/net.txt"),
    ]
    for (name, artifact, path) in items {
      guard let text = texts[name], !text.isEmpty else { continue }
      var input = ArtifactInput(artifact: artifact, path: path, bytes: Array(text.utf8))
      _ = try store.load(&input)
    }
    try store.finishLoading()
    return try HostNetworkFacts(store).network()
  }
}
