public import BundleReader
import FactStore
import Facts
import IPAMEngine
import PacketPath
public import PathRendering
import ReportModel

/// A question about one packet of a bundle's node.
public struct PathTrace: Sendable {
  /// Where the packet comes from: a pod, an address, an interface, or `node`.
  public var from: String
  /// Where it is sent to: a pod or an address, with a port if one matters.
  public var to: String
  /// What is inside.
  public var transport: Transport

  /// Protocols that can be asked about.
  public enum Transport: String, Sendable, CaseIterable {
    case tcp, udp, icmp
  }

  /// A question.
  public init(from: String, to: String, transport: Transport) {
    self.from = from
    self.to = to
    self.transport = transport
  }

  /// The answer of a bundle.
  public func answer(
    _ input: BundleInput, acceptsDamage: Bool = false
  ) throws(AnalysisError) -> PathReport {
    do {
      let source = try SupportBundle.open(input, acceptsDamage: acceptsDamage)
      let facts = try LoadedFacts(source, database: nil, replays: false)
      let host = try HostNetworkFacts(facts.store).network()
      guard !host.routes.isEmpty else { throw AnalysisError.noNetwork(source.name) }
      let shown = try InputDescription.node(facts.store, source.manifest)
      let isV6 = Self.split(to).end.contains(":") || from.contains(":")
      let sites = try PathSites(facts.store, host, isV6 ? .v6 : .v4)
      return try answer(host, sites, node: shown.id ?? shown.host ?? source.name)
    } catch {
      throw AnalysisError(of: error)
    }
  }

  func answer(
    _ host: HostNetwork, _ sites: PathSites, node: String
  ) throws(AnalysisError) -> PathReport {
    let path = PacketPath(host)
    let target = try target(sites)
    let sender = try sender(host, sites, towards: target.address)
    guard sender.address.value == 0 || sender.address.family == target.address.family else {
      throw AnalysisError.badEnd("--from \(from) and --to \(to) are of different families")
    }
    let isV6 = target.address.family == .v6
    let number: TransportProtocol =
      switch transport {
      case .tcp: .tcp
      case .udp: .udp
      case .icmp: isV6 ? .icmpV6 : .icmp
      }
    let packet = Packet(
      source: sender.address, destination: target.address, transport: number, sourcePort: 40_000,
      destinationPort: target.port, inInterface: sender.device)
    let result = path.follow(packet)
    let judged = sites.judged(result, nil)
    var report = PathReport(
      node: node, packet: packet, names: (sender.name, target.name),
      forward: Self.way(packet, judged))
    if packet.source.value == 0 { report.packet.source = result.flow.first.source }
    guard case .sent(let device, _) = result.verdict, judged.word == "delivered" else {
      return report
    }
    let reply = result.flow.reply(to: result.packet, through: device)
    let answer = path.follow(reply: reply, flow: result.flow)
    report.reply = Self.way(reply, sites.judged(answer, back: packet.inInterface))
    return report
  }

  private static func way(
    _ packet: Packet, _ judged: PathSites.Judgement
  ) -> PathReport.Way {
    let receivers = judged.result.ends.compactMap { end in
      end.packet.map { String($0.text.split(separator: " ").last ?? "") }
    }
    return PathReport.Way(
      word: judged.word, detail: judged.detail, packet: packet, steps: judged.result.steps,
      cause: judged.cause, receivers: receivers)
  }

  // MARK: Ends

  private func target(
    _ sites: PathSites
  ) throws(AnalysisError) -> (name: String?, address: IPAddress, port: Int?) {
    let (end, port) = Self.split(to)
    if let address = IPAddress(end) {
      return (sites.pods.first { $0.address == address }?.name, address, port)
    }
    let pod = try pod(end, sites)
    return (pod.name, pod.address, port)
  }

  /// Takes the port off: behind the last colon of a name or an IPv4 address, behind the brackets of
  /// an IPv6 one.
  private static func split(_ text: String) -> (end: String, port: Int?) {
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      let end = text[text.index(after: text.startIndex)..<close]
      return (String(end), Int(text[close...].dropFirst(2)))
    }
    guard text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
    else { return (text, nil) }
    return (String(text[..<colon]), port)
  }

  private func sender(
    _ host: HostNetwork, _ sites: PathSites, towards target: IPAddress
  ) throws(AnalysisError) -> (name: String?, address: IPAddress, device: String?) {
    let none = IPAddress(family: target.family, value: 0)
    if from == "node" { return ("the node itself", none, nil) }
    if let address = IPAddress(from) {
      if let pod = sites.pods.first(where: { $0.address == address }) {
        return (pod.name, address, pod.device)
      }
      let owners = host.interfaces.values.filter { interface in
        interface.addresses.contains { $0.address == address }
      }
      if !owners.isEmpty { return ("the node itself", address, nil) }
      let pod = sites.pods.first { $0.address == target }
      guard let device = pod?.uplink ?? sites.primary else {
        throw AnalysisError.badEnd("no interface is known through which \(from) would come in")
      }
      return (nil, address, device)
    }
    if let pod = sites.pods.first(where: { $0.device == from }) {
      return (pod.name, pod.address, from)
    }
    if host.interfaces[from] != nil {
      return ("a client behind \(from)", sites.client, from)
    }
    let pod = try pod(from, sites)
    return (pod.name, pod.address, pod.device)
  }

  private func pod(_ name: String, _ sites: PathSites) throws(AnalysisError) -> PathSites.Pod {
    let found = sites.pods.filter { $0.name == name || $0.name.hasSuffix("/\(name)") }
    if let pod = found.first, found.count == 1 { return pod }
    if found.count > 1 {
      throw AnalysisError.badEnd(
        "\(name) may be \(found.map(\.name).joined(separator: " or "))")
    }
    throw AnalysisError.badEnd("\(name) is no pod, address or interface of this node")
  }
}

extension AnalysisError {
  static func badEnd(_ what: String) -> AnalysisError {
    AnalysisError(
      code: "E312", what: what,
      why: "an end of the packet's way is not known in this bundle",
      remedy:
        "cnitriage query BUNDLE \"SELECT DISTINCT pod, source FROM path_verdict\" lists the pods",
      exitCode: 2)
  }

  static func noNetwork(_ name: String) -> AnalysisError {
    AnalysisError(
      code: "E313", what: "\(name) holds no routes of a node",
      why: "ip route was not collected, or it is a bundle of a cluster",
      remedy: "collect on the node again", exitCode: 4)
  }
}
