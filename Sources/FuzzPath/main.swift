import FuzzDriver
import IPAMEngine
import PacketPath

/// A router between `eni1` and `ens5` whose rules are lines of a text.
func host(_ text: Substring, _ family: IPAddress.Family, isNative: Bool) -> HostNetwork {
  let isV4 = family == .v4
  var host = HostNetwork()
  let nowhere = Evidence(artifact: "a", line: 1)
  var uplink = Interface(name: "ens5")
  uplink.addresses = [
    InterfaceAddress(IPAddress(isV4 ? "10.0.0.10" : "fd00::10") ?? IPAddress(v4: 1), length: 24)
  ]
  host.interfaces = ["ens5": uplink, "eni1": Interface(name: "eni1")]
  host.policyRules[family] = [
    PolicyRule(priority: 1, action: .lookup("main"), text: "1: lookup main", evidence: nowhere)
  ]
  if let all = CIDR(isV4 ? "0.0.0.0/0" : "::/0") {
    host.routes[HostNetwork.RouteTable(family, "main")] = [
      Route(destination: all, device: "ens5", text: "default dev ens5", evidence: nowhere)
    ]
  }
  for name in ["forwarding", "rp_filter", "src_valid_mark"] {
    for device in ["all", "eni1", "ens5"] {
      host.sysctls["net.\(isV4 ? "ipv4" : "ipv6").conf.\(device).\(name)"] = .init(
        value: "1", evidence: nowhere)
    }
  }
  host.sets["s"] = AddressSet(
    type: "hash:ip,port", elements: text.split(separator: "\n").map { String($0) }, isComplete: true
  )
  var filter = PacketFilter()
  let places = [
    ("raw", "PREROUTING"), ("mangle", "PREROUTING"), ("nat", "PREROUTING"), ("filter", "FORWARD"),
    ("filter", "OUTPUT"), ("nat", "POSTROUTING"), ("filter", "U1"), ("nat", "U1"),
  ]
  var chains = places.enumerated().map { index, place in
    var chain = Chain(
      ChainName(index % 3 == 2 ? .legacy : .nft, table: place.0, chain: place.1),
      evidence: nowhere)
    chain.base = FilterKind.base(table: place.0, chain: place.1)
    if chain.base != nil { chain.policy = true }
    return chain
  }
  for (index, line) in text.split(separator: "\n").prefix(64).enumerated() {
    let rule =
      isNative
      ? FilterRule(nft: String(line), evidence: nowhere)
      : FilterRule(iptables: String(line), evidence: nowhere)
    chains[index % chains.count].rules.append(rule)
  }
  for chain in chains { filter.add(chain) }
  host.filters[family] = filter
  return host
}

/// The first byte chooses the family and the language of the rules.
let check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = { start, count in
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let text = String(decoding: input.dropFirst(), as: UTF8.self)
  let family: IPAddress.Family = first & 1 == 0 ? .v4 : .v6
  let path = PacketPath(host(Substring(text), family, isNative: first & 2 != 0))
  let isV4 = family == .v4
  for device in ["eni1", nil] {
    let packet = Packet(
      source: IPAddress(isV4 ? "10.0.0.31" : "fd00::31") ?? IPAddress(v4: 1),
      destination: IPAddress(isV4 ? "1.1.1.1" : "2001:db8::1") ?? IPAddress(v4: 2),
      transport: first & 4 == 0 ? .tcp : .udp, inInterface: device)
    let result = path.follow(packet)
    let again = path.follow(packet)
    precondition(result.verdict == again.verdict, "the same packet has two ends")
    precondition(
      result.isClaimed || result.cause != nil, "nothing is claimed, and nothing says why")
    guard case .sent(let name, _) = result.verdict else { continue }
    let reply = result.flow.reply(to: result.packet, through: name)
    _ = path.follow(reply: reply, flow: result.flow)
  }
  return 0
}

fuzz(check)
