import IPAMEngine
import PacketPath
import Testing

/// What packets in real namespaces taught: each of these was said wrongly once.
@Suite("ways of the kernel")
struct KernelFactTests {
  private let evidence = Evidence(artifact: "a", line: 1)

  private func address(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(v4: 0) }
  private func network(_ text: String) throws -> CIDR { try #require(CIDR(text)) }

  /// A router between `eni1`, which has no address, and `ens5`.
  private func host(_ family: IPAddress.Family = .v4) throws -> HostNetwork {
    let isV4 = family == .v4
    var host = HostNetwork()
    var uplink = Interface(name: "ens5")
    uplink.index = 2
    uplink.addresses = [
      InterfaceAddress(address(isV4 ? "10.0.0.10" : "fd00::10"), length: isV4 ? 24 : 64)
    ]
    var pod = Interface(name: "eni1")
    pod.index = 3
    host.interfaces = ["ens5": uplink, "eni1": pod]
    func rule(_ priority: Int64, _ table: String) -> PolicyRule {
      PolicyRule(
        priority: priority, action: .lookup(table), text: "\(priority): lookup \(table)",
        evidence: evidence)
    }
    host.policyRules[family] = [rule(0, "local"), rule(32_766, "main")]
    func route(_ kind: String, _ text: String, _ device: String) throws -> Route {
      Route(
        kind: kind, destination: try network(text), device: device, text: text, evidence: evidence)
    }
    host.routes[HostNetwork.RouteTable(family, "local")] = [
      try route("local", isV4 ? "10.0.0.10/32" : "fd00::10/128", "ens5")
    ]
    host.routes[HostNetwork.RouteTable(family, "main")] = [
      try route("unicast", isV4 ? "0.0.0.0/0" : "::/0", "ens5"),
      try route("unicast", isV4 ? "10.0.0.31/32" : "fd00::31/128", "eni1"),
    ]
    for device in ["all", "ens5", "eni1"] {
      for (name, value) in [
        ("forwarding", "1"), ("rp_filter", "0"), ("src_valid_mark", "0"), ("route_localnet", "0"),
      ] {
        host.sysctls["net.ipv4.conf.\(device).\(name)"] = .init(value: value, evidence: evidence)
        host.sysctls["net.ipv6.conf.\(device).\(name)"] = .init(value: value, evidence: evidence)
      }
    }
    host.filters[family] = PacketFilter()
    return host
  }

  private func filter(
    _ table: String, _ chain: String, _ rules: [String], backend: FilterBackend = .nft
  ) -> Chain {
    var result = Chain(ChainName(backend, table: table, chain: chain), evidence: evidence)
    result.policy = true
    result.base = FilterKind.base(table: table, chain: chain)
    result.rules = rules.map { FilterRule(iptables: $0, evidence: evidence) }
    return result
  }

  private func packet(
    _ source: String, _ destination: String, in device: String?,
    _ transport: TransportProtocol = .udp
  ) -> Packet {
    Packet(
      source: address(source), destination: address(destination), transport: transport,
      sourcePort: 40_000, destinationPort: 53, inInterface: device)
  }

  @Test("the loose check of the sender is a strict one where an interface has no address")
  func looseWithoutAddress() throws {
    var host = try host()
    host.sysctls["net.ipv4.conf.eni1.rp_filter"] = .init(value: "2", evidence: evidence)
    host.sysctls["net.ipv4.conf.ens5.rp_filter"] = .init(value: "2", evidence: evidence)
    let path = PacketPath(host)
    #expect(path.follow(packet("10.0.0.99", "1.1.1.1", in: "eni1")).verdict == .dropped)
    #expect(path.follow(packet("10.0.0.31", "1.1.1.1", in: "eni1")).verdict.word == "delivered")
    #expect(path.follow(packet("10.0.0.31", "1.1.1.1", in: "ens5")).verdict.word == "delivered")
  }

  @Test("before its flow is looked for, a packet is INVALID and has no mark of a flow")
  func rawState() throws {
    for (state, isSeen) in [("NEW", false), ("INVALID", true), ("ESTABLISHED", false)] {
      var host = try host()
      host.filters[.v4]?.add(
        filter("raw", "PREROUTING", ["-A PREROUTING -m conntrack --ctstate \(state) -j DROP"]))
      let result = PacketPath(host).follow(packet("10.0.0.31", "1.1.1.1", in: "eni1"))
      #expect((result.verdict == .dropped) == isSeen, "\(state)")
    }
    var host = try host()
    host.filters[.v4]?.add(
      filter("raw", "PREROUTING", ["-A PREROUTING -m connmark ! --mark 0x1 -j DROP"]))
    #expect(
      PacketPath(host).follow(packet("10.0.0.31", "1.1.1.1", in: "eni1")).verdict.word
        == "delivered")
  }

  @Test("the answer is taken to come from where the packet goes to")
  func reverseInterface() throws {
    var host = try host()
    host.sysctls["net.ipv4.conf.eni1.rp_filter"] = .init(value: "1", evidence: evidence)
    var rule = PolicyRule(
      priority: 100, action: .refuse("blackhole"), text: "100: iif ens5 blackhole",
      evidence: evidence)
    rule.inInterface = "ens5"
    host.policyRules[.v4]?.insert(rule, at: 1)
    let path = PacketPath(host)
    #expect(path.follow(packet("10.0.0.31", "1.1.1.1", in: "eni1")).verdict == .dropped)
    #expect(path.follow(packet("10.0.0.31", "10.0.0.10", in: "eni1")).verdict == .host)
  }

  @Test("a sender that is not chosen yet is 0.0.0.0 in IPv4 and in no network in IPv6")
  func unsetSource() throws {
    for (family, all, target) in [
      (IPAddress.Family.v4, "0.0.0.0/1", "1.1.1.1"), (.v6, "::/1", "2001:db8::1"),
    ] {
      var host = try host(family)
      var rule = PolicyRule(
        priority: 100, action: .refuse("prohibit"), text: "100: prohibit", evidence: evidence)
      rule.source = try network(all)
      host.policyRules[family]?.insert(rule, at: 1)
      let own = packet(family == .v4 ? "0.0.0.0" : "::", target, in: nil)
      #expect((PacketPath(host).follow(own).verdict.word == "rejected") == (family == .v4))
    }
  }

  @Test("IPv6 asks again with its own address if it has no route without one")
  func secondQuestion() throws {
    var host = try host(.v6)
    var rule = PolicyRule(
      priority: 200, action: .lookup("2"), text: "200: from own", evidence: evidence)
    rule.source = try network("fd00::/64")
    host.policyRules[.v6] = [rule]
    host.routes[HostNetwork.RouteTable(.v6, "2")] = host.routes[HostNetwork.RouteTable(.v6, "main")]
    let result = PacketPath(host).follow(packet("::", "2001:db8::1", in: nil))
    #expect(result.verdict.word == "delivered")
    #expect(result.packet.source == address("fd00::10"))
  }

  @Test("a mark of the raw table changes no route, one of the mangle table does")
  func reroute() throws {
    for (table, device) in [("raw", "ens5"), ("mangle", "eni1")] {
      var host = try host()
      var rule = PolicyRule(
        priority: 100, action: .lookup("2"), text: "100: fwmark 0x1", evidence: evidence)
      rule.mark = (1, 1)
      host.policyRules[.v4]?.insert(rule, at: 1)
      host.routes[HostNetwork.RouteTable(.v4, "2")] = [
        Route(
          destination: try network("0.0.0.0/0"), device: "eni1", text: "default", evidence: evidence
        )
      ]
      host.filters[.v4]?.add(filter(table, "OUTPUT", ["-A OUTPUT -j MARK --set-xmark 0x1/0x1"]))
      let result = PacketPath(host).follow(packet("0.0.0.0", "1.1.1.1", in: nil))
      #expect(result.verdict == .sent(interface: device, nextHop: address("1.1.1.1")))
    }
  }

  @Test("behind DNAT the chains of OUTPUT go on with the interface they began with")
  func outInterface() throws {
    for (device, word) in [("eni1", "delivered"), ("ens5", "dropped")] {
      var host = try host()
      host.filters[.v4]?.add(
        filter("nat", "OUTPUT", ["-A OUTPUT -j DNAT --to-destination 10.0.0.31"]))
      host.filters[.v4]?.add(filter("filter", "OUTPUT", ["-A OUTPUT -o \(device) -j DROP"]))
      let result = PacketPath(host).follow(packet("0.0.0.0", "1.1.1.1", in: nil))
      #expect(result.verdict.word == word)
      guard word == "delivered" else { continue }
      #expect(result.verdict == .sent(interface: "eni1", nextHop: address("10.0.0.31")))
    }
  }

  @Test("a receiver that NAT leaves as it is counts as no DNAT")
  func sameReceiver() throws {
    for (to, state) in [("10.0.0.31", "delivered"), ("10.0.0.32", "dropped")] {
      var host = try host()
      host.filters[.v4]?.add(
        filter("nat", "PREROUTING", ["-A PREROUTING -j DNAT --to-destination \(to)"]))
      host.filters[.v4]?.add(
        filter("filter", "FORWARD", ["-A FORWARD -m conntrack --ctstate DNAT -j DROP"]))
      let result = PacketPath(host).follow(packet("10.0.0.99", "10.0.0.31", in: "ens5"))
      #expect(result.verdict.word == state)
    }
  }

  @Test("a local address is a unicast one as well in IPv6, and not in IPv4")
  func unicast() throws {
    for (family, own, other) in [
      (IPAddress.Family.v4, "10.0.0.10", "10.0.0.31"), (.v6, "fd00::10", "fd00::31"),
    ] {
      var host = try host(family)
      host.filters[family]?.add(
        filter("filter", "INPUT", ["-A INPUT -m addrtype --dst-type UNICAST -j DROP"]))
      let result = PacketPath(host).follow(packet(other, own, in: "eni1"))
      #expect((result.verdict == .dropped) == (family == .v6))
    }
  }

  @Test("what a host sends to itself keeps its flow, whatever the raw table says behind it")
  func loopback() throws {
    var host = try host()
    host.filters[.v4]?.add(filter("raw", "PREROUTING", ["-A PREROUTING -j CT --notrack"]))
    host.filters[.v4]?.add(
      filter("filter", "INPUT", ["-A INPUT -m conntrack --ctstate UNTRACKED -j DROP"]))
    #expect(PacketPath(host).follow(packet("0.0.0.0", "10.0.0.10", in: nil)).verdict == .host)
    #expect(
      PacketPath(host).follow(packet("10.0.0.31", "10.0.0.10", in: "eni1")).verdict == .dropped)
  }

  @Test("the interface a packet came in through is known behind the route as well")
  func postrouting() throws {
    var host = try host()
    var chain = Chain(ChainName(.native, table: "ip other", chain: "c"), evidence: evidence)
    chain.policy = true
    chain.base = (.postrouting, .filter, 0)
    chain.rules = [FilterRule(nft: "iifname \"eni*\" drop", evidence: evidence)]
    host.filters[.v4]?.add(chain)
    let path = PacketPath(host)
    #expect(path.follow(packet("10.0.0.31", "1.1.1.1", in: "eni1")).verdict == .dropped)
    #expect(path.follow(packet("0.0.0.0", "1.1.1.1", in: nil)).verdict.word == "delivered")
  }

  /// A virtual server for DNS at 172.20.0.10, with a server behind `eni1`.
  private func balancer(
    _ address: String = "10.0.0.31", port: Int = 5353, weight: Int = 1, isMasqueraded: Bool = true
  ) throws -> HostNetwork {
    var host = try host()
    host.routes[HostNetwork.RouteTable(.v4, "local")]?.append(
      Route(
        kind: "local", destination: try network("172.20.0.10/32"), device: "kube-ipvs0",
        text: "local 172.20.0.10", evidence: evidence))
    var service = HostNetwork.VirtualServer(
      .place(self.address("172.20.0.10"), 53, .udp), evidence: evidence)
    service.servers = [
      .init(
        address: self.address(address), port: port, isMasqueraded: isMasqueraded, weight: weight,
        evidence: Evidence(artifact: "ip_vs", line: 5))
    ]
    host.virtualServers = [service]
    host.sysctls["net.ipv4.vs.conntrack"] = .init(value: "1", evidence: evidence)
    return host
  }

  @Test("ipvs sends a packet out as if the host had made it, and its answer back")
  func virtualServer() throws {
    var host = try balancer()
    // What ipvs sends is never forwarded.
    host.filters[.v4]?.add(filter("filter", "FORWARD", ["-A FORWARD -p udp --dport 5353 -j DROP"]))
    host.filters[.v4]?.add(
      filter("nat", "POSTROUTING", ["-A POSTROUTING -o eni1 -j SNAT --to-source 10.0.0.10"]))
    let path = PacketPath(host)
    let result = path.follow(packet("10.9.9.9", "172.20.0.10", in: "ens5"))
    #expect(
      result.verdict == .sent(interface: "eni1", nextHop: address("10.0.0.31")), "\(result.steps)")
    #expect(result.packet.text == "10.0.0.10:40000 > 10.0.0.31:5353")
    #expect(result.steps.contains { $0.evidence == Evidence(artifact: "ip_vs", line: 5) })
    let reply = result.flow.reply(to: result.packet, through: "eni1")
    let answer = path.follow(reply: reply, flow: result.flow)
    #expect(answer.packet.text == "172.20.0.10:53 > 10.9.9.9:40000")
    #expect(answer.verdict == .sent(interface: "ens5", nextHop: address("10.9.9.9")))
    // Another protocol is not the virtual server's: the host itself has the address.
    #expect(path.follow(packet("10.9.9.9", "172.20.0.10", in: "ens5", .tcp)).verdict == .host)
  }

  @Test("the chains of OUTPUT see what ipvs sends, without the interface it came in through")
  func virtualServerOutput() throws {
    var host = try balancer()
    host.filters[.v4]?.add(filter("filter", "OUTPUT", ["-A OUTPUT -i ens5 -j DROP"]))
    #expect(
      PacketPath(host).follow(packet("10.9.9.9", "172.20.0.10", in: "ens5")).verdict.word
        == "delivered")
    host.filters[.v4]?.add(filter("mangle", "OUTPUT", ["-A OUTPUT -d 10.0.0.31 -j DROP"]))
    #expect(
      PacketPath(host).follow(packet("10.9.9.9", "172.20.0.10", in: "ens5")).verdict == .dropped)
    var closed = try balancer()
    closed.filters[.v4]?.add(filter("filter", "INPUT", ["-A INPUT -p udp --dport 53 -j DROP"]))
    #expect(
      PacketPath(closed).follow(packet("10.9.9.9", "172.20.0.10", in: "ens5")).verdict == .dropped)
  }

  @Test("without conntrack of ipvs nothing gets another sender")
  func virtualServerUntracked() throws {
    var host = try balancer()
    host.sysctls["net.ipv4.vs.conntrack"] = .init(value: "0", evidence: evidence)
    host.filters[.v4]?.add(
      filter("nat", "POSTROUTING", ["-A POSTROUTING -o eni1 -j SNAT --to-source 10.0.0.10"]))
    let question = packet("10.9.9.9", "172.20.0.10", in: "ens5")
    #expect(
      PacketPath(host).follow(question).packet.text == "10.9.9.9:40000 > 10.0.0.31:5353")
    host.sysctls["net.ipv4.vs.conntrack"] = nil
    let unknown = PacketPath(host).follow(question)
    #expect(!unknown.isClaimed)
    #expect(unknown.cause?.text == "net.ipv4.vs.conntrack was not collected")
  }

  @Test("a virtual server without servers says so, and one that doesn't translate is not followed")
  func virtualServerWithoutServers() throws {
    let question = packet("10.9.9.9", "172.20.0.10", in: "ens5")
    let none = PacketPath(try balancer(weight: 0)).follow(question)
    #expect(none.verdict == .rejected("port-unreachable") && none.cause?.evidence == evidence)
    #expect(!PacketPath(try balancer(isMasqueraded: false)).follow(question).isClaimed)
    // The host itself is the server.
    #expect(PacketPath(try balancer("10.0.0.10", port: 0)).follow(question).verdict == .host)
  }

  @Test("a virtual server of a mark takes packets for any address that the host has")
  func virtualServerOfMark() throws {
    var host = try balancer()
    host.virtualServers[0].target = .mark(7)
    let question = packet("10.9.9.9", "172.20.0.10", in: "ens5")
    #expect(PacketPath(host).follow(question).verdict == .host)
    host.filters[.v4]?.add(
      filter("mangle", "PREROUTING", ["-A PREROUTING -p udp -j MARK --set-xmark 0x7/0xffffffff"]))
    #expect(PacketPath(host).follow(question).packet.destination == address("10.0.0.31"))
  }

  @Test("a module that comes twice holds twice")
  func twice() throws {
    var host = try host()
    host.filters[.v4]?.add(
      filter(
        "filter", "FORWARD",
        ["-A FORWARD -m addrtype --src-type LOCAL -m addrtype ! --src-type LOCAL -j DROP"]))
    #expect(
      PacketPath(host).follow(packet("10.0.0.31", "1.1.1.1", in: "eni1")).verdict.word
        == "delivered")
  }

  @Test("rules that call each other without end are no endless work")
  func endless() throws {
    var host = try host()
    var forward = filter("filter", "FORWARD", [])
    forward.rules = Array(
      repeating: FilterRule(iptables: "-A FORWARD -j U", evidence: evidence), count: 2)
    host.filters[.v4]?.add(forward)
    var loop = Chain(ChainName(.nft, table: "filter", chain: "U"), evidence: evidence)
    loop.rules = Array(repeating: FilterRule(iptables: "-A U -j U", evidence: evidence), count: 3)
    host.filters[.v4]?.add(loop)
    let result = PacketPath(host).follow(packet("10.0.0.31", "1.1.1.1", in: "eni1"))
    #expect(!result.isClaimed)
  }
}
