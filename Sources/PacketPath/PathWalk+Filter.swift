import IPAMEngine

extension PathWalk {
  /// What a chain does with a packet that it doesn't end.
  private enum ChainEnd {
    case accepted
    case returned
  }

  /// What happens in a hook between its chains.
  private enum Station {
    /// The packet gets its flow.
    case flow
    case translation
    /// ipvs gives an answer the address of its virtual server.
    case virtualReply
    /// ipvs takes what is for a virtual server.
    case virtualRequest
  }

  /// Source: linux, `include/uapi/linux/netfilter_ipv4.h`; `net/netfilter/ipvs/ip_vs_core.c`
  /// (`ip_vs_ops4`).
  private static func stations(of hook: Hook) -> [(priority: Int, station: Station)] {
    switch hook {
    case .prerouting: [(-200, .flow), (-100, .translation)]
    case .input: [(98, .virtualReply), (99, .virtualRequest), (100, .translation)]
    case .forward: [(100, .virtualReply)]
    case .output:
      [(-200, .flow), (-100, .translation), (-99, .virtualReply), (-98, .virtualRequest)]
    case .postrouting: [(100, .translation)]
    }
  }

  /// Shows the packet to the chains of a hook.
  ///
  /// - Parameter isAgain: whether ipvs sends it on, after which only other chains see it.
  mutating func pass(_ hook: Hook, isAgain: Bool = false) throws(PathEnd) {
    let bases = filter.bases[hook] ?? []
    let others = bases.filter { $0.kind != .nat }
    if hook == .prerouting || hook == .output, !isAgain {
      isFlowKnown = packet.inInterface == "lo" && isFlowKnown
    }
    var low = Int.min
    for (priority, station) in isAgain ? [] : Self.stations(of: hook) {
      try run(others.filter { $0.priority >= low && $0.priority < priority }, hook)
      switch station {
      case .flow: isFlowKnown = true
      case .translation: try translate(bases.filter { $0.kind == .nat }, hook)
      case .virtualReply: try answerAsVirtualServer(hook)
      case .virtualRequest: try askVirtualServer()
      }
      low = priority
    }
    try run(others.filter { $0.priority >= low }, hook)
  }

  private mutating func run(_ bases: [BaseChain], _ hook: Hook) throws(PathEnd) {
    for base in ordered(bases) {
      let before = (packet.mark, packet.source, packet.destination)
      let end = try run(base.chain, hook, depth: 0)
      if case .returned = end { try endOfBase(filter.chains[base.chain]) }
      let isChanged = before != (packet.mark, packet.source, packet.destination)
      if base.kind == .route, isChanged { try reroute() }
    }
  }

  /// Chains of one priority come in the order in which they were made, which nobody tells.
  private mutating func ordered(_ bases: [BaseChain]) -> [BaseChain] {
    guard bases.count > 1 else { return bases }
    var result: [BaseChain] = []
    var rest = bases[...]
    while let first = rest.first {
      var group = Array(rest.prefix { $0.priority == first.priority })
      rest = rest.dropFirst(group.count)
      while group.count > 1 {
        let matters = filter.orderMatters(group.map(\.chain))
        let evidence = filter.chains[group[0].chain].evidence
        let index = matters ? choices.choose(group.count, .order(evidence)) : 0
        result.append(group.remove(at: index))
      }
      result += group
    }
    return result
  }

  private mutating func endOfBase(_ chain: Chain) throws(PathEnd) {
    guard chain.isComplete else {
      throw unknown("rules of \(chain.name.text) may be missing", chain.evidence)
    }
    guard chain.policy == false else { return }
    throw drop(chain.name.text, "policy DROP", chain.evidence)
  }

  private mutating func run(
    _ index: Int, _ hook: Hook, depth: Int
  ) throws(PathEnd) -> ChainEnd {
    guard depth < 64 else { throw unknown("chains call each other without end", nil) }
    let filter = filter
    for rule in filter.chains[index].rules {
      tested += 1
      guard tested <= mostTests else { throw unknown("too many rules to try", rule.evidence) }
      guard try holds(rule, hook) else { continue }
      let place = filter.chains[index].name
      switch rule.target {
      case .none: continue
      case .accept:
        note(place.text, rule.text, rule.evidence)
        return .accepted
      case .return: return .returned
      case .drop: throw drop(place.text, rule.text, rule.evidence)
      case .reject(let how): throw reject(place.text, how, rule.text, rule.evidence)
      case .chain(let other, let isGoto):
        let end = try run(other, hook, depth: depth + 1)
        if case .accepted = end { return end }
        if isGoto { return .returned }
      case .jump(let name, _):
        throw unknown("chain \(name) or target \(name) is not known", rule.evidence)
      case .byState(let verdicts):
        guard let verdict = verdicts[state.lowercased()] else { continue }
        switch verdict {
        case .accept: return .accepted
        case .drop: throw drop(place.text, rule.text, rule.evidence)
        case .jump(let name):
          guard let other = filter.place(of: name, beside: index) else {
            throw unknown("chain \(name) is not known", rule.evidence)
          }
          if case .accepted = try run(other, hook, depth: depth + 1) { return .accepted }
        }
      case .unknown(let text): throw unknown("\(text) can't be followed", rule.evidence)
      default:
        try apply(rule, hook, place.text)
        if rule.target.isTranslation, isTranslated(hook) { return .accepted }
      }
    }
    return .returned
  }

  /// State of the flow as its rules call it.
  var state: String {
    guard flow.isTracked else { return "UNTRACKED" }
    guard isFlowKnown else { return "INVALID" }
    guard flow.isAnswerAlone else { return packet.isReply ? "ESTABLISHED" : "NEW" }
    // An answer whose question was not followed begins a flow, or makes no sense.
    return packet.transport == .udp ? "NEW" : "INVALID"
  }

  /// Whether the packet has a flow that can be marked and translated.
  var hasFlow: Bool { flow.isTracked && state != "INVALID" }

  // MARK: Marks

  private mutating func apply(_ rule: FilterRule, _ hook: Hook, _ place: String) throws(PathEnd) {
    switch rule.target {
    case .mark(let value, let mask): packet.mark = packet.mark & ~mask ^ value
    case .connectionMark(let value, let mask):
      guard hasFlow else { return }
      flow.mark = flow.mark & ~mask ^ value
    case .saveMark(let connectionMask, let packetMask):
      guard hasFlow else { return }
      flow.mark = flow.mark & ~connectionMask ^ packet.mark & packetMask
    case .restoreMark(let packetMask, let connectionMask):
      guard hasFlow else { return }
      packet.mark = packet.mark & ~packetMask ^ flow.mark & connectionMask
    // What a host sends to itself has its flow already.
    case .notrack: if !isFlowKnown { flow.isTracked = false }
    default: try choose(rule, hook)
    }
    note(place, rule.text, rule.evidence)
  }

  // MARK: NAT

  private func isTranslated(_ hook: Hook) -> Bool {
    hook == .prerouting || hook == .output ? flow.destination != nil : flow.source != nil
  }

  /// Only the first packet of a flow sees the chains; the others get what was decided then.
  private mutating func translate(_ bases: [BaseChain], _ hook: Hook) throws(PathEnd) {
    guard hasFlow else { return }
    guard state == "NEW" else { return undo(hook) }
    // What a host sends to itself comes in with everything decided.
    guard packet.inInterface != "lo" else { return }
    let receiver = packet.destination
    for base in ordered(bases) {
      guard !isTranslated(hook) else { break }
      let end = try run(base.chain, hook, depth: 0)
      if case .returned = end { try endOfBase(filter.chains[base.chain]) }
    }
    if hook == .output, packet.destination != receiver { try reroute() }
  }

  private mutating func undo(_ hook: Hook) {
    switch hook {
    case .prerouting, .output:
      guard flow.source != nil else { return }
      packet.destination = flow.first.source
      packet.destinationPort = flow.first.sourcePort
      note("conntrack", "the sender of the flow was \(flow.first.source)", nil)
    case .input, .postrouting:
      guard flow.destination != nil else { return }
      packet.source = flow.first.destination
      packet.sourcePort = flow.first.destinationPort
      note("conntrack", "the receiver of the flow was \(flow.first.destination)", nil)
    case .forward: break
    }
  }

  /// Takes an address and a port for the flow and gives them to the packet.
  private mutating func choose(_ rule: FilterRule, _ hook: Hook) throws(PathEnd) {
    guard flow.isTracked else { return }
    switch rule.target {
    case .sourceNAT(let range): setSource(try end(of: range, packet.source, packet.sourcePort))
    case .destinationNAT(let range):
      setDestination(try end(of: range, packet.destination, packet.destinationPort))
    case .masquerade:
      guard let device = outInterface, let next = nextHop,
        let address = routing.sourceAddress(on: device, towards: next)
      else { throw unknown("the address of \(outInterface ?? "?") is not known", rule.evidence) }
      setSource(Flow.NATEnd(address: address, port: packet.sourcePort))
    case .redirect(let ports):
      let own: IPAddress? =
        hook == .output
        ? IPAddress(family == .v4 ? "127.0.0.1" : "::1")
        : host.interfaces[packet.inInterface ?? ""]?.addresses.first {
          $0.address.family == family
        }?.address
      // An interface without address drops what it is to redirect.
      guard let own else {
        throw drop(
          "nat", "\(packet.inInterface ?? "?") has no address to redirect to", rule.evidence)
      }
      var port = packet.destinationPort
      if let ports, port.map({ !ports.contains($0) }) ?? false { port = ports.lowerBound }
      setDestination(Flow.NATEnd(address: own, port: port))
    default: break
    }
  }

  private mutating func setSource(_ end: Flow.NATEnd) {
    flow.source = end
    packet.source = end.address
    packet.sourcePort = end.port
  }

  private mutating func setDestination(_ end: Flow.NATEnd) {
    flow.destination = end
    packet.destination = end.address
    packet.destinationPort = end.port
  }

  private mutating func end(
    of range: NATRange, _ address: IPAddress, _ port: Int?
  ) throws(PathEnd) -> Flow.NATEnd {
    var end = Flow.NATEnd(address: address, port: port)
    if let addresses = range.addresses {
      let count = Int(clamping: addresses.upperBound.value - addresses.lowerBound.value + 1)
      let index = count > 1 ? choices.choose(min(count, 16), .chance) : 0
      end.address = addresses.lowerBound.advanced(by: UInt128(index))
    }
    guard port != nil else { return end }
    if let ports = range.ports {
      if port.map({ !ports.contains($0) }) ?? true { end.port = ports.lowerBound }
      end.isPortOpen = ports.count > 1
    }
    if range.isRandom { end.isPortOpen = true }
    return end
  }
}

extension FilterTarget {
  var isTranslation: Bool {
    switch self {
    case .sourceNAT, .destinationNAT, .masquerade, .redirect: true
    default: false
    }
  }
}
