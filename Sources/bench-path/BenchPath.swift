import Analysis
import BundleModel
import FactStore
import Facts

/// Asks the standard questions about the packets of a node with many pods and services.
@main
enum BenchPath {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let pods = words.first ?? 110
    let rules = words.count > 1 ? words[1] : 5000
    let store = try FactStore()
    let node = BusyNode(pods: pods, rules: rules)
    for (artifact, path, text) in node.items {
      var input = ArtifactInput(artifact: artifact, path: path, bytes: Array(text.utf8))
      _ = try store.load(&input)
    }
    try store.finishLoading()
    let clock = ContinuousClock()
    let loading = try clock.measure { _ = try HostNetworkFacts(store).network() }
    let whole = try clock.measure { try PathSurvey.run(store) }
    let rows = try store.query(
      "SELECT verdict, count(*) FROM path_verdict GROUP BY verdict ORDER BY 2 DESC")
    print("\(pods) pods, \(node.ruleCount) rules of kube-proxy")
    for row in rows.rows { print("  \(row[0].text): \(row[1].text)") }
    print("reading the facts \(loading), the whole survey with its rows \(whole)")
  }
}

extension FactValue {
  fileprivate var text: String {
    switch self {
    case .null: ""
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    }
  }
}

/// A node in the words of its tools.
private struct BusyNode {
  let pods: Int
  let rules: Int
  private(set) var ruleCount = 0
  private(set) var items: [(ArtifactID, String, String)] = []

  init(pods: Int, rules: Int) {
    self.pods = pods
    self.rules = rules
    let addresses = (0..<pods).map { "10.0.\(1 + $0 / 200).\(1 + $0 % 200)" }
    var policy = "0:\tfrom all lookup local\n"
    var routes = """
      default via 10.0.0.1 dev ens6 table 2
      default via 10.0.0.1 dev ens5 proto dhcp src 10.0.0.10 metric 512
      10.0.0.0/20 dev ens5 proto kernel scope link src 10.0.0.10 metric 512
      local 10.0.0.10 dev ens5 table local proto kernel scope host src 10.0.0.10
      local 10.0.0.20 dev ens6 table local proto kernel scope host src 10.0.0.20

      """
    var links =
      #"{"ifindex":2,"ifname":"ens5","addr_info":[{"family":"inet","local":"10.0.0.10","prefixlen":20}]},"#
    links +=
      #"{"ifindex":3,"ifname":"ens6","addr_info":[{"family":"inet","local":"10.0.0.20","prefixlen":20}]}"#
    var switches =
      "net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.all.src_valid_mark = 0\n"
    for (index, address) in addresses.enumerated() {
      let device = "eni\(String(0x1000_0000 + index, radix: 16))abc"
      policy += "512:\tfrom all to \(address) lookup main\n"
      if index % 2 == 1 { policy += "1536:\tfrom \(address) lookup 2\n" }
      routes += "\(address) dev \(device) scope link\n"
      for name in ["rp_filter", "src_valid_mark"] {
        switches += "net.ipv4.conf.\(device).\(name) = 0\n"
      }
      switches += "net.ipv4.conf.\(device).forwarding = 1\n"
    }
    for device in ["ens5", "ens6"] {
      switches +=
        "net.ipv4.conf.\(device).rp_filter = 2\nnet.ipv4.conf.\(device).src_valid_mark = 0\n"
      switches += "net.ipv4.conf.\(device).forwarding = 1\n"
    }
    policy += "1024:\tfrom all fwmark 0x80/0x80 lookup main\n32766:\tfrom all lookup main\n"
    let services = iptables(addresses)
    items = [
      (.policyRules, "net/rules4.txt", policy), (.routes, "net/routes4.txt", routes),
      (.addresses, "net/addr.json", "[\(links)]"), (.networkSysctls, "sysctl/net.txt", switches),
      (.iptablesSave, "net/iptables-save.txt", services),
    ]
  }

  /// Services of three endpoints each: a service, a chain, three endpoints of two rules.
  private mutating func iptables(_ addresses: [String]) -> String {
    var chains = ""
    var services = ""
    var rest = ""
    var index = 0
    while ruleCount + 11 <= rules {
      let name = String(1_000_000 + index)
      chains += ":KUBE-SVC-\(name) - [0:0]\n"
      let port = index == 0 ? 53 : 8000 + index % 1000
      let proto = index == 0 ? "udp" : "tcp"
      services +=
        "-A KUBE-SERVICES -d 172.20.\(index / 250).\(index % 250)/32 -p \(proto) -m comment --comment \"shop/s\(index)\" -m \(proto) --dport \(port) -j KUBE-SVC-\(name)\n"
      for end in 0..<3 {
        chains += ":KUBE-SEP-\(name)\(end) - [0:0]\n"
        let address = addresses[(index * 3 + end) % addresses.count]
        let chance =
          end < 2
          ? " -m statistic --mode random --probability 0.\(end == 0 ? "33333" : "50000")" : ""
        rest +=
          "-A KUBE-SVC-\(name) -m comment --comment \"shop/s\(index)\"\(chance) -j KUBE-SEP-\(name)\(end)\n"
        rest +=
          "-A KUBE-SEP-\(name)\(end) -s \(address)/32 -m comment --comment \"shop/s\(index)\" -j KUBE-MARK-MASQ\n"
        rest +=
          "-A KUBE-SEP-\(name)\(end) -p \(proto) -m comment --comment \"shop/s\(index)\" -m \(proto) -j DNAT --to-destination \(address):8080\n"
      }
      ruleCount += 10
      index += 1
    }
    return """
      *nat
      :PREROUTING ACCEPT [0:0]
      :INPUT ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :AWS-SNAT-CHAIN-0 - [0:0]
      :KUBE-MARK-MASQ - [0:0]
      :KUBE-POSTROUTING - [0:0]
      :KUBE-SERVICES - [0:0]
      \(chains)-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
      -A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
      -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
      -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
      -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
      -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
      -A KUBE-POSTROUTING -j MASQUERADE --random-fully
      \(services)\(rest)COMMIT
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      COMMIT

      """
  }
}
