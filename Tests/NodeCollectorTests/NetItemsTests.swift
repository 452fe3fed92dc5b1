import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("Items of the network, the pods and network policy")
struct NetItemsTests {
  private static let items = Catalog.all.filter {
    ["net", "pods", "ebpf"].contains($0.id.category)
  }

  @Test("without root, every item that needs it is denied, and nothing is asked", arguments: items)
  func denied(_ artifact: Artifact) async throws {
    guard artifact.needsRoot else { return }
    let node = try FakeNode()
    var host = node.host
    host.effectiveUserID = 1000
    let runner = ItemRunner(
      context: RunContext(host: host, limits: .test, spoolFolder: node.root.path))
    let member = try #require(await runner.run(artifact).first)
    #expect(member.item.status == .denied)
  }

  /// What the kernel itself answers, whatever a node's folder holds.
  private static let fromKernel: Set<ArtifactID> = [
    .links, .addresses, .policyRules, .policyRules6, .routes, .routes6, .linksAgain,
    .addressesAgain, .policyRulesAgain, .policyRules6Again, .routesAgain, .routes6Again,
    .neighbours, .sockets, .queues, .attachedPrograms, .trackingSummary, .policyPrograms,
    .policyMaps, .forwardPolicy, .iptablesInfo, .proxySettings, .trackingCounters,
    .hostVeths,
  ]

  @Test("on a node that has nothing, no item fails: it is missing, skipped or unsupported")
  func nothing() async throws {
    let node = try FakeNode()
    node.ports[8162] = 1
    node.ports[8163] = 1
    for artifact in Self.items where !Self.fromKernel.contains(artifact.id) {
      let item = try await node.run(artifact)[0].item
      #expect(
        [.missing, .skipped, .unsupported].contains(item.status),
        "\(artifact.id) \(item.status) \(item.reason ?? "")")
      #expect(item.reason?.isEmpty == false, "\(artifact.id)")
      #expect(item.path == nil, "\(artifact.id)")
    }
  }

  @Test(
    "a node without `ip` tells its tables all the same, in the form of `ip`",
    arguments: [
      ([ArtifactID.links, .addresses], #""ifname":"lo""#),
      ([.policyRules, .policyRules6], "from all lookup local"),
    ])
  func fallback(_ ids: [ArtifactID], _ part: String) async throws {
    let node = try FakeNode()
    for id in ids {
      let result = try await node.run(try #require(Catalog.artifact(id)))[0]
      guard result.item.status != .denied else { continue }
      #expect(result.item.status == .ok, "\(id) \(result.item.reason ?? "")")
      #expect(result.item.source.kind == .derived)
      #expect(result.text?.contains(part) == true)
      // Where the program is there, its own words are the reference.
      try node.program("ip", "echo from-the-program")
      let command = try await node.run(try #require(Catalog.artifact(id)))[0]
      #expect(command.text == "from-the-program\n")
      #expect(command.item.source.kind == .command)
      try FileManager.default.removeItem(at: node.root.appending(path: "programs/ip"))
    }
  }

  @Test(
    "nothing is asked that would load a module",
    arguments: [
      (ArtifactID.nftables, ["nft"], ["nf_tables"]),
      (.iptablesNft, ["iptables-nft-save"], ["nf_tables"]),
      (.ip6tablesNft, ["ip6tables-nft-save"], ["nf_tables"]),
      (.ipset, ["ipset"], ["ip_set"]),
      (.trackedConnections, ["conntrack"], ["nf_conntrack", "nf_conntrack_netlink"]),
      (.trackedConnections6, ["conntrack"], ["nf_conntrack", "nf_conntrack_netlink"]),
      (.iptablesSave, ["xtables-nft-multi", "iptables-save"], ["nf_tables"]),
      (.ip6tablesSave, ["xtables-nft-multi", "ip6tables-save"], ["nf_tables"]),
    ])
  func guarded(_ id: ArtifactID, _ programs: [String], _ modules: [String]) async throws {
    let node = try FakeNode()
    let mark = node.root.appending(path: "was-run").path
    try node.program(programs[0], "touch \(mark); echo rules")
    if programs.count > 1 {
      try FileManager.default.createSymbolicLink(
        atPath: node.root.appending(path: "programs/\(programs[1])").path,
        withDestinationPath: programs[0])
    }
    try node.file("/proc/modules", "")
    let artifact = try #require(Catalog.artifact(id))
    let refused = try await node.run(artifact)[0].item
    #expect(refused.status == .skipped)
    #expect(refused.reason?.contains(modules[0]) == true, "\(refused.reason ?? "")")
    #expect(!FileManager.default.fileExists(atPath: mark))
    for module in modules { try node.file("/sys/module/\(module)/refcnt", "1") }
    let run = try await node.run(artifact)[0]
    #expect(run.item.status == .ok, "\(run.item.reason ?? "")")
    #expect(run.text == "rules\n")
  }

  @Test("connections are not counted where counting would load a module")
  func guardedSummary() async throws {
    let node = try FakeNode()
    try node.file("/proc/modules", "")
    try node.file("/sys/module/nf_conntrack/refcnt", "1")
    for id in [ArtifactID.trackingSummary, .ipvs] {
      let item = try await node.run(try #require(Catalog.artifact(id)))[0].item
      #expect(item.status == .skipped, "\(id)")
    }
  }

  @Test("sockets are read from files where asking the kernel would load a module")
  func socketFiles() async throws {
    let node = try FakeNode()
    try node.file("/proc/modules", "")
    let lines = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:F1AF 00000000:0000 0A 00000080:00000001 00:00000000 00000000     7        0 1
         1: 00000000:F1AE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2
         2: 0A2A0713:9C40 0A2A0001:01BB 06 00000000:00000000 00:00000000 00000000     0        0 3
      not a socket

      """
    try node.file("/proc/net/tcp", lines)
    try node.file("/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n")
    let result = try await node.run(try #require(Catalog.artifact(.sockets)))[0]
    #expect(result.item.status == .ok)
    let report = try object(result.text)
    #expect(report["source"] as? String == "/proc/net")
    #expect(report["tcp_in_local_port_range"] as? Int == 1)
    let listeners = try #require(report["listeners"] as? [[String: Any]])
    #expect(listeners.map { $0["port"] as? Int } == [61870, 61871])
    #expect(listeners.map { $0["bound_to"] as? String } == ["any", "loopback"])
    #expect(listeners.last?["backlog"] as? Int == 128)
    #expect(listeners.last?["waiting"] as? Int == 1)
    // No address of a connection is kept.
    #expect(result.text?.contains("10.42") == false)
    let counts = try #require(report["counts"] as? [[String: Any]])
    #expect(
      counts.map { "\($0["state"] ?? "") \($0["sockets"] ?? "")" } == ["LISTEN 2", "TIME_WAIT 1"])
  }

  @Test("a table is listed only where it exists already", arguments: [false, true])
  func tables(_ ipv6: Bool) async throws {
    let node = try FakeNode()
    let prefix = ipv6 ? "ip6" : "ip"
    try node.program("xtables-legacy-multi", "echo \"$@\"")
    try FileManager.default.createSymbolicLink(
      atPath: node.root.appending(path: "programs/\(prefix)tables").path,
      withDestinationPath: "xtables-legacy-multi")
    try node.file("/proc/net/\(prefix)_tables_names", "nat\nfilter\n")
    for (table, status) in [("filter", ItemStatus.ok), ("nat", .ok), ("raw", .skipped)] {
      let id = ArtifactID(rawValue: "net.\(prefix)tables_list_\(table)")
      let result = try await node.run(try #require(Catalog.artifact(id)))[0]
      #expect(result.item.status == status, "\(id)")
      #expect(result.text == (status == .ok ? "-w 1 -nvxL -t \(table)\n" : nil))
    }
  }

  @Test("the policy of the legacy backend is found, beside those that the kernel lists")
  func forwardPolicy() async throws {
    let node = try FakeNode()
    try node.file("/proc/modules", "")
    try node.file("/proc/net/ip_tables_names", "filter\n")
    try node.program(
      "iptables-legacy-save",
      #"[ "$*" = "-c -t filter" ] && printf '*filter\n:INPUT ACCEPT [9:9]\n:FORWARD DROP [12:720]\nCOMMIT\n'"#
    )
    let result = try await node.run(try #require(Catalog.artifact(.forwardPolicy)))[0]
    let chains = try #require(try object(result.text)["chains"] as? [[String: Any]])
    #expect(chains.count == 1)
    #expect(chains[0]["backend"] as? String == "legacy")
    #expect(chains[0]["policy"] as? String == "DROP")
    #expect(chains[0]["packets"] as? Int == 12)
    #expect(chains[0]["bytes"] as? Int == 720)
  }

  @Test("a legacy backend that nobody can ask is unknown, never taken for free of rules")
  func unknownPolicy() async throws {
    let node = try FakeNode()
    try node.file("/proc/modules", "")
    try node.file("/proc/net/ip_tables_names", "filter\n")
    let item = try await node.run(try #require(Catalog.artifact(.forwardPolicy)))[0].item
    #expect(item.status == .failed)
    #expect(item.reason?.contains("iptables-legacy-save") == true)
  }

  @Test(
    "files are taken from every place where they may stand",
    arguments: [
      (ArtifactID.networkdFiles, "/etc/systemd/networkd.conf.d/a.conf"),
      (.networkdState, "/run/systemd/netif/links/2"),
      (.routingTableNames, "/usr/share/iproute2/rt_tables"),
      (.networkManager, "/etc/NetworkManager/system-connections/a.nmconnection"),
      (.interfaceConfiguration, "/etc/sysconfig/network-scripts/route-eth1"),
      (.interfaceConfiguration, "/etc/netplan/50-cloud-init.yaml"),
      (.firewallManagers, "/etc/default/ufw"), (.firewallManagers, "/etc/firewalld/zones/a.xml"),
      (.firewallManagers, "/etc/ufw/user.rules"), (.resolver, "/etc/nsswitch.conf"),
    ])
  func files(_ id: ArtifactID, _ path: String) async throws {
    let node = try FakeNode()
    try node.file(path, "key=value\n")
    let result = try await node.run(try #require(Catalog.artifact(id)))[0]
    #expect(result.item.status == .ok)
    #expect(result.text == "key=value\n")
  }

  @Test("counters of the protocols are kept word for word")
  func counters() async throws {
    let node = try FakeNode()
    try node.file("/proc/net/netstat", "TcpExt: IPReversePathFilter\nTcpExt: 7\n")
    try node.file("/proc/net/softnet_stat", "0001 0002\n")
    let result = try await node.run(try #require(Catalog.artifact(.protocolCounters)))[0]
    let files = try #require(try object(result.text)["files"] as? [[String: String]])
    #expect(files.map { $0["path"] } == ["/proc/net/netstat", "/proc/net/softnet_stat"])
    #expect(files[0]["text"] == "TcpExt: IPReversePathFilter\nTcpExt: 7\n")
    let again = try await node.run(try #require(Catalog.artifact(.protocolCountersAgain)))[0]
    #expect(again.item.path == "net/again/snmp.json")
  }

  @Test("counters of connection tracking are added up over the processors")
  func tracking() async throws {
    let node = try FakeNode()
    for (name, value) in [("count", "130"), ("max", "131072"), ("buckets", "32768")] {
      try node.file("/proc/sys/net/netfilter/nf_conntrack_\(name)", value + "\n")
    }
    try node.file(
      "/proc/net/stat/nf_conntrack",
      "entries  insert_failed drop\n00000082  0000000a 00000001\n00000082  00000010 00000000\n")
    let result = try await node.run(try #require(Catalog.artifact(.trackingCounters)))[0]
    let report = try object(result.text)
    #expect(report["count"] as? Int == 130)
    #expect(report["max"] as? Int == 131_072)
    #expect(report["total"] as? [String: Int] == ["entries": 130, "insert_failed": 26, "drop": 1])
  }

  @Test("hardware and driver of each interface are told")
  func interfaces() async throws {
    let node = try FakeNode()
    let base = "/sys/class/net/ens5"
    for (file, value) in [("mtu", "9001"), ("ifindex", "2"), ("address", "06:5e:11:aa:20:01")] {
      try node.file("\(base)/\(file)", value + "\n")
    }
    try node.file("/sys/class/net/bonding_masters", "")
    try node.file("/devices/0000:00:05.0/numa_node", "0\n")
    try FileManager.default.createSymbolicLink(
      atPath: node.root.path + base + "/device",
      withDestinationPath: "../../../../devices/0000:00:05.0")
    try FileManager.default.createSymbolicLink(
      atPath: node.root.path + "/devices/0000:00:05.0/driver", withDestinationPath: "drivers/ena")
    let result = try await node.run(try #require(Catalog.artifact(.interfaceFiles)))[0]
    #expect(
      result.text
        == #"[{"address":"06:5e:11:aa:20:01","device":"0000:00:05.0","driver":"ena","ifindex":"2","ifname":"ens5","mtu":"9001","numa_node":"0"}]"#
        + "\n")
  }

  @Test("proxies are told with their place and without user information")
  func proxies() async throws {
    let node = try FakeNode()
    try node.file(
      "/etc/systemd/system/kubelet.service.d/proxy.conf",
      "[Service]\nEnvironment=\"HTTPS_PROXY=http://user:seeded-pass@proxy.example:3128/?k=seeded\" NO_PROXY=169.254.169.254,.internal\n# HTTP_PROXY=no\n"
    )
    try node.file("/etc/environment", "http_proxy=http://proxy.example:3128\nPATH=/bin\n")
    let result = try await node.run(try #require(Catalog.artifact(.proxySettings)))[0]
    let settings = try #require(try object(result.text)["settings"] as? [[String: String]])
    #expect(
      settings.map { [$0["name"], $0["value"]] } == [
        ["http_proxy", "http://proxy.example:3128"],
        ["HTTPS_PROXY", "http://proxy.example:3128/"],
        ["NO_PROXY", "169.254.169.254,.internal"],
      ])
    #expect(result.text?.contains("seeded") == false)
  }

  @Test("the resolver's links and their targets are told")
  func resolverLinks() async throws {
    let node = try FakeNode()
    try node.file("/etc/hosts", "127.0.0.1 localhost\n")
    try FileManager.default.createSymbolicLink(
      atPath: node.root.path + "/etc/resolv.conf",
      withDestinationPath: "../run/systemd/resolve/stub-resolv.conf")
    let result = try await node.run(try #require(Catalog.artifact(.resolverLinks)))[0]
    #expect(
      result.text
        == #"[{"is_broken":true,"path":"/etc/resolv.conf","target":"../run/systemd/resolve/stub-resolv.conf"},{"is_broken":false,"path":"/etc/hosts"}]"#
        + "\n")
  }

  @Test("equal resolver configurations of sandboxes are kept once")
  func sandboxResolvers() async throws {
    let node = try FakeNode()
    let base = "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes"
    for (id, text) in [
      ("a1", "nameserver 1\n"), ("b2", "nameserver 1\n"), ("c3", "nameserver 2\n"),
    ] {
      try node.file("\(base)/\(id)/resolv.conf", text)
    }
    let result = try await node.run(try #require(Catalog.artifact(.sandboxResolvers)))[0]
    let report = try object(result.text)
    #expect((report["contents"] as? [String: String])?.count == 2)
    #expect(
      (report["sandboxes"] as? [[String: String]])?.compactMap { $0["id"] } == ["a1", "b2", "c3"])
  }

  @Test("pins are listed by name; without a BPF file system there are none")
  func pins() async throws {
    let node = try FakeNode()
    let artifact = try #require(Catalog.artifact(.policyPins))
    #expect(try await node.run(artifact)[0].item.status == .missing)
    try node.file("/sys/fs/bpf/globals/aws/maps/cart-6d8f_ingress_map", "")
    try node.file("/proc/mounts", "bpf /sys/fs/bpf bpf rw 0 0\n")
    let result = try await node.run(artifact)[0]
    #expect(
      result.text == #"{"bpffs_mounted":true,"maps":["cart-6d8f_ingress_map"],"programs":[]}"#
        + "\n")
  }

  @Test("who holds the lock of the iptables programs is told")
  func lockHolder() async throws {
    let node = try FakeNode()
    try node.file("/run/xtables.lock", "")
    try node.file("/proc/4711/comm", "kube-proxy\n")
    let attributes = try FileManager.default.attributesOfItem(
      atPath: node.root.path + "/run/xtables.lock")
    let inode = try #require(attributes[.systemFileNumber] as? Int)
    try node.file(
      "/proc/locks",
      "1: FLOCK  ADVISORY  WRITE 4711 00:19:\(inode) 0 EOF\n2: POSIX  ADVISORY  READ 9 00:19:5 0 EOF\n"
    )
    let result = try await node.run(try #require(Catalog.artifact(.iptablesInfo)))[0]
    let holders = try object(result.text)["xtables_lock_holders"] as? [[String: Any]]
    #expect(holders?.map { $0["name"] as? String } == ["kube-proxy"])
  }

  private func object(_ text: String?) throws -> [String: Any] {
    let bytes = Data(try #require(text).utf8)
    return try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
  }
}
