public import FactStore
import Facts
import IPAMEngine
import PacketPath

/// Asks the standard questions about every pod of a node: does it reach what it has to reach, and is
/// it reached?
public struct PathSurvey {
  private let store: FactStore
  private let path: PacketPath
  private let host: HostNetwork
  private var sites: PathSites
  private var answers: [Located<PathAnswer>] = []
  private var steps: [Located<PathAnswerStep>] = []
  private var question = 0
  private var tested = 0

  /// Rules that are tried for all questions together: some seconds of work.
  static let mostTests = 60_000_000
  /// Pods about which questions are asked at most.
  static let mostPods = 250

  init(_ store: FactStore) throws {
    self.store = store
    host = try HostNetworkFacts(store).network()
    path = PacketPath(host)
    sites = try PathSites(store, host)
  }

  /// Asks everything and publishes the answers.
  public static func run(_ store: FactStore) throws {
    var survey = try PathSurvey(store)
    survey.askAll()
    survey.sites = try PathSites(store, survey.host, .v6)
    survey.askAll()
    try store.insert(survey.answers)
    try store.insert(survey.steps)
  }

  private mutating func askAll() {
    for (index, pod) in sites.pods.prefix(Self.mostPods).enumerated() {
      let next = sites.pods[(index + 1) % sites.pods.count]
      if next.address != pod.address {
        ask("pod_to_pod", pod, from: pod, to: next.address, .tcp, 80)
      }
      if let other = sites.otherNode {
        ask("pod_to_other_node", pod, from: pod, to: other, .tcp, 80)
      }
      if let service = sites.service {
        ask("pod_to_service", pod, from: pod, to: service.address, service.transport, service.port)
      }
      ask("pod_to_internet", pod, from: pod, to: sites.internet, .tcp, 443)
      if let dns = sites.dns { ask("pod_to_dns", pod, from: pod, to: dns.address, .udp, dns.port) }
      ask("pod_to_imds", pod, from: pod, to: sites.imds, .tcp, 80)
      ask("node_to_pod", pod, from: nil, to: pod.address, .tcp, 8080)
      if let source = sites.loadBalancer, let device = pod.uplink ?? sites.primary {
        let packet = Packet(
          source: source, destination: pod.address, transport: .tcp, sourcePort: 40_000,
          destinationPort: 8080, inInterface: device)
        ask("load_balancer_to_pod", pod, packet)
      }
    }
    if let port = sites.nodePort, let device = sites.primary, let own = sites.primaryAddress {
      let packet = Packet(
        source: sites.client, destination: own, transport: port.transport, sourcePort: 40_000,
        destinationPort: port.port, inInterface: device)
      ask("nodeport", nil, packet)
    }
  }

  private mutating func ask(
    _ name: String, _ pod: PathSites.Pod, from: PathSites.Pod?, to: IPAddress,
    _ transport: TransportProtocol, _ port: Int
  ) {
    let none = IPAddress(family: to.family, value: 0)
    let packet = Packet(
      source: from?.address ?? none, destination: to, transport: transport, sourcePort: 40_000,
      destinationPort: port, inInterface: from?.device)
    ask(name, pod, packet)
  }

  private mutating func ask(_ name: String, _ pod: PathSites.Pod?, _ packet: Packet) {
    guard tested < Self.mostTests else { return }
    question += 1
    let result = sites.judged(path.follow(packet), pod)
    record(name, "forward", pod, packet, result)
    guard result.word == "delivered", result.result.ends.count <= 1 || name != "pod_to_service"
    else { return }
    // What the host takes itself, it answers itself.
    let taken = result.result.packet
    var device: String?
    if case .sent(let name, _) = result.result.verdict { device = name }
    if case .host = result.result.verdict { return }
    let reply = result.result.flow.reply(to: taken, through: device)
    let answer = sites.judged(
      path.follow(reply: reply, flow: result.result.flow), back: packet.inInterface)
    record(name, "reply", pod, reply, answer)
  }

  private mutating func record(
    _ name: String, _ direction: String, _ pod: PathSites.Pod?, _ packet: Packet,
    _ judged: PathSites.Judgement
  ) {
    let result = judged.result
    var shown = packet
    if packet.source.value == 0 { shown.source = result.flow.first.source }
    tested += result.tested
    var answer = PathAnswer(
      question: question, name: name, direction: direction,
      family: packet.destination.family == .v6 ? "ipv6" : "ipv4", proto: packet.transport.name,
      source: "\(shown.source)", destination: "\(shown.destination)", verdict: judged.word,
      detail: judged.detail, ends: max(1, result.ends.count))
    answer.pod = pod?.name
    answer.sourcePort = shown.sourcePort
    answer.destinationPort = shown.destinationPort
    answer.inInterface = packet.inInterface
    answer.place = judged.cause?.place
    if case .sent(let device, _) = result.verdict { answer.outInterface = device }
    if result.verdict.word == "delivered" { answer.packet = result.packet.text }
    let evidence = judged.cause?.evidence ?? result.steps.last { $0.evidence != nil }?.evidence
    answers.append(
      Located(path: evidence?.artifact ?? "", line: evidence?.line, row: answer))
    for (index, step) in result.steps.enumerated() {
      let row = PathAnswerStep(
        question: question, direction: direction, step: index + 1, place: step.place,
        text: step.text, packet: step.packet, mark: "0x" + String(step.mark, radix: 16))
      steps.append(
        Located(path: step.evidence?.artifact ?? "", line: step.evidence?.line, row: row))
    }
  }
}
