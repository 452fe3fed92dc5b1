import FactStore
import Facts
import IPAMEngine
import PacketPath

/// The places between which packets of the standard set go.
struct PathSites {
  /// A pod of the node.
  struct Pod {
    /// `namespace/name`, or its address where that is not known.
    var name: String
    var address: IPAddress
    /// The host's interface that leads to it.
    var device: String
    /// The interface of the ENI that holds its address.
    var uplink: String?
    /// Whether even packets of its own node reach it through the VPC, as in the strict mode of
    /// security groups for pods.
    var isBehindVPC = false
  }

  /// Something that listens.
  struct Service {
    var address: IPAddress
    var transport: TransportProtocol
    var port: Int
  }

  /// Family of all addresses.
  let family: IPAddress.Family
  /// An address of the internet.
  var internet: IPAddress { known("1.1.1.1", "2606:4700:4700::1111") }
  /// The metadata service of instances.
  var imds: IPAddress { known("169.254.169.254", "fd00:ec2::254") }
  /// A client in the internet whose address nobody has.
  var client: IPAddress { known("203.0.113.9", "2001:db8::9") }

  private func known(_ v4: String, _ v6: String) -> IPAddress {
    IPAddress(family == .v4 ? v4 : v6) ?? IPAddress(family: family, value: 0)
  }

  private(set) var pods: [Pod] = []
  private(set) var primary: String?
  private(set) var primaryAddress: IPAddress?
  /// A pod of another node, and a load balancer: addresses of the subnet that this node has not.
  private(set) var otherNode: IPAddress?
  private(set) var loadBalancer: IPAddress?
  private(set) var service: Service?
  private(set) var dns: Service?
  private(set) var nodePort: (transport: TransportProtocol, port: Int)?
  /// Which ENI's interface holds which address.
  private var uplinks: [IPAddress: String] = [:]
  private var uplinkNames: Set<String> = []

  private let store: FactStore

  init(_ store: FactStore, _ host: HostNetwork, _ family: IPAddress.Family = .v4) throws {
    self.store = store
    self.family = family
    try findUplinks(host)
    try findPods(host)
    findOthers(host)
    try findServices()
  }

  // MARK: The node

  private mutating func findUplinks(_ host: HostNetwork) throws {
    let main = host.routes[HostNetwork.RouteTable(family, "main")] ?? []
    let routes = main.filter { $0.destination.length == 0 && $0.device != nil }
    primary = routes.min { $0.metric < $1.metric }?.device
    primaryAddress = primary.flatMap {
      host.interfaces[$0]?.addresses.first { isOwn($0) && !$0.isSecondary }?.address
    }
    for interface in host.interfaces.values {
      for own in interface.addresses where isOwn(own) && !Self.isPod(interface.name) {
        uplinks[own.address] = interface.name
      }
    }
  }

  private mutating func findPods(_ host: HostNetwork) throws {
    let sql = """
      SELECT a.address, a.namespace, a.pod, COALESCE(e.route_table, e.device_number + 1),
        e.device_number
      FROM ipam_address AS a LEFT JOIN ipam_eni AS e ON e.reading = 1 AND e.eni = a.eni
      WHERE a.reading = 1 AND a.is_assigned = 1 AND a.address IS NOT NULL
      ORDER BY a.namespace, a.pod, a.address LIMIT 1000
      """
    var devices: [IPAddress: String] = [:]
    for (table, routes) in host.routes where table.family == family {
      for route in routes where route.destination.length == family.bits && route.kind == "unicast" {
        guard let device = route.device, Self.isPod(device) else { continue }
        devices[route.destination.base] = device
      }
    }
    var seen: Set<IPAddress> = []
    for values in try store.query(sql, limits: QueryLimits(time: .seconds(20), rows: 1000)).rows {
      let row = FactRowValues(values: values)
      guard let address = row.text(0).flatMap({ IPAddress($0) }), address.family == family,
        seen.insert(address).inserted
      else { continue }
      let uplink = uplink(row.number(4) == 0 ? "main" : row.number(3).map { String($0) }, host)
      uplinks[address] = uplink
      // Without its route a pod has no interface that is known; what goes to it is asked all the same.
      guard let device = devices[address] else { continue }
      let name = row.text(2).map { "\(row.text(1) ?? "")/\($0)" } ?? "\(address)"
      pods.append(Pod(name: name, address: address, device: device, uplink: uplink))
    }
    for (address, device) in devices.sorted(by: { $0.key < $1.key })
    where seen.insert(address).inserted {
      var pod = Pod(name: "\(address)", address: address, device: device, uplink: nil)
      if device.hasPrefix("vlan") { setBranch(of: &pod, host) }
      if let uplink = pod.uplink { uplinks[address] = uplink }
      pods.append(pod)
    }
  }

  /// A pod with a branch ENI has a table of its own: in strict mode for its interface, and with its
  /// route; in standard mode for its address.
  private func setBranch(of pod: inout Pod, _ host: HostNetwork) {
    let address = pod.address
    let own = host.routes.first { table, routes in
      table.family == family && table.name != "main"
        && routes.contains { $0.destination.base == address && $0.device == pod.device }
    }
    pod.isBehindVPC = own != nil
    let rules = host.policyRules[family] ?? []
    let named = rules.first { $0.source?.base == address && $0.source?.length == family.bits }
    var table = own?.key.name
    if table == nil, case .lookup(let name)? = named?.action { table = name }
    pod.uplink = uplink(table, host)
  }

  private func isOwn(_ own: InterfaceAddress) -> Bool {
    own.address.family == family && (family == .v4 || own.address.value >> 118 != 0x3fa)
  }

  /// Host interfaces of pods: the CNI's veths, and those of branch ENIs.
  private static func isPod(_ device: String) -> Bool {
    device.hasPrefix("eni") || (device.hasPrefix("vlan") && !device.hasPrefix("vlan."))
  }

  private func uplink(_ table: String?, _ host: HostNetwork) -> String? {
    guard let table else { return nil }
    if table == "main" || table == "254" { return primary }
    let routes = host.routes[HostNetwork.RouteTable(family, table)] ?? []
    return (routes.first { $0.destination.length == 0 } ?? routes.first)?.device
  }

  private mutating func findOthers(_ host: HostNetwork) {
    guard let primary,
      let own = host.interfaces[primary]?.addresses.first(where: { isOwn($0) })
    else { return }
    let network = CIDR(own.address, length: own.length)
    let taken = Set(uplinks.keys).union(pods.map(\.address))
    // The first four addresses and the last one of a subnet are AWS's own.
    var free: [IPAddress] = []
    var offset = UInt128(min(network.size, 1 << 16)) / 2 + 5
    while free.count < 2, offset < UInt128(network.size) - 1 {
      let address = network.base.advanced(by: offset)
      if !taken.contains(address) { free.append(address) }
      offset += 1
    }
    otherNode = free.first
    loadBalancer = free.last
  }

  private mutating func findServices() throws {
    let sql = """
      SELECT destination, protocol, dport, comment, chain FROM iptables_rule
      WHERE tbl = 'nat' AND family = '\(family == .v4 ? "ipv4" : "ipv6")' AND chain IN ('KUBE-SERVICES', 'KUBE-NODEPORTS')
        AND dport IS NOT NULL AND target LIKE 'KUBE-%' ORDER BY rowid LIMIT 10000
      """
    for values in try store.query(sql, limits: QueryLimits(time: .seconds(20), rows: 10_000)).rows {
      let row = FactRowValues(values: values)
      guard let transport = row.text(1).flatMap({ TransportProtocol($0) }),
        let port = row.text(2).flatMap({ Int($0) })
      else { continue }
      if row.text(4) == "KUBE-NODEPORTS" {
        if nodePort == nil { nodePort = (transport, port) }
        continue
      }
      guard let text = row.text(0), let address = CIDR(text)?.base else { continue }
      let found = Service(address: address, transport: transport, port: port)
      if port == 53, transport == .udp { dns = dns ?? found }
      if row.text(3)?.hasPrefix("default/kubernetes") ?? false { service = found }
      if port != 53, service == nil { service = found }
    }
    try findVirtualServices()
  }

  /// In ipvs mode no rule of iptables names a service.
  private mutating func findVirtualServices() throws {
    let sql = """
      SELECT address, protocol, port FROM ipvs_service
      WHERE port > 0 AND destinations > 0 AND address NOT LIKE '127.%' ORDER BY rowid LIMIT 10000
      """
    for values in try store.query(sql, limits: QueryLimits(time: .seconds(20), rows: 10_000)).rows {
      let row = FactRowValues(values: values)
      guard let address = row.text(0).flatMap({ IPAddress($0) }), address.family == family,
        let transport = row.text(1).flatMap({ TransportProtocol($0) }), let port = row.number(2)
      else { continue }
      guard uplinks[address] == nil else {
        if nodePort == nil, address == primaryAddress { nodePort = (transport, port) }
        continue
      }
      let found = Service(address: address, transport: transport, port: port)
      if port == 53, transport == .udp { dns = dns ?? found }
      if port != 53 { service = service ?? found }
    }
  }

  // MARK: Judgement

  /// What is said of a packet, with what the VPC would do behind the node.
  struct Judgement {
    var result: PathResult
    var word: String
    var detail: String
    var cause: PathStep?
  }

  /// A packet for a pod of this node has to go there, and one that leaves by an ENI that does not
  /// hold its sender's address is dropped by the VPC.
  func judged(_ result: PathResult, _ pod: Pod?) -> Judgement {
    guard case .sent(let device, _) = result.verdict, !Self.isPod(device) else {
      return plain(result)
    }
    let receiver = result.packet.destination
    if let other = pods.first(where: { $0.address == receiver }) {
      let sender = pods.first { $0.address == result.packet.source }
      if other.isBehindVPC || sender?.isBehindVPC == true {
        return comesBack(
          result, "leaves through \(device), and the VPC brings it back to \(other.name)")
      }
      return rerouted(result, "leaves through \(device), but \(other.name) is on this node")
    }
    guard let holder = uplinks[result.packet.source], holder != device else { return plain(result) }
    return rerouted(
      result, "leaves through \(device), but \(result.packet.source) belongs to \(holder)")
  }

  /// The rule of policy routing that applied to the packet's addresses or mark decides, else the
  /// route.
  private func rerouted(_ result: PathResult, _ text: String) -> Judgement {
    let cause =
      result.steps.last { $0.place == "ip rule" } ?? result.steps.last { $0.place == "route" }
    return Judgement(
      result: result, word: "rerouted", detail: "\(text): \(cause?.text ?? "no line says why")",
      cause: cause)
  }

  /// What passes the node twice is not followed the second time.
  private func comesBack(_ result: PathResult, _ text: String) -> Judgement {
    Judgement(
      result: result, word: "cannot tell", detail: text + " on this node: not followed twice",
      cause: result.steps.last { $0.place == "route" })
  }

  /// An answer has to leave by where the question came from.
  func judged(_ result: PathResult, back device: String?) -> Judgement {
    guard let device, case .sent(let out, _) = result.verdict, out != device else {
      return plain(result)
    }
    return rerouted(result, "the answer leaves through \(out), not \(device)")
  }

  private func plain(_ result: PathResult) -> Judgement {
    let detail: String
    switch result.verdict {
    case .sent(let device, _): detail = "leaves through \(device)"
    case .host: detail = "the node takes it"
    case .dropped, .rejected: detail = "\(result.cause?.place ?? ""): \(result.cause?.text ?? "")"
    case .unknown(let text): detail = text
    }
    return Judgement(result: result, word: result.verdict.word, detail: detail, cause: result.cause)
  }
}
