import IPAMEngine
import PacketPath

/// Numbers of which the same seed gives the same.
struct OracleRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1 }

  mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int((state >> 11) % UInt64(max(bound, 1)))
  }

  mutating func chance(_ percent: Int) -> Bool { next(100) < percent }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[next(list.count)] }
}

/// A node with random rules and routes, as commands that make it.
struct RandomNode {
  var family: IPAddress.Family
  /// Lines for `ip -batch`.
  var ip: [String] = []
  /// Kernel parameters.
  var switches: [(key: String, value: Int)] = []
  /// What `iptables-restore` of a backend gets; nil if it gets nothing.
  var nft: String?
  var legacy: String?
  /// What `nft -f` gets.
  var native: String?
  var packets: [Packet] = []

  static let pods = ["enia": 31, "enib": 32, "enic": 33]
  static let devices = ["ens5", "ens6", "enia", "enib", "enic"]

  private var random: OracleRandom

  init(seed: UInt64) {
    random = OracleRandom(seed: seed)
    for _ in 0..<8 { _ = random.next(2) }
    family = random.chance(70) ? .v4 : .v6
    makeRules()
    makeRoutes()
    makeSwitches()
    let backends = random.next(10)
    if backends < 7 { nft = makeTables() }
    if backends >= 5 { legacy = makeTables() }
    if random.chance(20) { native = makeNative() }
    for _ in 0..<6 { packets.append(makePacket()) }
  }

  // MARK: Addresses

  static func address(_ host: Int, _ family: IPAddress.Family) -> String {
    family == .v4 ? "10.0.0.\(host)" : "fd00:a::\(host)"
  }

  private func own(_ host: Int) -> String { Self.address(host, family) }

  private var isV4: Bool { family == .v4 }

  private mutating func anyAddress() -> String {
    let hosts = [31, 32, 33, 10, 20, 200, 201]
    let others = isV4 ? ["8.8.8.8", "172.20.0.10", "192.168.7.7"] : ["2001:db8::8", "fd00:b::10"]
    return random.chance(70) ? own(random.pick(hosts)) : random.pick(others)
  }

  private mutating func anyNetwork() -> String {
    let networks =
      isV4
      ? ["10.0.0.0/24", "10.0.0.32/31", "10.0.0.0/27", "172.20.0.0/16", "8.0.0.0/7", "0.0.0.0/1"]
      : ["fd00:a::/64", "fd00:a::20/123", "2001:db8::/32", "fd00:b::/112", "::/1"]
    return random.chance(50) ? anyAddress() : random.pick(networks)
  }

  private mutating func anyDevice() -> String { random.pick(Self.devices) }

  // MARK: Rules and routes

  private mutating func makeRules() {
    ip.append("rule add pref 0 from all lookup local")
    for (_, host) in Self.pods.sorted(by: { $0.key < $1.key }) where random.chance(92) {
      ip.append("rule add pref 512 to \(own(host)) lookup main")
    }
    if random.chance(80) { ip.append("rule add pref 1024 fwmark 0x80/0x80 lookup main") }
    if random.chance(80) { ip.append("rule add pref 1536 from \(own(32)) lookup 2") }
    for _ in 0..<random.next(4) { ip.append(anyRule()) }
    ip.append("rule add pref 32766 from all lookup main")
    ip.append("rule add pref 32767 from all lookup default")
  }

  private mutating func anyRule() -> String {
    let priority = random.pick([100, 600, 1030, 1535, 1600, 20_000])
    var text = "rule add pref \(priority) "
    if random.chance(10) { text += "not " }
    text += "from " + (random.chance(50) ? anyNetwork() : "all")
    if random.chance(30) { text += " to \(anyNetwork())" }
    if random.chance(25) { text += " fwmark \(random.pick(["0x80/0x80", "0x1", "0x4000/0x4000"]))" }
    if random.chance(25) { text += " iif \(anyDevice())" }
    if random.chance(15) { text += " ipproto \(random.pick(["tcp", "udp"]))" }
    switch random.next(12) {
    case 0: return text + " blackhole"
    case 1: return text + " unreachable"
    case 2: return text + " prohibit"
    case 3: return text + " goto 32766"
    case 4: return text + " lookup main suppress_prefixlength 0"
    default: return text + " lookup \(random.pick(["2", "3", "77", "main"]))"
    }
  }

  private mutating func makeRoutes() {
    let net = isV4 ? "10.0.0.0/24" : "fd00:a::/64"
    let gateway = own(1)
    ip.append("route add \(net) dev ens5 table main")
    if random.chance(90) { ip.append("route add default via \(gateway) dev ens5 table main") }
    for (name, host) in Self.pods.sorted(by: { $0.key < $1.key }) where random.chance(93) {
      ip.append("route add \(own(host)) dev \(name) table main")
    }
    if random.chance(85) {
      ip.append("route add \(gateway) dev ens6 table 2")
      if random.chance(90) { ip.append("route add default via \(gateway) dev ens6 table 2") }
    }
    for _ in 0..<random.next(4) {
      let table = random.pick(["main", "2", "3", "77"])
      let metric = 100 + random.next(5)
      switch random.next(8) {
      case 0:
        let kind = random.pick(["blackhole", "unreachable", "prohibit"])
        ip.append("route add \(kind) \(anyNetwork()) table \(table) metric \(metric)")
      case 1 where isV4:
        ip.append("route add throw \(anyNetwork()) table \(table) metric \(metric)")
      default:
        ip.append("route add \(anyNetwork()) dev \(anyDevice()) table \(table) metric \(metric)")
      }
    }
  }

  private mutating func makeSwitches() {
    switches.append(("net.ipv4.ip_forward", 1))
    switches.append(("net.ipv6.conf.all.forwarding", random.chance(92) ? 1 : 0))
    switches.append(("net.ipv4.conf.all.rp_filter", random.pick([0, 0, 0, 1, 2])))
    switches.append(("net.ipv4.conf.all.src_valid_mark", random.pick([0, 0, 1])))
    for device in Self.devices {
      switches.append(("net.ipv4.conf.\(device).rp_filter", random.pick([0, 1, 2, 2])))
      switches.append(("net.ipv4.conf.\(device).forwarding", random.chance(94) ? 1 : 0))
    }
  }

  // MARK: Packets

  private mutating func makePacket() -> Packet {
    let isOwn = random.chance(12)
    let device = isOwn ? nil : anyDevice()
    let proper = device.flatMap { Self.pods[$0] }
    var source = anyAddress()
    if let proper, random.chance(85) { source = own(proper) }
    if proper == nil, random.chance(70) { source = own(random.pick([200, 201])) }
    var packet = Packet(
      source: IPAddress(isOwn ? (isV4 ? "0.0.0.0" : "::") : source) ?? IPAddress(v4: 0),
      destination: IPAddress(anyAddress()) ?? IPAddress(v4: 0),
      transport: isOwn
        ? .udp : random.pick([.tcp, .tcp, .udp, .udp, isV4 ? .icmp : .icmpV6]),
      sourcePort: 20_000 + random.next(40_000),
      destinationPort: random.pick([80, 443, 53, 10_250, 30_080]), inInterface: device)
    // Nobody sends to himself through a router.
    while packet.source == packet.destination {
      packet.destination = IPAddress(anyAddress()) ?? packet.destination
    }
    if packet.transport == .udp, isOwn { packet.sourcePort = 20_000 + random.next(40_000) }
    return packet
  }
}

// MARK: - Filters

extension RandomNode {
  private mutating func makeTables() -> String {
    var text = ""
    for table in ["raw", "mangle", "nat", "filter"] where random.chance(75) {
      text += makeTable(table)
    }
    return text
  }

  private static let chains: [String: [String]] = [
    "raw": ["PREROUTING", "OUTPUT"],
    "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    "filter": ["INPUT", "FORWARD", "OUTPUT"],
  ]

  private mutating func makeTable(_ table: String) -> String {
    let bases = Self.chains[table] ?? []
    var text = "*\(table)\n"
    for chain in bases {
      let drops = table == "filter" && random.chance(12)
      text += ":\(chain) \(drops ? "DROP" : "ACCEPT") [0:0]\n"
    }
    let own = ["U1", "U2", "U3"]
    for chain in own { text += ":\(chain) - [0:0]\n" }
    for chain in bases {
      for _ in 0..<random.next(4) { text += "-A \(chain) " + makeRule(table, chain, own) + "\n" }
    }
    for (index, chain) in own.enumerated() {
      for _ in 0..<random.next(3) {
        text += "-A \(chain) " + makeRule(table, "", Array(own[(index + 1)...])) + "\n"
      }
    }
    return text + "COMMIT\n"
  }

  private mutating func makeRule(_ table: String, _ chain: String, _ jumps: [String]) -> String {
    var parts: [String] = []
    for _ in 0..<(1 + random.next(3)) {
      let match = makeMatch(chain, parts)
      // Older programs take some modules only once.
      let isAgain = ["--mark", "--limit ", "--ctstate"].contains { option in
        match.contains(option) && parts.contains { $0.contains(option) }
      }
      if !match.isEmpty, !isAgain { parts.append(match) }
    }
    return (parts + [makeTarget(table, chain, jumps, parts)]).joined(separator: " ")
  }

  private mutating func makeMatch(_ chain: String, _ before: [String]) -> String {
    let not = random.chance(20) ? "! " : ""
    let text = before.joined(separator: " ")
    let hasIn = !["OUTPUT", "POSTROUTING", ""].contains(chain)
    let hasOut = !["PREROUTING", "INPUT", ""].contains(chain)
    switch random.next(22) {
    case 0...1 where !text.contains("-s "): return "\(not)-s \(anyNetwork())"
    case 2...3 where !text.contains("-d "): return "\(not)-d \(anyNetwork())"
    case 4...5 where hasIn && !text.contains("-i "):
      return "\(not)-i \(random.pick(["eni+", "ens5", "ens6", "enia", "en+"]))"
    case 6 where hasOut && !text.contains("-o "):
      return "\(not)-o \(random.pick(["eni+", "ens5", "ens6", "enib", "vlan+"]))"
    case 7...8 where !text.contains("-p "): return makeTransportMatch()
    case 9:
      let states = random.pick([
        "NEW", "ESTABLISHED", "RELATED,ESTABLISHED", "INVALID", "UNTRACKED", "DNAT",
      ])
      return "-m conntrack \(not)--ctstate \(states)"
    case 10:
      return "-m mark \(not)--mark \(random.pick(["0x80/0x80", "0x1/0x1", "0x4000/0x4000", "0x0"]))"
    case 11: return "-m connmark \(not)--mark \(random.pick(["0x80/0x80", "0x1/0xff"]))"
    case 12: return "-m addrtype \(not)--dst-type \(random.pick(["LOCAL", "UNICAST"]))"
    case 13: return "-m addrtype \(not)--src-type LOCAL"
    case 14 where chain == "PREROUTING" || chain == "INPUT":
      return "-m addrtype --dst-type LOCAL --limit-iface-in"
    case 15:
      let (low, high) = isV4 ? ("10.0.0.20", "10.0.0.32") : ("fd00:a::20", "fd00:a::32")
      return "-m iprange \(not)--\(random.pick(["src", "dst"]))-range \(low)-\(high)"
    case 16:
      return "-m set \(not)--match-set s4addr \(random.pick(["src", "dst"]))".replacing(
        "s4", with: isV4 ? "s4" : "s6")
    case 17:
      return "-m set \(not)--match-set s4port \(random.pick(["src,dst", "dst,dst"]))".replacing(
        "s4", with: isV4 ? "s4" : "s6")
    case 18: return random.chance(40) ? "-m statistic --mode random --probability 0.5" : ""
    case 19 where hasIn: return "-m mac \(not)--mac-source 02:00:00:00:01:0\(random.next(4))"
    case 20: return "-m limit --limit 100/sec --limit-burst 200"
    case 21: return "-m comment --comment \"a rule, with words\""
    default: return ""
    }
  }

  private mutating func makeTransportMatch() -> String {
    switch random.next(9) {
    case 0: return "-p tcp"
    case 1: return "-p udp"
    case 2: return "! -p tcp"
    case 3: return "-p tcp -m tcp --dport \(random.pick(["80", "443", "80:1000"]))"
    case 4: return "-p udp -m udp --dport 53"
    case 5: return "-p \(random.pick(["tcp", "udp"])) -m multiport --dports 80,443,30000:32767"
    case 6: return "-p tcp -m tcp --tcp-flags SYN,ACK SYN"
    case 7:
      return isV4
        ? "-p icmp -m icmp --icmp-type 8" : "-p ipv6-icmp -m icmp6 --icmpv6-type 128"
    default: return "-p tcp -m tcp ! --sport 0:30000"
    }
  }

  private mutating func makeTarget(
    _ table: String, _ chain: String, _ jumps: [String], _ matches: [String]
  ) -> String {
    if !jumps.isEmpty, random.chance(30) {
      return "\(random.chance(15) ? "-g" : "-j") \(random.pick(jumps))"
    }
    if random.chance(12) { return "-j RETURN" }
    switch table {
    case "raw":
      return random.chance(25)
        ? "-j CT --notrack" : random.pick(["-j ACCEPT", "-j MARK --set-xmark 0x1/0x1"])
    case "mangle":
      return random.pick([
        "-j MARK --set-xmark 0x80/0x80", "-j MARK --set-xmark 0x0/0x80",
        "-j MARK --set-xmark 0x1/0xffffffff",
        "-j CONNMARK --set-xmark 0x80/0x80", "-j CONNMARK --save-mark --nfmask 0x80 --ctmask 0x80",
        "-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80", "-j ACCEPT",
        random.chance(30) ? "-j DROP" : "-j ACCEPT",
      ])
    case "nat": return makeTranslation(chain, matches)
    default:
      if chain == "" { return random.pick(["-j ACCEPT", "-j ACCEPT", "-j DROP"]) }
      let reject = isV4 ? "icmp-port-unreachable" : "icmp6-port-unreachable"
      return random.pick([
        "-j ACCEPT", "-j ACCEPT", "-j ACCEPT", "-j DROP", "-j REJECT --reject-with \(reject)",
      ])
    }
  }

  private mutating func makeTranslation(_ chain: String, _ matches: [String]) -> String {
    let text = matches.joined(separator: " ")
    let hasPorts = text.contains("-p tcp") || text.contains("-p udp")
    let isPlain = hasPorts && !text.contains("! -p")
    switch chain {
    case "POSTROUTING":
      let to = own(random.pick([10, 20]))
      return random.pick([
        "-j MASQUERADE", "-j SNAT --to-source \(to)", "-j SNAT --to-source \(to) --random-fully",
        "-j ACCEPT",
      ])
    case "INPUT": return random.pick(["-j ACCEPT", "-j SNAT --to-source \(own(201))"])
    case "PREROUTING", "OUTPUT":
      let to = own(random.pick([31, 32, 33, 200]))
      let withPort = isV4 ? "\(to):443" : "[\(to)]:443"
      var list = ["-j ACCEPT", "-j DNAT --to-destination \(to)"]
      if isPlain { list += ["-j DNAT --to-destination \(withPort)"] }
      if chain == "PREROUTING", isPlain { list += ["-j REDIRECT --to-ports 10250"] }
      return random.pick(list)
    default:
      return random.pick([
        "-j ACCEPT", "-j CONNMARK --set-xmark 0x80/0x80", "-j MARK --set-xmark 0x4000/0x4000",
      ])
    }
  }

  private mutating func makeNative() -> String {
    let name = isV4 ? "ip" : "ip6"
    let hooks = ["prerouting", "forward", "output", "postrouting", "input"]
    var text = "table \(name) other {\n  chain marks {\n    ct mark set ct mark | 0x80\n  }\n"
    for (index, hook) in hooks.enumerated() where random.chance(40) {
      let isNAT = hook == "prerouting" && random.chance(40)
      let type = isNAT ? "nat" : "filter"
      let priority = isNAT ? "-90" : random.pick(["-10", "10", "-160"])
      let policy = random.chance(8) && !isNAT ? "drop" : "accept"
      text +=
        "  chain c\(index) {\n    type \(type) hook \(hook) priority \(priority); policy \(policy);\n"
      for _ in 0..<random.next(3) { text += "    " + makeNativeRule(name) + "\n" }
      text += "  }\n"
    }
    return text + "}\n"
  }

  private mutating func makeNativeRule(_ name: String) -> String {
    let match = random.pick([
      "iifname \"eni*\"", "oifname != \"ens5\"", "\(name) daddr \(anyNetwork())",
      "\(name) saddr != \(anyNetwork())", "tcp dport { 80, 443 }", "udp dport 53",
      "meta mark & 0x00000080 == 0x00000080", "ct mark 0x00000080", "fib daddr type local",
      "ct state established,related", "meta l4proto { tcp, udp }",
    ])
    let verdict = random.pick([
      "accept", "accept", "drop", "return", "jump marks", "meta mark set ct mark & 0x00000080",
      "meta mark set meta mark | 0x00000001", "counter accept",
    ])
    return "\(match) \(verdict)"
  }
}
