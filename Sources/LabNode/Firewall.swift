/// The node's packet filter rules: the CNI's, kube-proxy's and the kubelet's.
struct Firewall {
  let node: NodeModel

  private var primary: ENI { node.instance.enis[0] }
  private var isNFT: Bool { node.variant.backend == .nft }

  /// IPv4, as `iptables-restore` reads it.
  var ipv4: String {
    guard !node.variant.image.hasCNI else { return whole }
    // Without the CNI there are kube-proxy's rules alone.
    return whole.split(separator: "\n").filter { !$0.contains("AWS") }
      .joined(separator: "\n") + "\n"
  }

  private var whole: String {
    table(
      "mangle", policies: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
      chains: ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"], rules: mangle)
      + table(
        "filter", policies: ["INPUT", "FORWARD", "OUTPUT"],
        chains: [
          "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL", "KUBE-FORWARD", "KUBE-KUBELET-CANARY",
          "KUBE-NODEPORTS", "KUBE-PROXY-CANARY", "KUBE-PROXY-FIREWALL", "KUBE-SERVICES",
        ], rules: Self.filter, forward: node.variant.forwardPolicy)
      + table(
        "nat", policies: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
        chains: natChains, rules: nat)
  }

  /// IPv6: only what the kubelet and kube-proxy leave on every node.
  var ipv6: String {
    table(
      "mangle", policies: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
      chains: ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"], rules: [])
      + table(
        "filter", policies: ["INPUT", "FORWARD", "OUTPUT"],
        chains: ["KUBE-FIREWALL", "KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"],
        rules: ["-A INPUT -j KUBE-FIREWALL", "-A OUTPUT -j KUBE-FIREWALL"])
      + table(
        "nat", policies: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
        chains: ["KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"], rules: [])
  }

  /// Since 1.23.0 the CNI marks connections in a table of its own where iptables drives nftables.
  var nftables: String? {
    guard isNFT, node.variant.image.hasCNI else { return nil }
    return """
      table ip aws-cni {
        chain nat-prerouting {
          type nat hook prerouting priority -90; policy accept;
          iifname "eni*" counter jump snat-mark comment "AWS, outbound connections"
          iifname "eni*" counter meta mark set ct mark and 0x80 comment "AWS, CONNMARK"
        }
        chain snat-mark {
          ip daddr \(node.instance.vpcCIDR) counter return comment "AWS CONNMARK CHAIN, VPC CIDR"
          counter ct mark set ct mark or 0x80 comment "AWS, CONNMARK"
        }
      }

      """
  }

  private func table(
    _ name: String, policies: [String], chains: [String], rules: [String],
    forward: String = "ACCEPT"
  ) -> String {
    var lines = ["*\(name)"]
    for chain in policies {
      let isForward = name == "filter" && chain == "FORWARD"
      lines.append(":\(chain) \(isForward ? forward : "ACCEPT") [0:0]")
    }
    lines += chains.map { ":\($0) - [0:0]" } + rules + ["COMMIT", ""]
    return lines.joined(separator: "\n")
  }

  private var mangle: [String] {
    [
      "-A PREROUTING -i \(primary.interface) -m comment --comment \"AWS, primary ENI\" "
        + "-m addrtype --dst-type LOCAL --limit-iface-in -j CONNMARK --set-xmark 0x80/0x80",
      "-A PREROUTING -i eni+ -m comment --comment \"AWS, primary ENI\" "
        + "-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80",
      "-A PREROUTING -i vlan+ -m comment --comment \"AWS, primary ENI\" "
        + "-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80",
    ]
  }

  private static let filter = [
    "-A INPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
    "-A INPUT -m comment --comment \"kubernetes health check service ports\" -j KUBE-NODEPORTS",
    "-A INPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes externally-visible service portals\" -j KUBE-EXTERNAL-SERVICES",
    "-A INPUT -j KUBE-FIREWALL",
    "-A FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\" -j KUBE-PROXY-FIREWALL",
    "-A FORWARD -m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD",
    "-A FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
    "-A FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes externally-visible service portals\" -j KUBE-EXTERNAL-SERVICES",
    "-A OUTPUT -m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
    "-A OUTPUT -j KUBE-FIREWALL",
    "-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment \"block incoming localnet connections\" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
    "-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP",
    "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding rules\" -m mark --mark 0x4000/0x4000 -j ACCEPT",
    "-A KUBE-FORWARD -m comment --comment \"kubernetes forwarding conntrack rule\" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  ]

  private var natChains: [String] {
    var chains = [
      "AWS-SNAT-CHAIN-0", "KUBE-KUBELET-CANARY", "KUBE-MARK-MASQ", "KUBE-NODEPORTS",
      "KUBE-POSTROUTING", "KUBE-PROXY-CANARY", "KUBE-SERVICES",
    ]
    if !isNFT { chains.append("AWS-CONNMARK-CHAIN-0") }
    chains += services.flatMap { service in
      [service.chain] + service.endpoints.map { endpointChain(service.name, $0) }
    }
    return chains.sorted()
  }

  private var nat: [String] {
    let portals = "-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES"
    var rules = ["-A PREROUTING \(portals)"]
    if !isNFT {
      rules += [
        "-A PREROUTING -i eni+ -m comment --comment \"AWS, outbound connections\" "
          + "-j AWS-CONNMARK-CHAIN-0",
        "-A PREROUTING -m comment --comment \"AWS, CONNMARK\" "
          + "-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80",
        "-A AWS-CONNMARK-CHAIN-0 -d \(node.instance.vpcCIDR) -m comment "
          + "--comment \"AWS CONNMARK CHAIN, VPC CIDR\" -j RETURN",
        "-A AWS-CONNMARK-CHAIN-0 -m comment --comment \"AWS, CONNMARK\" "
          + "-j CONNMARK --set-xmark 0x80/0x80",
      ]
    }
    rules += [
      "-A OUTPUT \(portals)",
      "-A POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING",
      "-A POSTROUTING -m comment --comment \"AWS SNAT CHAIN\" -j AWS-SNAT-CHAIN-0",
      "-A AWS-SNAT-CHAIN-0 -d \(node.instance.vpcCIDR) -m comment --comment \"AWS SNAT CHAIN\" "
        + "-j RETURN",
      "-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment \"AWS, SNAT\" -m addrtype ! --dst-type "
        + "LOCAL -j SNAT --to-source \(primary.primary) --random-fully",
      "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
      "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
      "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
      "-A KUBE-POSTROUTING -m comment --comment \"kubernetes service traffic requiring SNAT\" "
        + "-j MASQUERADE --random-fully",
    ]
    rules += services.flatMap(serviceRules)
    rules.append(
      "-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be "
        + "the last rule in this chain\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS")
    return rules
  }

  private struct Service {
    let name: String
    let address: String
    let transport: String
    let port: Int
    let endpoints: [String]
    var chain: String { "KUBE-SVC-" + SHA1.hex(name).uppercased().prefix(16) }
  }

  private var services: [Service] {
    let dns = node.runningPods.filter { $0.pod.name.hasPrefix("coredns-") }
      .map { "\($0.allocation.address):53" }
    return [
      Service(
        name: "default/kubernetes:https", address: node.instance.kubernetesService,
        transport: "tcp", port: 443, endpoints: ["\(node.instance.apiServer):8080"]),
      Service(
        name: "kube-system/kube-dns:dns", address: node.instance.clusterDNS, transport: "udp",
        port: 53, endpoints: dns),
      Service(
        name: "kube-system/kube-dns:dns-tcp", address: node.instance.clusterDNS,
        transport: "tcp", port: 53, endpoints: dns),
    ]
  }

  private func endpointChain(_ service: String, _ endpoint: String) -> String {
    "KUBE-SEP-" + SHA1.hex("\(service) \(endpoint)").uppercased().prefix(16)
  }

  private func serviceRules(_ service: Service) -> [String] {
    let comment = "-m comment --comment \"\(service.name) cluster IP\""
    var rules = [
      "-A KUBE-SERVICES -d \(service.address)/32 -p \(service.transport) \(comment) "
        + "-m \(service.transport) --dport \(service.port) -j \(service.chain)"
    ]
    for (index, endpoint) in service.endpoints.enumerated() {
      let chain = endpointChain(service.name, endpoint)
      let left = service.endpoints.count - index
      let share =
        left > 1 ? " -m statistic --mode random --probability 0.50000000000" : ""
      let host = endpoint.split(separator: ":").first.map(String.init) ?? endpoint
      let named = "-m comment --comment \"\(service.name)\""
      rules += [
        "-A \(service.chain) -m comment --comment \"\(service.name) -> \(endpoint)\"\(share) "
          + "-j \(chain)",
        "-A \(chain) -s \(host)/32 \(named) -j KUBE-MARK-MASQ",
        "-A \(chain) -p \(service.transport) \(named) -m \(service.transport) "
          + "-j DNAT --to-destination \(endpoint)",
      ]
    }
    return rules
  }
}
