import IPAMEngine

/// The end of a packet.
struct PathEnd: Error {
  var verdict: PathVerdict
  var step: PathStep?
}

/// A packet on its way through a host, one way of several if something can't be decided.
///
/// Source of the order of things: linux, `net/ipv4/ip_input.c`, `route.c`, `ip_forward.c`,
/// `ip_output.c`, their counterparts of IPv6, and `net/netfilter`.
struct PathWalk {
  let host: HostNetwork
  let routing: Routing
  let filter: PacketFilter
  var packet: Packet
  var flow: Flow
  var outInterface: String?
  var nextHop: IPAddress?
  /// The route of what the host sends.
  var sendingRoute: Route?
  var steps: [PathStep] = []
  var choices: Choices
  /// Whether the flow of the packet has been looked for; before that it has none.
  var isFlowKnown = false
  /// Rules that were tried, and how many may be.
  var tested = 0
  let mostTests: Int

  init(
    _ host: HostNetwork, _ routing: Routing, _ packet: Packet, flow: Flow?, choices: Choices,
    mostTests: Int
  ) {
    self.mostTests = mostTests
    self.host = host
    self.routing = routing
    self.packet = packet
    self.flow = flow ?? Flow(first: packet)
    self.choices = choices
    filter = host.filters[packet.destination.family] ?? PacketFilter()
  }

  var family: IPAddress.Family { packet.destination.family }

  /// Follows the packet to its end.
  mutating func run() -> PathVerdict {
    do throws(PathEnd) {
      guard !host.missing.contains(.filters(family)) else {
        throw unknown("the rules of iptables were not collected", nil)
      }
      if packet.inInterface == nil { return try send() }
      return try receive()
    } catch {
      if let step = error.step { steps.append(step) }
      return error.verdict
    }
  }

  // MARK: Steps

  mutating func note(_ place: String, _ text: String, _ evidence: Evidence?) {
    steps.append(step(place, text, evidence))
  }

  func step(_ place: String, _ text: String, _ evidence: Evidence?) -> PathStep {
    PathStep(
      place: place, text: text, evidence: evidence, packet: packet.text, mark: packet.mark,
      interface: outInterface)
  }

  func unknown(_ text: String, _ evidence: Evidence?) -> PathEnd {
    PathEnd(verdict: .unknown(text), step: step("unknown", text, evidence))
  }

  func drop(_ place: String, _ text: String, _ evidence: Evidence?) -> PathEnd {
    PathEnd(verdict: .dropped, step: step(place, text, evidence))
  }

  func reject(_ place: String, _ how: String, _ text: String, _ evidence: Evidence?) -> PathEnd {
    PathEnd(verdict: .rejected(how), step: step(place, text, evidence))
  }

  // MARK: In

  private mutating func receive() throws(PathEnd) -> PathVerdict {
    try checkProgram(packet.inInterface)
    try pass(.prerouting)
    let device = packet.inInterface ?? ""
    if family == .v4 { try checkMartians(device) }
    let route = try route(
      RouteQuestion(
        source: packet.source, destination: packet.destination, inInterface: device,
        mark: packet.mark, transport: packet.transport, sourcePort: packet.sourcePort,
        destinationPort: packet.destinationPort))
    switch route.kind {
    case "local":
      if family == .v4 { try checkSource(device, towards: nil) }
      note("route", "for the host itself: \(route.text)", route.evidence)
      try pass(.input)
      return .host
    case "unicast": break
    default: throw unknown("a \(route.kind) route: \(route.text)", route.evidence)
    }
    try checkForwarding(device)
    if family == .v4 { try checkSource(device, towards: route.device) }
    return try leave(by: route, through: .forward)
  }

  private mutating func leave(by route: Route, through hook: Hook) throws(PathEnd) -> PathVerdict {
    take(route)
    note("route", "through \(outInterface ?? "?"): \(route.text)", route.evidence)
    try pass(hook)
    try pass(.postrouting)
    try checkProgram(outInterface)
    return .sent(interface: outInterface ?? "", nextHop: nextHop ?? packet.destination)
  }

  mutating func take(_ route: Route) {
    outInterface = route.device
    nextHop = route.gateway ?? packet.destination
  }

  func checkProgram(_ name: String?) throws(PathEnd) {
    guard let name, let program = host.interfaces[name]?.program else { return }
    throw unknown("a program is attached to \(name)", program)
  }

  private func checkMartians(_ device: String) throws(PathEnd) {
    let isLocalnetRouted =
      host.largest("route_localnet", on: device, .v4).map { $0 != 0 } ?? false
    let source = packet.source
    if source.isMulticast || source.value >> 24 == 0 || source.value == UInt128(UInt32.max)
      || packet.destination.value >> 24 == 0
    {
      throw drop("route", "an address that no packet may have", nil)
    }
    if (source.isLoopback || packet.destination.isLoopback) && !isLocalnetRouted && device != "lo" {
      throw drop("route", "a loopback address on \(device)", nil)
    }
    if packet.destination.isMulticast { throw unknown("multicast is not followed", nil) }
  }

  mutating func route(_ question: RouteQuestion) throws(PathEnd) -> Route {
    var choices = self.choices
    let answer = routing.answer(question) { count, _ in choices.choose(count, .chance) }
    self.choices = choices
    switch answer {
    case .found(let route, let rule):
      if let rule, rule.source != nil || rule.destination != nil || rule.mark != nil {
        note("ip rule", rule.text, rule.evidence)
      }
      return route
    case .unknown(let text, let evidence): throw unknown(text, evidence)
    case .none:
      let text = "no route to \(packet.destination)"
      // A router says so; a host keeps silent in IPv4.
      guard family == .v4, let device = packet.inInterface, isForwarding(device) != true else {
        throw reject("route", "net-unreachable", text, nil)
      }
      throw drop("route", text, nil)
    case .refused(let how, let evidence, let text):
      if how == "blackhole" { throw drop("route", text, evidence) }
      if family == .v4, let device = packet.inInterface, isForwarding(device) == false {
        throw drop("route", text, evidence)
      }
      let answer = how == "prohibit" ? "admin-prohibited" : "host-unreachable"
      throw reject("route", answer, text, evidence)
    }
  }

  private func forwardingKey(_ device: String) -> String {
    family == .v4 ? "net.ipv4.conf.\(device).forwarding" : "net.ipv6.conf.all.forwarding"
  }

  private func isForwarding(_ device: String) -> Bool? {
    host.flag(forwardingKey(device)) ?? (family == .v4 ? host.flag("net.ipv4.ip_forward") : nil)
  }

  private func checkForwarding(_ device: String) throws(PathEnd) {
    let key = forwardingKey(device)
    guard let isOn = isForwarding(device) else { throw unknown("\(key) was not collected", nil) }
    guard !isOn else { return }
    let evidence = (host.sysctls[key] ?? host.sysctls["net.ipv4.ip_forward"])?.evidence
    throw drop("forwarding", "\(key) = 0", evidence)
  }

  // MARK: The way back to the sender

  /// linux, `net/ipv4/fib_frontend.c`, `fib_validate_source`.
  private mutating func checkSource(
    _ device: String, towards outDevice: String?
  ) throws(PathEnd) {
    guard device != "lo" else { return }
    let mark = marksSource(device) ? packet.mark : 0
    switch reversePath(device, mark: mark, from: outDevice ?? "lo", isWhole: true) {
    case .same: return
    case .unknown(let text, let evidence): throw unknown(text, evidence)
    case .own(let route):
      throw drop("rp_filter", "the sender is the host itself: \(route.text)", route.evidence)
    case .none(let evidence): try refuseSource(device, "no route back to the sender", evidence, nil)
    case .other(let route):
      // Without an address of its own, as pods' interfaces are, an interface gets no loose check.
      let own = host.interfaces[device]?.addresses.contains { $0.address.family == .v4 } ?? false
      try refuseSource(
        device, "the way back to \(packet.source) is \(route.text)", route.evidence,
        own ? 2 : nil)
    }
  }

  private func marksSource(_ device: String) -> Bool {
    host.largest("src_valid_mark", on: device, .v4).map { $0 != 0 } ?? false
  }

  /// - Parameter harmless: the setting of rp_filter that lets such a packet through besides 0.
  private mutating func refuseSource(
    _ device: String, _ text: String, _ evidence: Evidence?, _ harmless: Int?
  ) throws(PathEnd) {
    guard let setting = host.largest("rp_filter", on: device, .v4) else {
      throw unknown("rp_filter of \(device) was not collected", nil)
    }
    guard setting != 0, setting != harmless else { return }
    let keys = ["net.ipv4.conf.\(device).rp_filter", "net.ipv4.conf.all.rp_filter"]
    let key = keys.first { host.number($0) == setting } ?? keys[0]
    throw drop(
      "rp_filter", "\(key) = \(setting), and \(text)", host.sysctls[key]?.evidence ?? evidence)
  }

  enum ReversePath {
    case same
    case other(Route)
    case own(Route)
    case none(Evidence?)
    case unknown(String, Evidence?)
  }

  /// The way from the receiver to the sender.
  ///
  /// - Parameters:
  ///   - device: the interface that the packet came in through.
  ///   - mark: the mark that its answer is taken to have.
  ///   - inInterface: the interface that its answer is taken to come from.
  ///   - isWhole: whether protocol and ports count.
  func reversePath(
    _ device: String, mark: UInt32, from inInterface: String = "lo", isWhole: Bool = false
  ) -> ReversePath {
    var question = RouteQuestion(
      source: packet.destination, destination: packet.source, inInterface: inInterface, mark: mark)
    if isWhole {
      question.transport = packet.transport
      question.sourcePort = packet.destinationPort
      question.destinationPort = packet.sourcePort
    }
    switch routing.answer(question) {
    case .unknown(let text, let evidence): return .unknown(text, evidence)
    case .none: return .none(nil)
    case .refused(_, let evidence, _): return .none(evidence)
    case .found(let route, _):
      guard route.kind == "unicast" else { return .own(route) }
      return route.device == device ? .same : .other(route)
    }
  }

  // MARK: Out

  private mutating func send() throws(PathEnd) -> PathVerdict {
    let route = try firstRoute()
    if packet.source.value == 0 {
      guard let source = sourceAddress(of: route) else {
        throw unknown("the host's own address towards \(packet.destination) is not known", nil)
      }
      packet.source = source
      flow.first.source = source
    }
    sendBy(route)
    try pass(.output)
    let last = sendingRoute ?? route
    sendBy(last)
    guard last.kind != "local" else {
      try pass(.postrouting)
      packet.inInterface = "lo"
      outInterface = nil
      try pass(.prerouting)
      note("route", "for the host itself: \(last.text)", last.evidence)
      try pass(.input)
      return .host
    }
    note("route", "through \(outInterface ?? "?"): \(last.text)", last.evidence)
    try pass(.postrouting)
    try checkProgram(outInterface)
    return .sent(interface: outInterface ?? "", nextHop: nextHop ?? packet.destination)
  }

  /// Takes another route for what the host sends, after a chain changed what routes depend on. The
  /// chains of the hook go on with the interface that they began with.
  mutating func reroute() throws(PathEnd) {
    sendingRoute = try outRoute()
  }

  private mutating func sendBy(_ route: Route) {
    sendingRoute = route
    take(route)
    if route.kind == "local" { outInterface = "lo" }
  }

  /// IPv6 asks again with an address of its own if it gets no route without one.
  private mutating func firstRoute() throws(PathEnd) -> Route {
    do throws(PathEnd) {
      return try outRoute()
    } catch {
      guard family == .v6, packet.source.value == 0, error.verdict.word != "cannot tell",
        let own = routing.sourceAddress(on: "", towards: packet.destination)
      else { throw error }
      packet.source = own
      flow.first.source = own
      return try outRoute()
    }
  }

  private mutating func outRoute() throws(PathEnd) -> Route {
    let isOwn = packet.source.value != 0 && routing.isOwn(packet.source)
    return try route(
      RouteQuestion(
        source: isOwn ? packet.source : nil, destination: packet.destination, inInterface: "lo",
        mark: packet.mark, transport: packet.transport, sourcePort: packet.sourcePort,
        destinationPort: packet.destinationPort))
  }

  private func sourceAddress(of route: Route) -> IPAddress? {
    if route.kind == "local" { return packet.destination }
    if let preferred = route.preferredSource { return preferred }
    let next = route.gateway ?? packet.destination
    return route.device.flatMap { routing.sourceAddress(on: $0, towards: next) }
  }
}
