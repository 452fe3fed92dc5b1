import BundleModel
import FactStore
import Facts

@testable import Analysis

/// The network of a node with two ENIs and a pod on each, in the words of its tools.
///
/// Shapes of rules: amazon-vpc-cni-k8s v1.23.1, `pkg/networkutils`; kube-proxy 1.31, iptables mode.
struct CNINode {
  static let podA = "10.0.1.11"
  static let podB = "10.0.1.12"

  var rules = """
    0:	from all lookup local
    512:	from all to 10.0.1.11 lookup main
    512:	from all to 10.0.1.12 lookup main
    1024:	from all fwmark 0x80/0x80 lookup main
    1536:	from 10.0.1.12 lookup 2
    32765:	from 10.0.0.20 lookup 2
    32766:	from all lookup main
    32767:	from all lookup default

    """
  var routes = """
    default via 10.0.0.1 dev ens6 table 2
    10.0.0.1 dev ens6 table 2 scope link
    default via 10.0.0.1 dev ens5 proto dhcp src 10.0.0.10 metric 512
    10.0.0.0/20 dev ens5 proto kernel scope link src 10.0.0.10 metric 512
    10.0.1.11 dev eniaaaaaaaaaaa scope link
    10.0.1.12 dev enibbbbbbbbbbb scope link
    local 10.0.0.10 dev ens5 table local proto kernel scope host src 10.0.0.10
    local 10.0.0.20 dev ens6 table local proto kernel scope host src 10.0.0.20
    local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1

    """
  var switches = """
    net.ipv4.ip_forward = 1
    net.ipv4.conf.all.forwarding = 1
    net.ipv4.conf.all.rp_filter = 0
    net.ipv4.conf.ens5.rp_filter = 2
    net.ipv4.conf.ens6.rp_filter = 2
    net.ipv4.conf.eniaaaaaaaaaaa.rp_filter = 0
    net.ipv4.conf.enibbbbbbbbbbb.rp_filter = 0
    net.ipv4.conf.all.src_valid_mark = 0
    net.ipv4.conf.ens5.src_valid_mark = 0
    net.ipv4.conf.ens6.src_valid_mark = 0
    net.ipv4.conf.eniaaaaaaaaaaa.src_valid_mark = 0
    net.ipv4.conf.enibbbbbbbbbbb.src_valid_mark = 0
    net.ipv4.conf.ens5.forwarding = 1
    net.ipv4.conf.ens6.forwarding = 1
    net.ipv4.conf.eniaaaaaaaaaaa.forwarding = 1
    net.ipv4.conf.enibbbbbbbbbbb.forwarding = 1

    """
  /// Rules of the kind of connmark and SNAT that a release makes.
  var snat = CNINode.currentSNAT
  var connmark = CNINode.currentConnmark
  var filter = ":FORWARD ACCEPT [0:0]\n"
  /// Further tables of the same backend.
  var raw = ""
  /// A dump of the other backend.
  var legacy = ""
  var native = ""
  var programs = ""

  static let currentSNAT = """
    -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
    -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully

    """
  /// Up to 1.16.0 each CIDR had a chain of its own.
  static let chainedSNAT = """
    -A AWS-SNAT-CHAIN-0 ! -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-1
    -A AWS-SNAT-CHAIN-1 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10

    """
  static let currentConnmark = """
    -A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0
    -A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
    -A AWS-CONNMARK-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS CONNMARK CHAIN, VPC CIDR" -j RETURN
    -A AWS-CONNMARK-CHAIN-0 -m comment --comment "AWS, CONNMARK" -j CONNMARK --set-xmark 0x80/0x80

    """
  /// From 1.23.0 on with nft.
  static let nativeConnmark = """
    table ip aws-cni {
    	chain nat-prerouting {
    		type nat hook prerouting priority dstnat + 10; policy accept;
    		iifname "eni*" counter packets 0 bytes 0 jump snat-mark
    		iifname "eni*" counter packets 0 bytes 0 meta mark set ct mark & 0x00000080
    	}

    	chain snat-mark {
    		ip daddr 10.0.0.0/16 counter packets 0 bytes 0 return
    		counter packets 0 bytes 0 ct mark set ct mark | 0x00000080
    	}
    }

    """
  var nodePortConnmark =
    #"-A PREROUTING -i ens5 -m comment --comment "AWS, primary ENI" -m addrtype --dst-type LOCAL --limit-iface-in -j CONNMARK --set-xmark 0x80/0x80"#
    + "\n"
  var postrouting = ""
  /// Rules and sets of kube-proxy, and its virtual servers in ipvs mode.
  var serviceChains = CNINode.iptablesServiceChains
  var services = CNINode.iptablesServices
  var virtualServers = ""
  var sets = ""

  static let iptablesServiceChains = """
    :KUBE-NODEPORTS - [0:0]
    :KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
    :KUBE-SEP-BBBBBBBBBBBBBBBB - [0:0]
    :KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
    :KUBE-SVL-BBBBBBBBBBBBBBBB - [0:0]

    """
  static let iptablesServices = """
    -A KUBE-NODEPORTS -p tcp -m comment --comment "shop/web" -m tcp --dport 30080 -j KUBE-SVL-BBBBBBBBBBBBBBBB
    -A KUBE-SEP-AAAAAAAAAAAAAAAA -s 10.0.1.11/32 -m comment --comment "kube-system/kube-dns:dns" -j KUBE-MARK-MASQ
    -A KUBE-SEP-AAAAAAAAAAAAAAAA -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.0.1.11:53
    -A KUBE-SEP-BBBBBBBBBBBBBBBB -p tcp -m comment --comment "shop/web" -m tcp -j DNAT --to-destination 10.0.1.12:8080
    -A KUBE-SERVICES -d 172.20.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-AAAAAAAAAAAAAAAA
    -A KUBE-SERVICES -d 172.20.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVL-BBBBBBBBBBBBBBBB
    -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    -A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "kube-system/kube-dns:dns" -j KUBE-SEP-AAAAAAAAAAAAAAAA
    -A KUBE-SVL-BBBBBBBBBBBBBBBB -m comment --comment "shop/web" -j KUBE-SEP-BBBBBBBBBBBBBBBB

    """

  /// kube-proxy 1.31 in ipvs mode, with the same services.
  static func ipvs() -> CNINode {
    var node = CNINode()
    node.serviceChains = ":KUBE-NODE-PORT - [0:0]\n:KUBE-LOAD-BALANCER - [0:0]\n"
    node.services = """
      -A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
      -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
      -A KUBE-SERVICES ! -s 10.0.0.0/16 -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
      -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
      -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
      -A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ

      """
    node.virtualServers = """
      IP Virtual Server version 1.2.1 (size=4096)
      Prot LocalAddress:Port Scheduler Flags
        -> RemoteAddress:Port Forward Weight ActiveConn InActConn
      TCP  AC140001:01BB rr
        -> 0A00010C:1F90      Masq    1      0          0
      UDP  AC14000A:0035 rr
        -> 0A00010B:0035      Masq    1      0          0
        -> 0A000163:0035      Masq    0      0          0
      TCP  0A00000A:7580 rr
        -> 0A00010C:1F90      Masq    1      0          0

      """
    node.sets = """
      create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
      add KUBE-CLUSTER-IP 172.20.0.1,tcp:443
      add KUBE-CLUSTER-IP 172.20.0.10,udp:53
      create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
      add KUBE-NODE-PORT-TCP 30080
      create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
      add KUBE-LOOP-BACK 10.0.1.12,tcp:8080,10.0.1.12
      add KUBE-LOOP-BACK 10.0.1.11,udp:53,10.0.1.11

      """
    node.routes += """
      local 172.20.0.1 dev kube-ipvs0 table local proto kernel scope host src 172.20.0.1
      local 172.20.0.10 dev kube-ipvs0 table local proto kernel scope host src 172.20.0.10

      """
    node.switches += "net.ipv4.vs.conntrack = 1\n"
    return node
  }

  /// A further pod, 10.0.1.13, with a branch ENI.
  ///
  /// Source: amazon-vpc-cni-k8s v1.23.1, `cmd/routed-eni-cni-plugin/driver`.
  static func branch(isStrict: Bool) -> CNINode {
    var node = CNINode()
    let rules =
      isStrict
      ? "10:\tfrom all iif vlan.eth.1 lookup 101\n10:\tfrom all iif vlanccccccccccc lookup 101\n"
        + "20:\tfrom all lookup local\n"
      : "512:\tfrom all to 10.0.1.13 lookup main\n1536:\tfrom 10.0.1.13 lookup 101\n"
    node.rules =
      rules
      + (isStrict ? node.rules.replacing("0:\tfrom all lookup local\n", with: "") : node.rules)
    node.routes += """
      default via 10.0.2.1 dev vlan.eth.1 table 101
      10.0.2.1 dev vlan.eth.1 table 101 scope link
      10.0.1.13 dev vlanccccccccccc \(isStrict ? "table 101 " : "")scope link

      """
    for name in ["vlan.eth.1", "vlanccccccccccc"] {
      node.switches +=
        "net.ipv4.conf.\(name).forwarding = 1\nnet.ipv4.conf.\(name).rp_filter = 0\n"
        + "net.ipv4.conf.\(name).src_valid_mark = 0\n"
    }
    return node
  }

  var iptables: String {
    """
    *mangle
    :PREROUTING ACCEPT [0:0]
    \(nodePortConnmark)-A PREROUTING -i eni+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
    COMMIT
    *nat
    :PREROUTING ACCEPT [0:0]
    :INPUT ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    :POSTROUTING ACCEPT [0:0]
    :AWS-CONNMARK-CHAIN-0 - [0:0]
    :AWS-SNAT-CHAIN-0 - [0:0]
    :AWS-SNAT-CHAIN-1 - [0:0]
    :KUBE-MARK-MASQ - [0:0]
    :KUBE-POSTROUTING - [0:0]
    :KUBE-SERVICES - [0:0]
    \(serviceChains)-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    \(connmark)-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    \(postrouting)-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
    -A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
    \(snat)-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
    -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
    -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
    \(services)COMMIT
    \(raw)*filter
    :INPUT ACCEPT [0:0]
    \(filter)COMMIT

    """
  }

  private var addresses: String {
    """
    [{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
    {"ifindex":2,"ifname":"ens5","addr_info":[{"family":"inet","local":"10.0.0.10","prefixlen":20,"scope":"global"}]},
    {"ifindex":3,"ifname":"ens6","addr_info":[{"family":"inet","local":"10.0.0.20","prefixlen":20,"scope":"global"}]},
    {"ifindex":4,"ifname":"eniaaaaaaaaaaa","addr_info":[]},{"ifindex":5,"ifname":"enibbbbbbbbbbb","addr_info":[]}]
    """
  }

  private var pool: String {
    func eni(_ id: String, _ device: Int, _ address: String, _ pod: String) -> String {
      let isPrimary = device == 0
      return """
        "\(id)":{"ID":"\(id)","IsPrimary":\(isPrimary),"DeviceNumber":\(device),\
        "AvailableIPv4Cidrs":{"\(address)/32":{"Cidr":{"IP":"\(address)","Mask":"/////w=="},"IPAddresses":{"\(address)":\
        {"Address":"\(address)","IPAMKey":{"networkName":"aws-cni","containerID":"\(pod)","ifName":"eth0"},\
        "IPAMMetadata":{"k8sPodNamespace":"shop","k8sPodName":"\(pod)"},"AssignedTime":"2031-04-02T07:00:00Z",\
        "UnassignedTime":"0001-01-01T00:00:00Z"}},"IsPrefix":false}}}
        """
    }
    return #"{"0":{"TotalIPs":2,"AssignedIPs":2,"ENIs":{"#
      + eni("eni-0a", 0, Self.podA, "a") + "," + eni("eni-0b", 1, Self.podB, "b") + "}}}"
  }

  /// The node's facts, with the answers to the standard questions.
  func facts() throws -> FactStore {
    let items: [(ArtifactID, String, String)] = [
      (.policyRules, "net/rules4.txt", rules), (.routes, "net/routes4.txt", routes),
      (.networkSysctls, "sysctl/net.txt", switches), (.iptablesNft, "net/nft-save.txt", iptables),
      (.iptablesLegacy, "net/legacy-save.txt", legacy), (.nftables, "net/nft.txt", native),
      (.addresses, "net/addr.json", addresses), (.ipamdENIs, "ipamd/enis.json", pool),
      (.attachedPrograms, "net/xdp_tc.json", programs), (.ipvs, "net/ip_vs", virtualServers),
      (.ipset, "net/ipset.txt", sets),
    ]
    let store = try FactStore()
    for (artifact, path, text) in items where !text.isEmpty {
      var input = ArtifactInput(artifact: artifact, path: path, bytes: Array(text.utf8))
      _ = try store.load(&input)
    }
    try store.finishLoading()
    try PathSurvey.run(store)
    return store
  }

  /// Everything that is not delivered, or all answers, as words.
  func answers(all: Bool = false) throws -> [String] {
    let sql = """
      SELECT name, direction, COALESCE(pod, '-'), verdict, COALESCE(place, '-'), detail FROM path_verdict
      WHERE \(all ? "1" : "verdict <> 'delivered'") ORDER BY question, direction
      """
    return try facts().query(sql).rows.map { row in
      row.map { value in
        guard case .text(let text) = value else { return "-" }
        return text
      }.joined(separator: " | ")
    }
  }
}
