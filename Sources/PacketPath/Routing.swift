import IPAMEngine

/// What a route is looked for with.
struct RouteQuestion {
  var source: IPAddress?
  var destination: IPAddress
  /// Interface it came in through; `lo` for what the host sends.
  var inInterface: String
  /// Interface that it must leave through.
  var outInterface: String?
  var mark: UInt32
  var transport: TransportProtocol?
  var sourcePort: Int?
  var destinationPort: Int?
  var family: IPAddress.Family { destination.family }
}

/// What came of looking for a route.
enum RouteAnswer {
  case found(Route, rule: PolicyRule?)
  /// A rule or a route refuses.
  case refused(String, Evidence, String)
  case none
  /// It can't be known.
  case unknown(String, Evidence?)
}

/// Looks for routes as the kernel does: linux, `net/ipv4/fib_rules.c`, `fib_trie.c`,
/// `fib_frontend.c` and `net/ipv6/route.c`.
struct Routing {
  private let host: HostNetwork
  private let tables: [HostNetwork.RouteTable: [Route]]

  init(_ host: HostNetwork) {
    self.host = host
    // The longest prefix first, then the smallest metric: the first that matches is the one.
    tables = host.routes.mapValues { routes in
      routes.enumerated().sorted { left, right in
        (-left.element.destination.length, left.element.metric, left.offset)
          < (-right.element.destination.length, right.element.metric, right.offset)
      }.map(\.element)
    }
  }

  /// The route of a packet; equal ones are all given to `choose`, which takes one.
  func answer(
    _ question: RouteQuestion, choose: (Int, Evidence) -> Int = { _, _ in 0 }
  ) -> RouteAnswer {
    let family = question.family
    guard !host.missing.contains(.routes(family)) else {
      return .unknown("the routes were not collected", nil)
    }
    guard let rules = host.policyRules[family], !host.missing.contains(.policyRules(family)) else {
      return .unknown("the rules of policy routing were not collected", nil)
    }
    var skipsTo: Int64?
    for rule in rules {
      if let target = skipsTo {
        guard rule.priority >= target else { continue }
        skipsTo = nil
      }
      switch matches(rule, question) {
      case nil: return .unknown(rule.unknown ?? "a rule is not understood", rule.evidence)
      case false?: continue
      case true?: break
      }
      switch rule.action {
      case .nop: continue
      case .goto(let priority): skipsTo = priority
      case .refuse(let how): return .refused(how, rule.evidence, rule.text)
      case .lookup(let name):
        if let answer = lookup(name, rule, question, choose) { return answer }
      }
    }
    return .none
  }

  /// Whether a rule applies; nil if it can't be known.
  private func matches(_ rule: PolicyRule, _ question: RouteQuestion) -> Bool? {
    var holds = true
    if let source = rule.source {
      // In IPv4 an address that is not chosen yet is 0.0.0.0; in IPv6 it is in no network.
      let own = question.source ?? (question.family == .v4 ? IPAddress(v4: 0) : nil)
      holds = holds && own.map { source.contains($0) } ?? (source.length == 0)
    }
    if let destination = rule.destination {
      holds = holds && destination.contains(question.destination)
    }
    if let name = rule.inInterface { holds = holds && name == question.inInterface }
    if let name = rule.outInterface { holds = holds && name == question.outInterface }
    if let mark = rule.mark { holds = holds && (question.mark ^ mark.value) & mark.mask == 0 }
    if let transport = rule.transport { holds = holds && transport == question.transport }
    if let ports = rule.sourcePorts {
      holds = holds && question.sourcePort.map { ports.contains($0) } ?? false
    }
    if let ports = rule.destinationPorts {
      holds = holds && question.destinationPort.map { ports.contains($0) } ?? false
    }
    if rule.unknown != nil, holds != rule.isNegated { return nil }
    return holds != rule.isNegated
  }

  /// The answer of a table; nil if the next rule is asked.
  private func lookup(
    _ name: String, _ rule: PolicyRule, _ question: RouteQuestion,
    _ choose: (Int, Evidence) -> Int
  ) -> RouteAnswer? {
    guard let routes = tables[HostNetwork.RouteTable(question.family, name)] else { return nil }
    guard let index = routes.firstIndex(where: { isUsable($0, question) }) else { return nil }
    var route = routes[index]
    if let most = rule.suppressedLength, route.destination.length <= most { return nil }
    switch route.kind {
    case "unreachable", "prohibit", "blackhole":
      return .refused(route.kind, route.evidence, route.text)
    case "throw": return nil
    default: break
    }
    // Several next hops of one destination share the load.
    let equal = routes[index...].prefix {
      $0.destination == route.destination && $0.metric == route.metric && $0.kind == route.kind
    }.filter { isUsable($0, question) }
    if equal.count > 1, route.kind == "unicast" {
      route = equal[choose(equal.count, route.evidence)]
    }
    return .found(route, rule: rule)
  }

  private func isUsable(_ route: Route, _ question: RouteQuestion) -> Bool {
    guard route.destination.contains(question.destination), !route.isDead else { return false }
    if route.isLinkDown, ignoresLinkDown(route.device, question.family) { return false }
    if let device = question.outInterface, let own = route.device, own != device,
      route.kind == "unicast"
    {
      return false
    }
    if let from = route.fromSource, let source = question.source { return from.contains(source) }
    return true
  }

  private func ignoresLinkDown(_ device: String?, _ family: IPAddress.Family) -> Bool {
    guard let device else { return false }
    let name = "ignore_routes_with_linkdown"
    return host.flag("net.\(family.sysctl).conf.\(device).\(name)") ?? false
      || host.flag("net.\(family.sysctl).conf.all.\(name)") ?? false
  }

  /// What the host's own table says of an address, as netfilter asks it.
  func type(of address: IPAddress, on device: String?) -> String {
    if address.isMulticast { return "MULTICAST" }
    if address.family == .v4, address.value == UInt128(UInt32.max) || address.value >> 24 == 0 {
      return "BROADCAST"
    }
    let local = tables[HostNetwork.RouteTable(address.family, "local")] ?? []
    guard let route = local.first(where: { $0.destination.contains(address) && !$0.isDead }),
      device == nil || route.device == device
    else { return "UNICAST" }
    return route.kind.uppercased()
  }

  /// Whether an address is one of the host's own.
  func isOwn(_ address: IPAddress) -> Bool { type(of: address, on: nil) == "LOCAL" }

  /// The address that the host would take as sender towards a next hop: linux, `net/ipv4/devinet.c`,
  /// `inet_select_addr`, and `net/ipv6/addrconf.c`, `ipv6_dev_get_saddr`.
  func sourceAddress(on device: String, towards next: IPAddress) -> IPAddress? {
    if let own = usable(host.interfaces[device], next.family), let address = best(own, next) {
      return address
    }
    // An interface without addresses, such as that of a pod: another one lends its own.
    let others = host.interfaces.values.sorted { ($0.index, $0.name) < ($1.index, $1.name) }
      .compactMap { usable($0, next.family) }
    if next.family == .v6 { return best(others.flatMap { $0 }, next) }
    return others.lazy.compactMap { $0.first?.address }.first
  }

  private func usable(
    _ interface: Interface?, _ family: IPAddress.Family
  ) -> [InterfaceAddress]? {
    interface?.addresses.filter {
      $0.address.family == family && !$0.isSecondary && !$0.address.isLoopback
        && (family == .v4 || !$0.address.isLinkLocal)
    }
  }

  private func best(_ own: [InterfaceAddress], _ next: IPAddress) -> IPAddress? {
    guard next.family == .v6 else {
      let near = own.first { CIDR($0.address, length: $0.length).contains(next) }
      return (near ?? own.first)?.address
    }
    func common(_ own: InterfaceAddress) -> Int {
      min((own.address.value ^ next.value).leadingZeroBitCount, own.length)
    }
    return own.max { common($0) < common($1) }.flatMap { longest in
      own.first { common($0) == common(longest) }?.address
    }
  }
}

extension IPAddress.Family {
  /// What the family is called in kernel parameters.
  var sysctl: String { self == .v4 ? "ipv4" : "ipv6" }
}

extension IPAddress {
  var isMulticast: Bool { family == .v4 ? value >> 28 == 0xe : value >> 120 == 0xff }
  var isLoopback: Bool { family == .v4 ? value >> 24 == 127 : value == 1 }
  var isLinkLocal: Bool { family == .v4 ? value >> 16 == 0xa9fe : value >> 118 == 0x3fa }
}

extension HostNetwork {
  /// A switch; nil if it was not collected.
  func flag(_ key: String) -> Bool? {
    number(key).map { $0 != 0 }
  }

  func number(_ key: String) -> Int? {
    guard let text = sysctls[key]?.value else { return nil }
    return Int(text)
  }

  /// The larger one of an interface's number and that of all.
  func largest(_ name: String, on device: String, _ family: IPAddress.Family) -> Int? {
    guard let all = number("net.\(family.sysctl).conf.all.\(name)"),
      let own = number("net.\(family.sysctl).conf.\(device).\(name)")
    else { return nil }
    return max(all, own)
  }
}
