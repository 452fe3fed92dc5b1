import IPAMEngine

extension PathWalk {
  /// Whether a rule applies; where that can't be decided, both ways are tried.
  mutating func holds(_ rule: FilterRule, _ hook: Hook) throws(PathEnd) -> Bool {
    var doubt: (text: String?, isChance: Bool)?
    for match in rule.matches {
      switch test(match, hook) {
      case .yes: continue
      case .no: return false
      case .chance: if doubt == nil { doubt = (nil, true) }
      case .unknown(let text): if doubt == nil || doubt?.isChance == true { doubt = (text, false) }
      }
    }
    guard let doubt else { return true }
    // What has no effect needs no answer.
    if case .none = rule.target { return false }
    let reason: Choices.Reason =
      doubt.isChance ? .chance : .unknown("\(doubt.text ?? ""): \(rule.text)", rule.evidence)
    return choices.choose(2, reason) == 0
  }

  private enum Answer {
    case yes
    case no
    case chance
    case unknown(String)

    init(_ holds: Bool) { self = holds ? .yes : .no }
  }

  private func test(_ match: FilterMatch, _ hook: Hook) -> Answer {
    switch match {
    case .source(let ranges, let isNegated):
      return Answer(Self.contains(ranges, packet.source) != isNegated)
    case .destination(let ranges, let isNegated):
      return Answer(Self.contains(ranges, packet.destination) != isNegated)
    case .inInterface(let names, let isNegated):
      // Since linux 5.7 packets that go through have it behind the route as well.
      let name = packet.inInterface ?? ""
      return Answer(names.contains { Self.matches($0, name) } != isNegated)
    case .outInterface(let names, let isNegated):
      let name = hook == .prerouting || hook == .input ? "" : outInterface ?? ""
      return Answer(names.contains { Self.matches($0, name) } != isNegated)
    case .transport(let numbers, let isNegated):
      return Answer(numbers.contains(packet.transport.rawValue) != isNegated)
    case .sourcePort(let ranges, let isNegated):
      guard let port = packet.sourcePort else { return .no }
      return Answer(ranges.contains { $0.contains(port) } != isNegated)
    case .destinationPort(let ranges, let isNegated):
      guard let port = packet.destinationPort else { return .no }
      return Answer(ranges.contains { $0.contains(port) } != isNegated)
    case .anyPort(let ranges, let isNegated):
      guard let from = packet.sourcePort, let to = packet.destinationPort else { return .no }
      return Answer(ranges.contains { $0.contains(from) || $0.contains(to) } != isNegated)
    case .tcpFlags(let mask, let set, let isNegated):
      guard packet.transport == .tcp else { return .no }
      let flags: Set<String> = packet.isReply ? ["SYN", "ACK"] : ["SYN"]
      return Answer((flags.intersection(mask) == set.intersection(mask)) != isNegated)
    case .icmpType(let type, let code, let isNegated):
      guard let own = packet.icmpType else { return .no }
      return Answer((own == type && (code ?? 0) == 0) != isNegated)
    case .mark(let value, let mask, let isNegated):
      return Answer((packet.mark & mask == value) != isNegated)
    case .mac(let mac, let isNegated):
      guard let device = packet.inInterface else { return .no }
      guard let own = host.interfaces[device]?.peerMAC else { return .unknown("mac") }
      return Answer((own == mac) != isNegated)
    case .addressType(let test): return addressType(test, hook)
    case .set(let name, let fields, let isNegated):
      guard let holds = isMember(of: name, fields) else { return .unknown("set \(name)") }
      return Answer(holds != isNegated)
    case .reversePath(let isLoose, let usesMark, let isInverted):
      switch reversePath(packet.inInterface ?? "", mark: usesMark ? packet.mark : 0) {
      case .same: return Answer(!isInverted)
      case .other: return Answer(isLoose != isInverted)
      case .own, .none: return Answer(isInverted)
      case .unknown(let text, _): return .unknown(text)
      }
    case .sometimes: return .chance
    case .always(let holds): return Answer(holds)
    case .unknown(let text): return .unknown(text)
    case .state, .connectionMark, .originalDestination, .originalDestinationPort, .originalSource,
      .isReply:
      return flowTest(match)
    }
  }

  /// Conditions about the flow.
  private func flowTest(_ match: FilterMatch) -> Answer {
    if case .state(let states, let isNegated) = match {
      var holds = states.contains(state)
      if hasFlow, flow.isSourceChanged, states.contains("SNAT") { holds = true }
      if hasFlow, flow.isDestinationChanged, states.contains("DNAT") { holds = true }
      return Answer(holds != isNegated)
    }
    guard hasFlow else { return .no }
    switch match {
    case .connectionMark(let value, let mask, let isNegated):
      return Answer((flow.mark & mask == value) != isNegated)
    case .originalDestination(let ranges, let isNegated):
      return Answer(Self.contains(ranges, flow.first.destination) != isNegated)
    case .originalSource(let ranges, let isNegated):
      return Answer(Self.contains(ranges, flow.first.source) != isNegated)
    case .originalDestinationPort(let ranges, let isNegated):
      guard let port = flow.first.destinationPort else { return .no }
      return Answer(ranges.contains { $0.contains(port) } != isNegated)
    case .isReply(let isReply): return Answer((packet.isReply && !flow.isAnswerAlone) == isReply)
    default: return .no
    }
  }

  private func addressType(_ test: FilterMatch.AddressTypeTest, _ hook: Hook) -> Answer {
    guard !host.missing.contains(.routes(family)) else { return .unknown("address types") }
    let address = test.isSource ? packet.source : packet.destination
    var device: String?
    if test.isLimitedToIn { device = packet.inInterface ?? "" }
    if test.isLimitedToOut { device = outInterface ?? "" }
    let type = routing.type(of: address, on: device)
    guard family == .v6 else { return Answer(test.types.contains(type) != test.isNegated) }
    // IPv6 asks for each of the types, and a local address is a unicast one as well.
    let holds = test.types.allSatisfy { wanted in
      switch wanted {
      case "UNICAST": !address.isMulticast && address.value != 0
      default: wanted == type
      }
    }
    return Answer(holds != test.isNegated)
  }

  private static func contains(
    _ ranges: [ClosedRange<IPAddress>], _ address: IPAddress
  ) -> Bool {
    ranges.contains { $0.contains(address) }
  }

  /// Whether a name is that of a rule; `+` at its end stands for anything.
  private static func matches(_ pattern: String, _ name: String) -> Bool {
    pattern.hasSuffix("+") ? name.hasPrefix(pattern.dropLast()) : pattern == name
  }

  // MARK: Sets

  /// Whether the packet is in a set; nil if that can't be known.
  private func isMember(of name: String, _ fields: [FilterMatch.SetField], depth: Int = 0) -> Bool?
  {
    guard let set = host.sets[name], depth < 8 else { return nil }
    if set.type.hasPrefix("list:") {
      var isSure = set.isComplete
      for element in set.elements {
        switch isMember(of: element, fields, depth: depth + 1) {
        case true?: return true
        case false?: continue
        case nil: isSure = false
        }
      }
      return isSure ? false : nil
    }
    switch set.contains(packet, fields) {
    case true?: return true
    case false?: return set.isComplete ? false : nil
    case nil: return nil
    }
  }
}

extension AddressSet {
  /// Whether one of the elements has the packet's fields; nil if an element is not understood.
  func contains(_ packet: Packet, _ fields: [FilterMatch.SetField]) -> Bool? {
    let kinds = (type.split(separator: ":").last ?? "").split(separator: ",").map { String($0) }
    guard kinds.allSatisfy({ ["ip", "net", "port"].contains($0) }) else { return nil }
    // A dimension without a direction doesn't match at all.
    guard fields.count >= kinds.count else { return false }
    var best: (length: Int, isOut: Bool)?
    for element in elements {
      let words = element.split(separator: " ")
      let values = (words.first ?? "").split(separator: ",")
      guard values.count == kinds.count else { return nil }
      var holds = true
      var length = 0
      for (index, value) in values.enumerated() where holds {
        let isSource = fields[index] == .source
        if kinds[index] == "port" {
          guard let port = Self.port(value, packet, isSource) else { return nil }
          holds = port
        } else {
          guard let range = Self.range(value) else { return nil }
          holds = range.contains(isSource ? packet.source : packet.destination)
          length += CIDR(value)?.length ?? packet.destination.family.bits
        }
      }
      guard holds, length >= best?.length ?? 0 else { continue }
      best = (length, words.contains("nomatch"))
    }
    return best.map { !$0.isOut } ?? false
  }

  private static func range(_ text: Substring) -> ClosedRange<IPAddress>? {
    if let range = FilterText.range(text) { return range }
    let ends = text.split(separator: "-", maxSplits: 1)
    guard ends.count == 2, let first = IPAddress(ends[0]), let last = IPAddress(ends[1]),
      first <= last
    else { return nil }
    return first...last
  }

  /// Whether the packet's port is that of an element such as `tcp:443`, or `80-90` of any protocol.
  private static func port(_ text: Substring, _ packet: Packet, _ isSource: Bool) -> Bool? {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard let last = parts.last, let ports = FilterText.ports(last, separator: "-") else {
      return nil
    }
    if parts.count == 2 {
      guard let transport = TransportProtocol(parts[0]) else { return nil }
      guard transport == packet.transport else { return false }
    }
    guard let port = isSource ? packet.sourcePort : packet.destinationPort else { return false }
    return ports.contains(port)
  }
}
