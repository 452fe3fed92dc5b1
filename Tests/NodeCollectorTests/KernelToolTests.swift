import BundleModel
import Foundation
import SystemPackage
import Testing

@testable import NodeCollector

@Suite(
  "Drivers, connections, tables and namespaces as the real tools see them",
  .enabled(if: TestNamespace.isPossible, "needs root to make a network namespace"))
struct KernelToolTests {
  private func namespace(_ commands: [String]) throws -> TestNamespace {
    let namespace = try TestNamespace("tools")
    for command in commands { try namespace.inside(command) }
    return namespace
  }

  @Test("driver, queues and counters of an interface are those of `ethtool`")
  func ethtool() async throws {
    let node = try namespace([
      "ip link add ens5 type veth peer name port0", "ip link set ens5 up", "ip link set port0 up",
    ])
    struct Answer: Sendable {
      var driver: EthtoolSource.Driver?
      var link: Bool?
      var channels: [String: UInt32]?
      var rings: [String: UInt32]?
      var statistics: [(name: String, value: UInt64)]?
      var stranger: EthtoolSource.Driver?
    }
    let answer = try await node.reading { () -> Answer in
      guard let source = EthtoolSource() else { return Answer() }
      return Answer(
        driver: source.driver("ens5"), link: source.hasLink("ens5"),
        channels: source.channels("ens5"), rings: source.rings("ens5"),
        statistics: source.statistics("ens5"), stranger: source.driver("a-name-that-is-too-long"))
    }
    let driver = try #require(answer.driver)
    let lines = try node.inside("ethtool -i ens5").components(separatedBy: "\n")
    #expect(lines.contains("driver: \(driver.driver)"))
    #expect(
      lines.contains { $0.trimmingCharacters(in: .whitespaces) == "version: \(driver.version)" })
    #expect(answer.link == true)
    #expect(answer.stranger == nil)
    let queues = try node.inside("ethtool -l ens5")
    #expect(queues.contains("RX:\t\t\(try #require(answer.channels?["rx"]))"))
    let statistics = try #require(answer.statistics)
    let expected = try node.inside("ethtool -S ens5").split(separator: "\n").dropFirst().map {
      $0.split(separator: ":")[0].trimmingCharacters(in: .whitespaces)
    }
    #expect(statistics.map(\.name) == expected)
    #expect(statistics.first { $0.name == "peer_ifindex" }?.value ?? 0 > 0)
  }

  @Test("connections are counted by kind, as many as `conntrack` counts")
  func connections() async throws {
    let node = try namespace([
      "ip link set lo up", "ip link add ens5 type veth peer name port0",
      "ip address add 10.42.7.19/20 dev ens5", "ip link set ens5 up", "ip link set port0 up",
    ])
    let flows = [
      "-p tcp -s 10.42.7.19 -d 52.1.2.3 --sport 40000 --dport 443 --state ESTABLISHED -m 0x80",
      "-p tcp -s 10.42.7.19 -d 52.1.2.4 --sport 40001 --dport 443 --state ESTABLISHED -m 0x80",
      "-p tcp -s 10.42.3.17 -d 10.42.12.200 --sport 40002 --dport 8080 --state TIME_WAIT",
      "-p udp -s 10.42.3.17 -d 10.42.7.19 --sport 40003 --dport 53",
      "-p udp -s 2001:db8::1 -d 2001:db8::2 --sport 40003 --dport 53",
    ]
    for flow in flows { try node.inside("conntrack -I -t 600 \(flow)") }
    let fake = try FakeNode()
    let host = fake.host
    let output = try await node.reading { TrackingSummary(host: host).output(seconds: 30) }
    guard case .bytes(let bytes) = output else {
      Issue.record("\(output)")
      return
    }
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let count = try node.inside("conntrack -C").trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(report["connections"] as? Int == Int(count))
    #expect(count == "5")
    let kinds = try #require(report["kinds"] as? [[String: Any]])
    let rows = kinds.map { kind in
      [
        "family", "transport", "state", "direction", "port", "mark", "snat", "connections",
      ].map { "\(kind[$0] ?? "-")" }.joined(separator: " ")
    }
    #expect(rows.first?.hasPrefix("inet tcp ESTABLISHED outbound 443 0x80") == true)
    #expect(kinds.first?["connections"] as? Int == 2)
    #expect(rows.contains { $0.hasPrefix("inet tcp TIME_WAIT forwarded 1024-29999 0x0") })
    #expect(rows.contains { $0.hasPrefix("inet udp - inbound 53 0x0") })
    #expect(rows.contains { $0.hasPrefix("inet6 udp - forwarded 53 0x0") })
    #expect(!String(decoding: bytes, as: UTF8.self).contains("10.42"))
  }

  @Test("tables and chains at the forward hook are found, whoever made them")
  func forwardChains() async throws {
    let node = try namespace([
      "iptables-nft -P FORWARD DROP", "iptables-nft -t nat -N AWS-SNAT-CHAIN-0",
      "nft add table inet firewalld",
    ])
    try TestNamespace.run([
      "ip", "netns", "exec", node.name, "nft", "add", "chain", "inet", "firewalld",
      "filter_FORWARD",
      "{ type filter hook forward priority 10 ; policy drop ; }",
    ])
    let chains = try await node.reading { FilterTables.baseChains() }.get()
      .filter { $0.hook == FilterTables.forwardHook }
    let rows = chains.map { "\($0.family) \($0.table) \($0.name) \($0.priority) \($0.policy)" }
    #expect(
      rows.sorted() == ["inet firewalld filter_FORWARD 10 DROP", "ip filter FORWARD 0 DROP"])
    let tables = try await node.reading { FilterTables.tables() }.get()
    let listed = try node.inside("nft list tables").split(separator: "\n").map {
      $0.split(separator: " ")
    }
    #expect(
      tables == Set(listed.map { .init(family: String($0[1]), name: String($0[2])) }))
  }

  @Test("sets are saved by the real program where there are some")
  func sets() throws {
    let node = try namespace(["ipset create cnitriage hash:ip", "ipset add cnitriage 10.42.3.17"])
    let artifact = try #require(Catalog.artifact(.ipset))
    guard case .command(let program, let arguments) = artifact.source else {
      Issue.record("ipset is no command")
      return
    }
    let saved = try node.inside(([program] + arguments).joined(separator: " "))
    #expect(saved.contains("add cnitriage 10.42.3.17"))
  }

  @Test("what a pod's namespace holds is told, under its name and from inside")
  func podNetworks() async throws {
    let pod = try namespace([
      "ip link set lo up", "ip link add eth0 mtu 9001 type veth peer name outside",
      "ip address add 10.42.3.17/32 dev eth0", "ip link set eth0 up", "ip link set outside up",
      "ip route add 169.254.1.1 dev eth0 scope link",
      "ip route add default via 169.254.1.1 dev eth0",
      "ip neigh add 169.254.1.1 lladdr 46:d3:a9:82:46:96 dev eth0 nud permanent",
      "sysctl -qw net.ipv4.conf.eth0.rp_filter=2",
    ])
    let node = try FakeNode()
    try node.file("/var/run/netns/cni-stale", "")
    try node.file("/var/run/netns/other", "")
    let mount = try pod.mounted(in: node, at: "/var/run/netns/cni-1f2e")
    defer { mount.remove() }
    let links = [
      ("/proc/sys", "/proc/sys"),
      ("/proc/4711/ns/net", pod.path.string), ("/proc/1/ns/net", "/proc/self/ns/net"),
      ("/proc/4712/ns/net", "/proc/self/ns/net"),
    ]
    for (path, target) in links {
      let url = node.root.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: url.path, withDestinationPath: target)
    }
    let artifact = try #require(Catalog.artifact(.podNetworks))
    let result = try await node.run(artifact)[0]
    // A name without a namespace behind it is a fact, and makes the item partial.
    #expect(result.item.status == .partial)
    #expect(result.item.reason?.contains("cni-stale") == true)
    let lines = try #require(result.text).split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(lines.map { $0["name"] as? String } == ["cni-1f2e", "cni-stale"])
    let network = lines[0]
    #expect(network["processes"] as? [Int] == [4711])
    #expect(network["inode"] as? UInt64 == NamespaceFile.inode(pod.path))
    #expect(
      (network["routes4"] as? [String])?.contains("default via 169.254.1.1 dev eth0 ") == true)
    let neighbours = network["neighbours"] as? [[String: Any]]
    #expect(neighbours?.first?["lladdr"] as? String == "46:d3:a9:82:46:96")
    #expect((network["sysctl"] as? [String: String])?["net/ipv4/conf/eth0/rp_filter"] == "2")
    let interfaces = try #require(network["links"] as? [[String: Any]])
    let eth0 = try #require(interfaces.first { $0["ifname"] as? String == "eth0" })
    #expect(eth0["mtu"] as? Int == 9001)
    let addresses = try #require(eth0["addr_info"] as? [[String: Any]])
    #expect(addresses.contains { $0["local"] as? String == "10.42.3.17" })
    #expect((lines[1]["errors"] as? [String])?.first?.contains("no network namespace") == true)
  }

  @Test("an interface whose other end is no link of the host is unmatched")
  func unmatched() async throws {
    let pod = try namespace([])
    let far = try TestNamespace("far")
    try pod.inside("ip link add eth0 type veth peer name far0 netns \(far.name)")
    let node = try FakeNode()
    let mount = try pod.mounted(in: node, at: "/var/run/netns/cni-1f2e")
    defer { mount.remove() }
    let result = try await node.run(try #require(Catalog.artifact(.hostVeths)))[0]
    #expect(result.item.status == .ok, "\(result.item.reason ?? "")")
    let text = try #require(result.text)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let ends = try #require(report["unmatched"] as? [[String: Any]])
    #expect(ends.map { $0["ifname"] as? String } == ["eth0"], "\(text)")
    #expect(ends.first?["netns"] as? String == "cni-1f2e")
  }

  @Test("the kernel lists its BPF objects, or says why not")
  func objects() async throws {
    let node = try FakeNode()
    for id in [ArtifactID.policyPrograms, .policyMaps] {
      let result = try await node.run(try #require(Catalog.artifact(id)))[0]
      #expect(
        [.ok, .denied, .unsupported].contains(result.item.status), "\(result.item.reason ?? "")")
      if result.item.status == .ok {
        let rows = try JSONSerialization.jsonObject(with: Data(try #require(result.text).utf8))
        #expect(rows is [Any])
      }
    }
  }
}
