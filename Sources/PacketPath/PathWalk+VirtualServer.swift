import IPAMEngine

/// The kernel's load balancer, as kube-proxy uses it in its ipvs mode.
///
/// Source: linux, `net/netfilter/ipvs/ip_vs_core.c`, `ip_vs_xmit.c`.
extension PathWalk {
  /// Sends what is for a virtual server to one of its servers. Then it is neither forwarded nor taken
  /// by the host: it goes out as if the host had sent it.
  mutating func askVirtualServer() throws(PathEnd) {
    guard !packet.isReply, flow.virtualServer == nil, let service = virtualServer() else { return }
    let servers = service.servers.filter { $0.weight > 0 }
    guard !servers.isEmpty else {
      throw reject(
        "ipvs", "port-unreachable", "no server stands behind \(packet.destination)",
        service.evidence)
    }
    let server = servers[choices.choose(servers.count, .chance)]
    guard server.isMasqueraded else {
      throw unknown(
        "ipvs sends packets for \(packet.destination) on to \(server.address) as they are",
        server.evidence)
    }
    let keepsFlow = keepsFlow(server.evidence)
    flow.virtualServer = Flow.NATEnd(address: packet.destination, port: packet.destinationPort)
    packet.destination = server.address
    if server.port != 0 { packet.destinationPort = server.port }
    note("ipvs", "to the server \(server.address)", server.evidence)
    let route = try routeToServer()
    if !keepsFlow { flow.isTracked = false }
    sendingRoute = route
    guard route.kind != "local" else { return }
    try sendToServer(route)
  }

  private func virtualServer() -> HostNetwork.VirtualServer? {
    let marked = host.virtualServers.first { $0.target == .mark(packet.mark) }
    if packet.mark != 0, let marked { return marked }
    return host.virtualServers.first { service in
      guard case .place(let address, let port, let transport) = service.target else { return false }
      return address == packet.destination && transport == packet.transport
        && (port == 0 || port == packet.destinationPort)
    }
  }

  /// Without its flow a packet can get no other sender, and its answer belongs to nothing.
  private mutating func keepsFlow(_ evidence: Evidence) -> Bool {
    let key = "net.ipv4.vs.conntrack"
    if let known = host.flag(key) { return known }
    return choices.choose(2, .unknown("\(key) was not collected", evidence)) == 0
  }

  /// ipvs looks for a route to the server alone: neither sender nor mark count.
  private mutating func routeToServer() throws(PathEnd) -> Route {
    let question = RouteQuestion(destination: packet.destination, inInterface: "lo", mark: 0)
    do throws(PathEnd) {
      return try route(question)
    } catch {
      guard error.verdict.word != "cannot tell", let step = error.step else { throw error }
      throw reject("ipvs", "host-unreachable", step.text, step.evidence)
    }
  }

  private mutating func sendToServer(_ route: Route) throws(PathEnd) {
    let device = packet.inInterface
    packet.inInterface = nil
    take(route)
    note("route", "through \(outInterface ?? "?"): \(route.text)", route.evidence)
    try pass(.output, isAgain: true)
    packet.inInterface = device
    take(sendingRoute ?? route)
    try pass(.postrouting)
    try checkProgram(outInterface)
    let next = nextHop ?? packet.destination
    throw PathEnd(verdict: .sent(interface: outInterface ?? "", nextHop: next), step: nil)
  }

  /// Gives an answer of a server the address that its client asked, and the route that such an answer
  /// of the host itself would take.
  mutating func answerAsVirtualServer(_ hook: Hook) throws(PathEnd) {
    guard packet.isReply, let virtual = flow.virtualServer, packet.source != virtual.address else {
      return
    }
    packet.source = virtual.address
    packet.sourcePort = virtual.port
    note("ipvs", "the client asked \(virtual.address)", nil)
    guard hook != .input, host.flag("net.ipv4.vs.snat_reroute") ?? true else { return }
    let route = try route(
      RouteQuestion(
        source: packet.source, destination: packet.destination, inInterface: "lo",
        mark: packet.mark, transport: packet.transport, sourcePort: packet.sourcePort,
        destinationPort: packet.destinationPort))
    sendingRoute = route
    guard hook == .forward else { return }
    take(route)
    note("route", "through \(outInterface ?? "?"): \(route.text)", route.evidence)
  }
}
