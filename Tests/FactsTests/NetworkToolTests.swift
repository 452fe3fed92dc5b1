import BundleModel
import Facts
import Foundation
import Testing

/// What real programs print about what a test has set up, in every spelling that they know.
@Suite(.enabled(if: geteuid() == 0, "needs root to make a network namespace"), .serialized)
struct NetworkToolTests {
  /// Columns of a rule that every verbose spelling carries.
  private static let ruleColumns = [
    "chain", "position", "target", "is_goto", "in_interface", "out_interface", "source",
    "destination", "protocol", "comment", "ct_state", "mark_match", "dport", "dst_type",
    "is_unconditional", "to_address", "random", "reject_with", "mark_action", "mark_value",
    "mark_mask", "ct_mask", "packets",
  ]

  private static let rules: [(table: String, rule: [String])] = [
    ("filter", ["-P", "FORWARD", "DROP"]), ("filter", ["-N", "KUBE-FORWARD"]),
    ("filter", ["-A", "FORWARD", "-i", "eni+", "-j", "ACCEPT"]),
    (
      "filter",
      [
        "-A", "FORWARD", "-m", "comment", "--comment", "kubernetes \"forwarding\" rules", "-j",
        "KUBE-FORWARD",
      ]
    ),
    ("filter", ["-A", "FORWARD", "-m", "conntrack", "--ctstate", "INVALID", "-j", "DROP"]),
    ("filter", ["-A", "FORWARD", "-p", "tcp", "-m", "state", "--state", "NEW"]),
    ("filter", ["-A", "FORWARD", "-p", "tcp", "--dport", "10250", "-j", "REJECT"]),
    (
      "filter",
      ["-A", "INPUT", "-i", "vlan.eth.2", "!", "-s", "10.42.7.19", "-g", "KUBE-FORWARD"]
    ),
    ("filter", ["-A", "KUBE-FORWARD", "-m", "mark", "--mark", "0x4000/0x4000", "-j", "ACCEPT"]),
    ("filter", ["-A", "KUBE-FORWARD", "-m", "mark", "!", "--mark", "0x80/0x80", "-j", "DROP"]),
    ("nat", ["-N", "AWS-SNAT-CHAIN-0"]),
    ("nat", ["-A", "POSTROUTING", "!", "-d", "10.42.0.0/16", "-j", "AWS-SNAT-CHAIN-0"]),
    (
      "nat",
      [
        "-A", "AWS-SNAT-CHAIN-0", "!", "-o", "vlan+", "-m", "comment", "--comment", "AWS, SNAT",
        "-m", "addrtype", "!", "--dst-type", "LOCAL", "-j", "SNAT", "--to-source", "10.42.7.19",
        "--random-fully",
      ]
    ),
    (
      "nat",
      [
        "-A", "PREROUTING", "-p", "tcp", "--dport", "80", "-j", "DNAT", "--to-destination",
        "10.42.3.17:8080",
      ]
    ),
    (
      "mangle",
      [
        "-A", "PREROUTING", "-i", "ens5", "-m", "addrtype", "--dst-type", "LOCAL",
        "--limit-iface-in", "-j", "CONNMARK", "--set-mark", "0x80/0x80",
      ]
    ),
    (
      "mangle",
      ["-A", "PREROUTING", "-i", "eni+", "-j", "CONNMARK", "--restore-mark", "--mask", "0x80"]
    ),
    ("mangle", ["-A", "PREROUTING", "-j", "MARK", "--set-mark", "0x1/0xff"]),
    ("mangle", ["-A", "PREROUTING", "-j", "MARK", "--and-mark", "0xff"]),
    ("mangle", ["-A", "PREROUTING", "-j", "MARK", "--xor-mark", "0xff"]),
    ("mangle", ["-A", "PREROUTING", "-j", "CONNMARK", "--save-mark"]),
    (
      "mangle",
      [
        "-A", "PREROUTING", "-j", "CONNMARK", "--restore-mark", "--nfmask", "0x1", "--ctmask",
        "0x3",
      ]
    ),
  ]

  private func columns(
    _ parsed: ParsedRows, _ table: String, _ names: [String], where column: String? = nil,
    is value: String = ""
  ) -> [[String]] {
    parsed.tables.filter { $0.table.name == table }.flatMap { table, rows in
      let places = names.compactMap { name in table.columns.firstIndex { $0.name == name } }
      let filter = column.flatMap { name in table.columns.firstIndex { $0.name == name } }
      return rows.filter { row in filter.map { row.row[$0].text == value } ?? true }
        .map { row in places.map { row.row[$0].text } }
    }
  }

  @Test(
    "iptables-save, -S and -L say the same about the same rules, in both backends",
    arguments: ["nft", "legacy"])
  func iptablesSpellings(_ backend: String) throws {
    try TestNamespace.with("rules") { inside in
      for (table, rule) in Self.rules {
        _ = try inside(["iptables-\(backend)", "-t", table] + rule)
      }
      let artifact: ArtifactID = backend == "nft" ? .iptablesNft : .iptablesLegacy
      let save = try ParsedRows.of(artifact, inside("iptables-\(backend)-save -c"))
      #expect(save.issues == [])
      #expect(save.rows("iptables_rule").count == Self.rules.count { $0.rule[0] == "-A" })
      for table in ["filter", "nat", "mangle"] {
        let path = "networking/iptables-legacy-\(table).txt"
        let saved = columns(save, "iptables_rule", Self.ruleColumns, where: "tbl", is: table)
        #expect(!saved.isEmpty)
        for option in ["-S -v", "-nvxL", "-nvL", "-vL --line-numbers -n"] {
          let output = try inside("iptables-\(backend) -t \(table) \(option)")
          let parsed = try ParsedRows.of(artifact, output, path: path)
          #expect(parsed.issues == [])
          let rows = columns(parsed, "iptables_rule", Self.ruleColumns, where: "tbl", is: table)
          // Chains stand in another order in some spellings; rules of a chain do not.
          #expect(Set(rows) == Set(saved), "\(table) by \(option)")
          #expect(rows.count == saved.count)
          let policies = columns(
            parsed, "iptables_chain", ["chain", "policy", "packets"], where: "tbl", is: table)
          let savedPolicies = columns(
            save, "iptables_chain", ["chain", "policy"], where: "tbl", is: table)
          #expect(Set(policies.map { Array($0.prefix(2)) }) == Set(savedPolicies))
        }
      }
      #expect(
        save.texts("iptables_rule", "mark_action", "mark_value", "mark_mask").contains([
          "set", "0x80", "0x80",
        ]))
    }
  }

  @Test("ip6tables lists rules as it saves them", arguments: ["nft", "legacy"])
  func ip6tables(_ backend: String) throws {
    try TestNamespace.with("rules6") { inside in
      for rule in [
        "-A FORWARD -s fd00::ac:0/118 -m conntrack --ctstate NEW -j REJECT",
        "-A FORWARD -p icmpv6 -i eni+ ! -d fd00::1",
      ] {
        _ = try inside("ip6tables-\(backend) \(rule)")
      }
      let artifact: ArtifactID = backend == "nft" ? .ip6tablesNft : .ip6tablesLegacy
      let save = try ParsedRows.of(artifact, inside("ip6tables-\(backend)-save -c"))
      let list = try ParsedRows.of(artifact, inside("ip6tables-\(backend) -nvL"))
      #expect(list.issues == [] && save.issues == [])
      let saved = columns(save, "iptables_rule", Self.ruleColumns)
      #expect(saved.map { $0[8] } == ["NULL", "ipv6-icmp"])
      #expect(columns(list, "iptables_rule", Self.ruleColumns) == saved)
      #expect(save.texts("iptables_rule", "family") == [["ipv6"], ["ipv6"]])
    }
  }

  @Test("links and addresses are the same in every spelling")
  func addresses() throws {
    try TestNamespace.with("addr") { inside in
      for command in [
        "ip link set lo up", "ip link add ens5 type veth peer name vlan.eth.2",
        "ip link set ens5 up", "ip link set vlan.eth.2 up",
        "ip address add 10.42.7.19/20 dev ens5 metric 512",
        "ip address add 10.42.7.20/20 dev ens5",
        "ip address add 10.1.1.1 peer 10.1.1.2/32 dev ens5",
        "ip -6 address add fd00:1::5/64 dev ens5 nodad",
        "ip link property add dev ens5 altname enp0s5",
      ] {
        _ = try inside(command)
      }
      let wanted = [
        "ifname", "address", "prefix_length", "family", "peer", "metric", "address_key",
      ]
      let json = try ParsedRows.of(.addresses, inside("ip -json -details address show"))
      let expected = columns(json, "address", wanted)
      #expect(
        expected.contains { $0.starts(with: ["ens5", "10.42.7.19", "20", "ipv4", "NULL", "512"]) })
      #expect(
        expected.contains { $0.starts(with: ["ens5", "10.1.1.1", "32", "ipv4", "10.1.1.2"]) })
      for command in ["ip -details address show", "ip -o address show", "ip -br address show"] {
        let text = try ParsedRows.of(.addresses, inside(command))
        #expect(columns(text, "address", wanted) == expected, "\(command)")
        #expect(text.issues == [])
      }
      let old = try ParsedRows.of(
        .foreignIfconfig, inside("ifconfig -a"))
      #expect(old.issues == [])
      #expect(
        columns(old, "address", ["ifname", "address", "prefix_length"]).contains([
          "ens5", "10.42.7.19", "20",
        ]))
      let links = [
        "ifname", "ifindex", "kind", "mac", "mtu", "operstate", "lower", "altnames", "is_up",
      ]
      let linkJSON = try ParsedRows.of(.links, inside("ip -json -details -statistics link show"))
      let linkText = try ParsedRows.of(.links, inside("ip -details -statistics link show"))
      #expect(columns(linkText, "link", links) == columns(linkJSON, "link", links))
      #expect(columns(linkJSON, "link", ["rx_bytes"]).allSatisfy { $0 != ["NULL"] })
      #expect(columns(linkText, "link", ["rx_bytes"]).allSatisfy { $0 != ["NULL"] })
      #expect(
        Set(columns(old, "link", ["ifname", "mtu", "is_up"]))
          == Set(columns(linkJSON, "link", ["ifname", "mtu", "is_up"])))
    }
  }

  @Test("routes over several hops and neighbours are the same as text and as JSON")
  func routesAndNeighbours() throws {
    try TestNamespace.with("routes") { inside in
      for command in [
        "ip link set lo up", "ip link add ens5 type veth peer name ens6", "ip link set ens5 up",
        "ip link set ens6 up", "ip address add 10.42.7.19/20 dev ens5",
        "ip -6 address add fd00:1::5/64 dev ens5 nodad",
        "ip route add 10.5.0.0/16 nexthop via 10.42.0.1 dev ens5 weight 1 nexthop via 10.42.0.2 dev ens5 weight 5",
        "ip route add default via 10.42.0.1 dev ens5 table 2 onlink",
        "ip route add 10.5.1.0/24 dev ens5 mtu lock 1400", "ip route add unreachable 10.6.0.0/16",
        "ip route add 10.9.0.0/16 via inet6 fd00:1::9 dev ens5",
        "ip -6 route add fd00:a::/64 nexthop via fd00:1::1 dev ens5 nexthop via fd00:1::2 dev ens5",
        "ip -6 route add default from fd00:c::/64 via fd00:1::1 dev ens5",
        "ip neigh add 10.42.0.1 lladdr 06:00:00:00:00:01 dev ens5 nud permanent",
        "ip neigh add fd00:1::9 dev ens5 lladdr 06:00:00:00:00:02 nud stale router",
        "ip neigh add 10.42.0.3 dev ens5 nud failed",
      ] {
        _ = try inside(command)
      }
      for (artifact, family) in [(ArtifactID.routes, "-4"), (.routes6, "-6")] {
        let text = try ParsedRows.of(artifact, inside("ip \(family) route show table all"))
        let json = try ParsedRows.of(artifact, inside("ip \(family) -json route show table all"))
        #expect(text.issues == [] && json.issues == [])
        #expect(text.rows("ip_route") == json.rows("ip_route"))
      }
      let four = try ParsedRows.of(.routes, inside("ip -4 route show table all"))
      #expect(
        four.texts("ip_route", "dst", "gateway", "weight", "mtu", "flags", "tbl").filter {
          ["10.5.0.0/16", "10.5.1.0/24", "0.0.0.0/0"].contains($0[0])
        } == [
          ["0.0.0.0/0", "10.42.0.1", "NULL", "NULL", "onlink", "2"],
          ["10.5.0.0/16", "10.42.0.1", "1", "NULL", "NULL", "main"],
          ["10.5.0.0/16", "10.42.0.2", "5", "NULL", "NULL", "main"],
          ["10.5.1.0/24", "NULL", "NULL", "1400", "NULL", "main"],
        ])
      let text = try ParsedRows.of(.neighbours, inside("ip neigh show"))
      let json = try ParsedRows.of(.neighbours, inside("ip -json neigh show"))
      // The kernel lists neighbours by a hash that differs from run to run.
      #expect(Set(text.rows("neighbour")) == Set(json.rows("neighbour")))
      #expect(text.issues == [] && json.issues == [])
      let expected: Set = [
        ["10.42.0.1", "06:00:00:00:00:01", "PERMANENT", "0"],
        ["10.42.0.3", "NULL", "FAILED", "0"],
        ["fd00:1::9", "06:00:00:00:00:02", "STALE", "1"],
      ]
      #expect(
        expected.isSubset(
          of: text.texts("neighbour", "address", "mac", "state", "is_router")))
      let arp = try ParsedRows.of(.neighbours, inside("arp -n"))
      #expect(
        arp.texts("neighbour", "address", "mac", "state").contains(
          ["10.42.0.1", "06:00:00:00:00:01", "PERMANENT"]))
    }
  }

  @Test("a ruleset of nf_tables is the same as JSON and as text")
  func nftables() throws {
    let ruleset = """
      table ip aws-cni {
        set nodes { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.1.1 } }
        chain snat-mark {
          ip daddr 10.42.0.0/16 return
          counter ct mark set ct mark or 0x80 comment "set mark"
        }
        chain nat-prerouting {
          type nat hook prerouting priority -90; policy accept;
          iifname "eni*" fib daddr type != local jump snat-mark comment "AWS, outbound connections"
          meta mark set ct mark and 0x80
        }
      }
      table inet firewalld {
        chain other { drop
        }
        chain filter_FORWARD {
          type filter hook forward priority filter + 10; policy drop;
          ct state { established, related } accept
          ct status dnat accept
          iifname { "lo", "eth0" } tcp dport { 22, 80-90 } counter packets 3 bytes 100 accept
          oifname != "vlan*" ip saddr != 10.0.0.1-10.0.0.9 goto other
          log prefix "x " reject with icmpx admin-prohibited
        }
        chain post { type nat hook postrouting priority srcnat; policy accept;
          snat ip to 10.42.7.19 fully-random
        }
        chain pre { type nat hook prerouting priority dstnat; policy accept;
          tcp dport 80 dnat ip to 10.0.0.1:8080
        }
      }
      """
    try TestNamespace.with("nft") { inside in
      let file = "/tmp/\(inside.name).nft"
      try Data(ruleset.utf8).write(to: URL(filePath: file))
      defer { try? FileManager.default.removeItem(atPath: file) }
      _ = try inside("nft -f \(file)")
      let json = try ParsedRows.of(.nftables, inside("nft -j -a list ruleset"))
      let text = try ParsedRows.of(.nftables, inside("nft -a list ruleset"))
      #expect(json.issues == [] && text.issues == [])
      for table in ["nft_table", "nft_chain", "nft_rule", "nft_set"] {
        #expect(Set(json.rows(table)) == Set(text.rows(table)), "\(table)")
      }
      #expect(
        json.texts("nft_chain", "chain", "hook", "priority", "policy").filter { $0[1] != "NULL" }
          == [
            ["nat-prerouting", "prerouting", "-90", "accept"],
            ["filter_FORWARD", "forward", "10", "drop"],
            ["post", "postrouting", "100", "accept"], ["pre", "prerouting", "-100", "accept"],
          ])
      #expect(
        json.texts("nft_rule", "chain", "position", "verdict", "target", "packets", "comment")
          .contains([
            "nat-prerouting", "1", "jump", "snat-mark", "NULL", "AWS, outbound connections",
          ]))
      #expect(
        json.texts("nft_rule", "text").contains(["meta mark set ct mark & 0x00000080"]))
    }
  }

  @Test("connections, sets, drivers and kernel parameters are read as they were set up")
  func countersAndSets() throws {
    try TestNamespace.with("state") { inside in
      for command in [
        "ip link add vlan.eth.2 type veth peer name ens5",
        "conntrack -I -s 10.42.3.17 -d 1.2.3.4 -p tcp --sport 40001 --dport 443 --state ESTABLISHED -t 600 --src-nat 10.42.7.19 -m 0x80",
        "conntrack -I -s 10.42.3.18 -d 10.100.0.10 -p udp --sport 40001 --dport 53 -t 600 --dst-nat 10.42.5.101",
        "ipset create KUBE-CLUSTER-IP hash:ip,port", "ipset add KUBE-CLUSTER-IP 10.100.0.1,tcp:443",
        "sysctl -w net.ipv4.conf.vlan/eth/2.rp_filter=2", "sysctl -w net.ipv4.conf.all.rp_filter=1",
      ] {
        _ = try inside(command)
      }
      let kinds = [
        "family", "transport", "state", "mark", "port", "snat", "dnat", "replied", "connections",
      ]
      for option in ["", " -o extended"] {
        let list = try ParsedRows.of(.trackedConnections, inside("conntrack -L" + option))
        #expect(list.issues == [])
        #expect(
          Set(columns(list, "conntrack_kind", kinds)) == [
            ["ipv4", "tcp", "ESTABLISHED", "0x80", "443", "1", "0", "0", "1"],
            ["ipv4", "udp", "NULL", "0x0", "53", "0", "1", "0", "1"],
          ])
      }
      let counters = try ParsedRows.of(.trackingCounters, inside("conntrack -S"))
      #expect(counters.issues == [])
      #expect(counters.texts("conntrack_counter", "cpu", "name").contains(["0", "insert_failed"]))

      let saved = try ParsedRows.of(.ipset, inside("ipset save"))
      let listed = try ParsedRows.of(.ipset, inside("ipset list"))
      #expect(saved.rows("ipset_entry") == listed.rows("ipset_entry"))
      #expect(
        listed.texts("ipset", "name", "type", "family", "reference_count", "entries")
          == [["KUBE-CLUSTER-IP", "hash:ip,port", "ipv4", "0", "1"]])

      let driver = try ParsedRows.of(
        .driverStatistics, Array("$ ethtool -i ens5\n".utf8) + inside("ethtool -i ens5"))
      #expect(driver.texts("driver", "ifname", "driver") == [["ens5", "veth"]])
      let statistics = try ParsedRows.of(.driverStatistics, inside("ethtool -S ens5"))
      #expect(statistics.issues == [])
      #expect(statistics.texts("driver_counter", "name").contains(["peer_ifindex"]))

      let parameters = try ParsedRows.of(.networkSysctls, inside("sysctl -a"))
      #expect(parameters.issues == [])
      #expect(
        parameters.derive(ReversePathFilter.self).map { $0.row.map(\.text) }.contains([
          "vlan.eth.2", "2", "1", "2",
        ]))
    }
  }

  @Test(
    "a listening socket is found in what ss and netstat print",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/python3"), "needs a listener"))
  func listeners() throws {
    try TestNamespace.with("sockets") { inside in
      _ = try inside("ip link set lo up")
      // One shell starts the listener, waits for it, asks both programs and ends it.
      let script = """
        python3 -m http.server --bind 127.0.0.1 61679 >/dev/null 2>&1 &
        for i in $(seq 100); do ss -lnt | grep -q 61679 && break; sleep 0.1; done
        ss -lntup
        echo ====
        netstat -lntup
        kill -9 $!
        """
      let output = String(decoding: try inside(["sh", "-c", script]), as: UTF8.self)
      let parts = output.components(separatedBy: "====\n")
      try #require(parts.count == 2)
      let columns = ["family", "transport", "port", "bound_to", "address", "process", "pid"]
      let listed = self.columns(
        try ParsedRows.of(.sockets, Array(parts[0].utf8)), "listener", columns)
      #expect(
        listed.map { Array($0.prefix(6)) }
          == [["ipv4", "tcp", "61679", "loopback", "127.0.0.1", "python3"]])
      #expect(listed.allSatisfy { Int($0[6]) != nil })
      let netstat = try ParsedRows.of(.foreignSockets, Array(parts[1].utf8))
      #expect(self.columns(netstat, "listener", columns) == listed)
    }
  }
}
