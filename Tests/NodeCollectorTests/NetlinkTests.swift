import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite(
  "The kernel's lists agree with the real tools",
  .enabled(if: TestNamespace.isPossible, "needs root to make a network namespace"))
struct NetlinkTests {
  /// A namespace with what a node has: ENIs, a pod's veth, rules, routes, neighbours, a bridge.
  private func node() throws -> TestNamespace {
    let node = try TestNamespace("netlink")
    for command in [
      "ip link set lo up", "ip link add eni39d9ca4a246 type veth peer name ens5",
      "ip link set eni39d9ca4a246 mtu 9001 up", "ip link set ens5 mtu 9001 up",
      "ip link property add dev ens5 altname enp0s5",
      "ip link add br0 type bridge", "ip link add port0 type veth peer name port1",
      "ip link set port0 master br0",
      "ip address add 10.42.7.19/20 broadcast + dev ens5", "ip address add 10.42.7.20/20 dev ens5",
      "ip address add 10.42.9.1/24 dev ens5 metric 512 noprefixroute",
      "ip address add 10.9.9.1 peer 10.9.9.2 dev port1",
      "ip address add 2001:db8::7/64 dev ens5 nodad",
      "ip route add 10.42.3.17 dev eni39d9ca4a246 scope link",
      "ip route add default via 10.42.0.1 dev ens5 table 2",
      "ip route add default via 10.42.0.1 dev ens5 proto dhcp src 10.42.7.19 metric 512",
      "ip route add 8.8.8.0/24 via 10.42.0.9 dev ens5 onlink mtu lock 1400 table 30200",
      "ip route add unreachable 7.0.0.0/8", "ip route add blackhole 6.0.0.0/8 metric 9",
      "ip route add throw 5.0.0.0/8 table 7", "ip route add 4.0.0.0/8 tos 0x10 dev ens5",
      "ip route add 9.9.9.0/24 nexthop via 10.42.0.2 dev ens5 weight 1 nexthop via 10.42.0.3 dev ens5 weight 3",
      "ip -6 route add 2001:db8:1::/48 via fe80::1 dev ens5 metric 1024",
      "ip -6 route add unreachable 2001:db8:2::/48",
      "ip rule add to 10.42.3.17 priority 512 table main",
      "ip rule add fwmark 0x80/0x80 priority 1024 table main",
      "ip rule add fwmark 0x81 priority 1025 table 5",
      "ip rule add from 10.42.12.200 priority 1536 table 2",
      "ip rule add from 10.42.12.0/24 to 10.0.0.0/8 priority 1537 table 300",
      "ip rule add iif gone9 priority 10 table 102", "ip rule add oif ens5 priority 11 table 103",
      "ip rule add not from 1.2.3.0/24 priority 77 blackhole",
      "ip rule add priority 78 goto 1024", "ip rule add priority 79 prohibit",
      "ip rule add priority 80 table main suppress_prefixlength 0",
      "ip rule add priority 81 table 9 protocol dhcp",
      "ip -6 rule add from 2001:db8::/32 priority 1536 table 2",
      "ip neigh add 10.42.0.5 lladdr 02:00:00:00:00:01 dev ens5 nud permanent",
      "ip neigh add 10.42.0.6 lladdr 02:00:00:00:00:02 dev ens5 nud stale",
      "ip -6 neigh add 2001:db8::9 lladdr 02:00:00:00:00:03 dev ens5 nud permanent",
      "ip link set br0 up", "ip link set port0 up", "ip link set port1 up",
    ] {
      try node.inside(command)
    }
    return node
  }

  /// What `ip` knows and the collector's own reading does not claim to know.
  private static let leftOut: Set<String> = [
    "linkmode", "allmulti", "inet6_addr_gen_mode", "gso_max_size", "gso_max_segs", "tso_max_size",
    "tso_max_segs", "gro_max_size", "info_data", "info_slave_data", "proto", "protocol",
    "valid_life_time", "preferred_life_time", "stats64",
  ]

  private func shape(_ value: Any) -> Any {
    if let list = value as? [Any] { return list.map(shape) as NSArray }
    guard let object = value as? [String: Any] else { return value }
    return object.filter { !Self.leftOut.contains($0.key) }.mapValues(shape) as NSDictionary
  }

  private func json(_ output: DerivedSource.Output) throws -> [Any] {
    guard case .bytes(let bytes) = output else {
      Issue.record("no document: \(output)")
      return []
    }
    return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [Any])
  }

  private func text(_ output: DerivedSource.Output) throws -> [String] {
    guard case .bytes(let bytes) = output else {
      Issue.record("no text: \(output)")
      return []
    }
    return String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
  }

  @Test("links and addresses are those of `ip -json`")
  func links() async throws {
    let node = try node()
    // An address may still be tentative in one of the two readings.
    let reads: [(String, @Sendable () -> DerivedSource.Output)] = [
      ("ip -json -details link show", { HostTables.links() }),
      ("ip -json -details address show", { HostTables.addresses() }),
    ]
    for (command, read) in reads {
      var pairs: [(NSArray, NSArray)] = []
      for _ in 0..<20 {
        let expected = try #require(
          shape(TestNamespace.json(try node.inside(command))) as? NSArray)
        let output = try await node.reading(read)
        let found = try #require(shape(try json(output)) as? NSArray)
        pairs.append((expected, found))
        if expected == found { break }
        try await Task.sleep(for: .milliseconds(300))
      }
      let (expected, found) = try #require(pairs.last)
      #expect(expected == found)
    }
  }

  @Test("rules and routes are those of `ip`, line by line", arguments: [4, 6])
  func rulesAndRoutes(_ version: Int) async throws {
    let node = try node()
    let family: UInt8 = version == 4 ? 2 : 10
    let rules = try node.inside("ip -\(version) rule show").components(separatedBy: "\n")
    let ownRules = try text(try await node.reading { HostTables.rules(family: family) })
    #expect(rules.map(trimmed) == ownRules.map(trimmed))
    #expect(rules.count > 3)
    // Routes of the kernel itself come up with the links.
    var routes: [String] = []
    var own: [String] = []
    for _ in 0..<20 {
      routes = try node.inside("ip -\(version) route show table all").components(separatedBy: "\n")
        .map(trimmed)
      own = try text(try await node.reading { HostTables.routes(family: family) }).map(trimmed)
      if routes == own { break }
      try await Task.sleep(for: .milliseconds(300))
    }
    #expect(routes == own)
    #expect(routes.count > 5)
  }

  private func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line = line.dropLast() }
    // A lock on a metric is no part of the route's way.
    return String(line).replacing("mtu lock 1400", with: "mtu 1400")
  }

  @Test("neighbours are those of `ip -json`")
  func neighbours() async throws {
    let node = try node()
    let expected = try TestNamespace.json(node.inside("ip -json neigh show"))
      .compactMap { $0 as? [String: Any] }
    let found = try await node.reading { () -> [NeighbourMessage] in
      let reader = NetworkReader()
      guard case .success(let reading) = reader.neighbours(names: reader.names()) else { return [] }
      return reading.elements
    }.filter { !$0.needsNone }
    let rows = expected.map { row in
      ["dst", "dev", "lladdr"].map { row[$0] as? String ?? "-" } + (row["state"] as? [String] ?? [])
    }.sorted { $0[0] < $1[0] }
    #expect(rows.count == 3)
    #expect(
      rows
        == found.map { [$0.dst, $0.dev, $0.lladdr ?? "-"] + $0.state }.sorted { $0[0] < $1[0] })
  }

  @Test("queueing disciplines and filters are those of `tc`")
  func trafficControl() async throws {
    let node = try node()
    try node.inside("tc qdisc add dev ens5 root tbf rate 10mbit burst 32k limit 100000")
    try node.inside("tc qdisc add dev eni39d9ca4a246 clsact")
    let bytecode = "1,6 0 0 4294967295,"
    try TestNamespace.run(
      [
        "ip", "netns", "exec", node.name, "tc", "filter", "add", "dev", "eni39d9ca4a246",
        "ingress", "prio", "7", "bpf", "bytecode", bytecode,
      ])
    let queues = try json(try await node.reading { TrafficControl().disciplines() })
      .compactMap { $0 as? [String: Any] }
    let expected = try TestNamespace.json(node.inside("tc -s -json qdisc show"))
      .compactMap { $0 as? [String: Any] }
    #expect(
      Set(queues.map { "\($0["dev"] ?? "") \($0["kind"] ?? "") \($0["handle"] ?? "")" })
        == Set(expected.map { "\($0["dev"] ?? "") \($0["kind"] ?? "") \($0["handle"] ?? "")" }))
    let bucket = try #require(queues.first { $0["kind"] as? String == "tbf" })
    #expect(bucket["rate"] as? Int == 1_250_000)
    #expect(bucket["limit"] as? Int == 100_000)
    #expect(bucket["drops"] as? Int == 0)

    guard case .bytes(let bytes) = try await node.reading({ TrafficControl().programs() }) else {
      Issue.record("no programs")
      return
    }
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(bytes)) as? [String: [[String: Any]]])
    let filters = try #require(document["filters"])
    #expect(filters.count == 1)
    #expect(filters.first?["hook"] as? String == "ingress")
    #expect(filters.first?["kind"] as? String == "bpf")
    #expect(filters.first?["priority"] as? Int == 7)
    #expect(filters.first?["dev"] as? String == "eni39d9ca4a246")
  }

  @Test("a namespace that is none, or gone, is told apart from an empty one")
  func noNamespace() async throws {
    let gone = await NamespaceThread.run(in: "/run/netns/none-such", seconds: 10) { 1 }
    guard case .failure(.noNamespace(let reason)) = gone else {
      Issue.record("\(gone)")
      return
    }
    #expect(reason.contains("cannot open"))
    let file = await NamespaceThread.run(in: "/etc/passwd", seconds: 10) { 1 }
    #expect(file == .failure(.noNamespace("/etc/passwd is no network namespace")))
  }

  @Test("a list that the kernel does not have is a failure with a reason")
  func unknownList() async throws {
    let answer = await BlockingThread.run(seconds: 10) {
      NetlinkSource().list(.init(part: .route, type: 0x3FF, body: .zeros(16)))
    }
    guard case .failure(let failure) = try #require(answer) else {
      Issue.record("an answer to nonsense")
      return
    }
    #expect(failure.status != .ok)
    #expect(!failure.reason.isEmpty)
  }
}
