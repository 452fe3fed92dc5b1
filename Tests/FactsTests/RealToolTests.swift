import BundleModel
import Facts
import Foundation
import Testing

/// Output of the real programs, from a network namespace that the test makes and removes. Needs
/// root; without it the tests are skipped by name.
@Suite(.enabled(if: geteuid() == 0, "needs root to make a network namespace"), .serialized)
struct RealToolTests {
  /// Runs `body` in a namespace with a veth that is named like a pod's.
  private func withNode(_ body: (TestNamespace) throws -> Void) throws {
    try TestNamespace.with("facts") { inside in
      for command in [
        "ip link add eni39d9ca4a246 type veth peer name ens5", "ip link set eni39d9ca4a246 up",
        "ip link set ens5 up", "ip link set lo up", "ip address add 10.42.7.19/20 dev ens5",
        "ip address add 10.42.7.20/20 dev ens5",
        "ip route add 10.42.3.17 dev eni39d9ca4a246 scope link",
        "ip route add default via 10.42.0.1 dev ens5 table 2",
        "ip rule add to 10.42.3.17 priority 512 table main",
        "ip rule add fwmark 0x80/0x80 priority 1024 table main",
        "ip rule add from 10.42.12.200 priority 1536 table 2",
        "ip rule add iif gone9 priority 10 table 102",
      ] {
        _ = try inside(command)
      }
      try body(inside)
    }
  }

  @Test("rules, routes, links and addresses of iproute2 are read alike as text and as JSON")
  func iproute2() throws {
    try withNode { inside in
      let rules = try ParsedRows.of(.policyRules, inside("ip -4 rule show"))
      #expect(rules.issues == [])
      #expect(
        rules.texts(
          "ip_rule", "priority", "src", "dst", "iif", "fwmark", "fwmask", "tbl", "detached")
          == [
            ["0", "all", "all", "NULL", "NULL", "NULL", "local", "0"],
            ["10", "all", "all", "gone9", "NULL", "NULL", "102", "1"],
            ["512", "all", "10.42.3.17", "NULL", "NULL", "NULL", "main", "0"],
            ["1024", "all", "all", "NULL", "0x80", "0x80", "main", "0"],
            ["1536", "10.42.12.200", "all", "NULL", "NULL", "NULL", "2", "0"],
            ["32766", "all", "all", "NULL", "NULL", "NULL", "main", "0"],
            ["32767", "all", "all", "NULL", "NULL", "NULL", "default", "0"],
          ])
      let json = try ParsedRows.of(.policyRules, inside("ip -4 -json rule show"))
      #expect(json.rows("ip_rule") == rules.rows("ip_rule"))

      let routes = try ParsedRows.of(.routes, inside("ip -4 route show table all"))
      #expect(routes.issues == [])
      #expect(
        routes.texts("ip_route", "dst", "device", "tbl").contains(
          ["10.42.3.17", "eni39d9ca4a246", "main"]))
      #expect(
        routes.texts("ip_route", "dst", "gateway", "device", "tbl").contains(
          ["0.0.0.0/0", "10.42.0.1", "ens5", "2"]))
      let routesJSON = try ParsedRows.of(.routes, inside("ip -4 -json route show table all"))
      #expect(routesJSON.rows("ip_route") == routes.rows("ip_route"))

      let links = try ParsedRows.of(.links, inside("ip -json -details link show"))
      #expect(
        links.texts("link", "ifname", "kind", "mtu").contains(["eni39d9ca4a246", "veth", "1500"]))
      let addresses = try ParsedRows.of(.addresses, inside("ip -json -details address show"))
      let addressText = try ParsedRows.of(.addresses, inside("ip -details address show"))
      #expect(addresses.rows("address") == addressText.rows("address"))
      #expect(
        addresses.texts("address", "ifname", "address", "prefix_length", "is_primary")
          .contains(["ens5", "10.42.7.20", "20", "0"]))
    }
  }

  @Test("both iptables backends are read as themselves", arguments: ["nft", "legacy"])
  func iptables(_ backend: String) throws {
    try withNode { inside in
      let tool = "iptables-\(backend)"
      for rule in [
        "-P FORWARD DROP", "-A FORWARD -i eni+ -j ACCEPT", "-A FORWARD -o eni+ -j ACCEPT",
        "-A FORWARD -m conntrack --ctstate INVALID -j DROP",
        "-t nat -N AWS-SNAT-CHAIN-0",
        "-t nat -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment AWS -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.42.7.19 --random-fully",
        "-t nat -A POSTROUTING ! -d 10.42.0.0/16 -j AWS-SNAT-CHAIN-0",
      ] {
        _ = try inside("\(tool) \(rule)")
      }
      let artifact: ArtifactID = backend == "nft" ? .iptablesNft : .iptablesLegacy
      let parsed = try ParsedRows.of(artifact, inside("\(tool)-save -c"))
      #expect(parsed.issues == [])
      #expect(
        parsed.texts("forward_path", "backend", "policy", "packets", "has_covering_accept")
          == [[backend, "DROP", "0", "1"]])
      #expect(parsed.texts("iptables_table", "tbl", "complete").contains(["nat", "1"]))
      #expect(
        parsed.texts("iptables_rule", "chain", "target", "out_interface", "other_match", "packets")
          .contains([
            "AWS-SNAT-CHAIN-0", "SNAT", "! vlan+", "-m addrtype ! --dst-type LOCAL", "0",
          ]))
      let listed = try ParsedRows.of(artifact, inside("\(tool) -S"))
      #expect(
        listed.texts("forward_path", "policy", "has_covering_accept") == [["DROP", "1"]])
    }
  }
}
