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

  @Test("whom ipvs chooses is not guessed")
  func virtualServer() throws {
    var host = try host()
    host.virtualServers = [
      HostNetwork.VirtualServer(
        address: address("10.0.0.10"), port: 53, transport: .udp, evidence: evidence)
    ]
    let path = PacketPath(host)
    let result = path.follow(packet("10.0.0.31", "10.0.0.10", in: "eni1"))
    #expect(!result.isClaimed && result.cause?.evidence == evidence)
    #expect(path.follow(packet("10.0.0.31", "10.0.0.10", in: "eni1", .tcp)).verdict == .host)
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
