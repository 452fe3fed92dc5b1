import FactStore
import Testing

/// What the CNI makes lets every standard packet through, and each way of breaking it is seen where
/// it works and blamed on its line.
@Suite("standard packets of a node")
struct CNIShapeTests {
  @Test("all of them get through with the rules of every family of releases")
  func shapes() throws {
    var chained = CNINode()
    chained.snat = CNINode.chainedSNAT
    var native = CNINode()
    native.connmark = ""
    native.native = CNINode.nativeConnmark
    var external = CNINode()
    external.snat = ""
    external.connmark = ""
    var other = CNINode()
    other.legacy =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
    for (name, node) in [
      ("1.16.2 and later", CNINode()), ("up to 1.16.0", chained), ("1.23.0 with nft", native),
      ("external SNAT", external), ("empty legacy tables", other),
      ("kube-proxy in ipvs mode", CNINode.ipvs()),
    ] {
      let bad = try node.answers()
      #expect(bad.isEmpty, "\(name): \(bad)")
      #expect(try node.answers(all: true).count > 25)
    }
  }

  @Test("pods with branch ENIs: what the VPC brings back to the node is not guessed")
  func branches() throws {
    #expect(try CNINode.branch(isStrict: false).answers() == [])
    let strict = CNINode.branch(isStrict: true)
    let open = try strict.answers()
    #expect(!open.isEmpty && open.allSatisfy { $0.contains("cannot tell") }, "\(open)")
    #expect(
      open.allSatisfy {
        $0.contains("10.0.1.13 on this node: not followed twice")
          || $0.contains("the VPC brings it back")
      })
    let all = try strict.answers(all: true)
    for name in ["pod_to_internet", "pod_to_other_node", "load_balancer_to_pod"] {
      for way in ["forward", "reply"] {
        #expect(
          all.contains { $0.hasPrefix("\(name) | \(way) | 10.0.1.13 | delivered") },
          "\(name) \(way): \(all.filter { $0.contains("10.0.1.13") })")
      }
    }
    // Its packets keep their address: the branch ENI sends nothing else.
    var wrong = CNINode.branch(isStrict: true)
    wrong.remove("10:\tfrom all iif vlanccccccccccc", from: \.rules)
    #expect(
      try wrong.answers().contains {
        $0.hasPrefix("pod_to_other_node | forward | 10.0.1.13 | rerouted")
      })
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var name: String
    /// Answer that must be there: question, direction, pod, verdict.
    var answer: String
    /// What the line that is blamed holds.
    var blames: String
    var change: @Sendable (inout CNINode) -> Void
    var testDescription: String { name }
  }

  static let broken: [Broken] = [
    Broken(
      name: "rule 512 of a pod is missing", answer: "pod_to_pod | forward | shop/b | rerouted",
      blames: "1536: from 10.0.1.12 lookup 2"
    ) { $0.remove("512:\tfrom all to 10.0.1.11", from: \.rules) },
    Broken(
      name: "rule 1536 leads to the main table",
      answer: "pod_to_other_node | forward | shop/b | rerouted",
      blames: "from 10.0.1.12 lookup main"
    ) {
      $0.rules = $0.rules.replacing("from 10.0.1.12 lookup 2", with: "from 10.0.1.12 lookup main")
    },
    Broken(
      name: "the table of an ENI has no default route",
      answer: "pod_to_other_node | forward | shop/b | rerouted", blames: "10.0.0.0/20 dev ens5"
    ) { $0.remove("default via 10.0.0.1 dev ens6", from: \.routes) },
    Broken(
      name: "nothing marks connections to node ports", answer: "nodeport | reply | - | rerouted",
      blames: "1536: from 10.0.1.12 lookup 2"
    ) { $0.nodePortConnmark = "" },
    Broken(
      name: "the rule for marked packets is missing", answer: "nodeport | reply | - | rerouted",
      blames: "1536: from 10.0.1.12 lookup 2"
    ) { $0.remove("1024:", from: \.rules) },
    Broken(
      name: "rp_filter is strict", answer: "nodeport | forward | - | dropped | rp_filter",
      blames: "net.ipv4.conf.ens5.rp_filter = 1"
    ) { $0.switches = $0.switches.replacing("ens5.rp_filter = 2", with: "ens5.rp_filter = 1") },
    Broken(
      name: "the policy is DROP in one backend only",
      answer: "pod_to_pod | forward | shop/a | dropped | filter/FORWARD (legacy)",
      blames: "policy DROP"
    ) { $0.legacy = "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n" },
    Broken(
      name: "an agent rejects a pod",
      answer: "pod_to_internet | forward | shop/a | rejected | filter/FORWARD (nft)",
      blames: "-s 10.0.1.11/32 -j REJECT"
    ) { $0.filter += "-A FORWARD -s 10.0.1.11/32 -j REJECT --reject-with icmp-admin-prohibited\n" },
    Broken(
      name: "SNAT is missing", answer: "pod_to_internet | forward | shop/b | rerouted",
      blames: "1024: from all fwmark 0x80/0x80 lookup main"
    ) { $0.snat = "" },
    Broken(
      name: "another program masquerades the VPC's packets",
      answer: "pod_to_other_node | forward | shop/b | delivered", blames: "leaves through ens6"
    ) { $0.postrouting = "-A POSTROUTING -s 10.0.0.0/16 -j MASQUERADE\n" },
    Broken(
      name: "systemd-networkd flushed the rules",
      answer: "pod_to_other_node | forward | shop/b | rerouted", blames: "dev ens5"
    ) {
      for priority in ["512:", "1024:", "1536:"] { $0.remove(priority, from: \.rules) }
    },
    Broken(
      name: "forwarding is off for a pod's interface",
      answer: "pod_to_pod | forward | shop/a | dropped | forwarding",
      blames: "net.ipv4.conf.eniaaaaaaaaaaa.forwarding = 0"
    ) {
      $0.switches = $0.switches.replacing(
        "eniaaaaaaaaaaa.forwarding = 1", with: "eniaaaaaaaaaaa.forwarding = 0")
    },
    Broken(
      name: "a route swallows the metadata service",
      answer: "pod_to_imds | forward | shop/a | dropped | route",
      blames: "blackhole 169.254.169.254"
    ) { $0.routes += "blackhole 169.254.169.254\n" },
    Broken(
      name: "a rule prohibits a pod", answer: "pod_to_dns | forward | shop/b | rejected | route",
      blames: "100: from 10.0.1.12 prohibit"
    ) { $0.rules = "100:\tfrom 10.0.1.12 prohibit\n" + $0.rules },
    Broken(
      name: "the host's firewall drops probes",
      answer: "node_to_pod | forward | shop/a | dropped | filter/OUTPUT (nft)",
      blames: "--dport 8080"
    ) { $0.filter += ":OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --dport 8080 -j DROP\n" },
    Broken(
      name: "the raw table drops",
      answer: "load_balancer_to_pod | forward | shop/a | dropped | raw/PREROUTING (nft)",
      blames: "-d 10.0.1.11/32 -j DROP"
    ) {
      $0.raw = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.0.1.11/32 -j DROP\nCOMMIT\n"
    },
    Broken(
      name: "a set was not collected", answer: "pod_to_pod | forward | shop/a | cannot tell",
      blames: "set blocked"
    ) { $0.filter += "-A FORWARD -m set --match-set blocked src -j DROP\n" },
    Broken(
      name: "an extension is not known", answer: "pod_to_pod | forward | shop/a | cannot tell",
      blames: "--u32"
    ) { $0.filter += "-A FORWARD -m u32 --u32 \"0x0=0x0\" -j DROP\n" },
    Broken(
      name: "a program is attached to a pod's interface",
      answer: "pod_to_pod | forward | shop/a | cannot tell", blames: "a program is attached"
    ) {
      $0.programs =
        #"{"xdp":[],"filters":[{"dev":"eniaaaaaaaaaaa","ifindex":4,"hook":"ingress","kind":"bpf","program_id":41}]}"#
    },
  ]

  @Test("a break is seen, and its line is named", arguments: broken)
  func breaks(_ broken: Broken) throws {
    var node = CNINode()
    broken.change(&node)
    let answers = try node.answers(all: true)
    let found = answers.filter { $0.hasPrefix(broken.answer) }
    #expect(!found.isEmpty, "\(answers.filter { !$0.contains("delivered") })")
    #expect(found.contains { $0.contains(broken.blames) }, "\(found)")
    // The nearest node without it has no such answer.
    guard !broken.answer.contains("| delivered") else { return }
    #expect(try !CNINode().answers(all: true).contains { $0.hasPrefix(broken.answer) })
  }

  @Test("a foreign MASQUERADE shows in the packet that leaves")
  func masquerade() throws {
    var node = CNINode()
    node.postrouting = "-A POSTROUTING -s 10.0.0.0/16 -j MASQUERADE\n"
    let sql =
      "SELECT packet FROM path_verdict WHERE name = 'pod_to_other_node' AND direction = 'forward' AND pod = 'shop/b'"
    let packet = try node.facts().query(sql).rows.first?.first
    #expect("\(String(describing: packet))".contains("10.0.0.20:40000"))
  }
}

extension CNINode {
  /// Takes the lines away that begin so.
  mutating func remove(_ start: String, from path: WritableKeyPath<CNINode, String>) {
    self[keyPath: path] = self[keyPath: path].split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .filter { !$0.hasPrefix(start) }.joined(separator: "\n")
  }
}
