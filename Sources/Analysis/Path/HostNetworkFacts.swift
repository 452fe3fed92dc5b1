public import FactStore
import Facts
import IPAMEngine
public import PacketPath

/// What the facts of a bundle say of a host's network.
public struct HostNetworkFacts {
  private let store: FactStore

  /// Rules, routes or parameters of a host that are read at most.
  private static let mostRows = 500_000

  /// Reads from loaded facts.
  public init(_ store: FactStore) {
    self.store = store
  }

  /// The host's network.
  public func network() throws(FactStoreError) -> HostNetwork {
    var host = HostNetwork()
    try readInterfaces(into: &host)
    try readRules(into: &host)
    try readRoutes(into: &host)
    try readSwitches(into: &host)
    try readSets(into: &host)
    try readVirtualServers(into: &host)
    try readFilters(into: &host)
    for family in [IPAddress.Family.v4, .v6] {
      if host.policyRules[family] == nil { host.missing.insert(.policyRules(family)) }
      if !host.routes.keys.contains(where: { $0.family == family }) {
        host.missing.insert(.routes(family))
      }
    }
    return host
  }

  // MARK: Interfaces

  private func readInterfaces(into host: inout HostNetwork) throws(FactStoreError) {
    for row in try rows("SELECT ifname, ifindex FROM link ORDER BY ifindex") {
      guard let name = row.text(0) else { continue }
      host.interfaces[name, default: Interface(name: name)].index = row.number(1) ?? 0
    }
    for row in try rows("SELECT ifname, peer_mac FROM host_veth WHERE peer_mac IS NOT NULL") {
      guard let name = row.text(0) else { continue }
      host.interfaces[name, default: Interface(name: name)].peerMAC = row.text(1)?.lowercased()
    }
    let addresses = """
      SELECT ifname, address, prefix_length, is_primary FROM address
      WHERE address IS NOT NULL GROUP BY ifname, address ORDER BY min(rowid)
      """
    for row in try rows(addresses) {
      guard let name = row.text(0), let address = row.text(1).flatMap({ IPAddress($0) }) else {
        continue
      }
      host.interfaces[name, default: Interface(name: name)].addresses.append(
        InterfaceAddress(
          address, length: row.number(2) ?? address.family.bits, isSecondary: row.number(3) == 0))
    }
    let programs = "SELECT device, artifact, line FROM attached_program WHERE device IS NOT NULL"
    for row in try rows(programs) {
      guard let name = row.text(0) else { continue }
      host.interfaces[name, default: Interface(name: name)].program = row.evidence(1)
    }
  }

  // MARK: Rules and routes

  private func readRules(into host: inout HostNetwork) throws(FactStoreError) {
    let sql = """
      SELECT family, priority, src, dst, not_selector, iif, oif, fwmark, fwmask, tbl, action,
        goto_priority, suppress_prefixlength, other, detached, artifact, line
      FROM ip_rule ORDER BY family, priority, rowid
      """
    for row in try rows(sql) {
      let family = row.family(0)
      host.policyRules[family, default: []].append(PolicyRule(row, family))
    }
  }

  private func readRoutes(into host: inout HostNetwork) throws(FactStoreError) {
    let sql = """
      SELECT family, tbl, kind, dst, gateway, device, source, metric, flags, src, artifact, line,
        protocol, scope
      FROM ip_route ORDER BY rowid
      """
    for row in try rows(sql) {
      let family = row.family(0)
      guard let route = Route(row) else { continue }
      let table = HostNetwork.RouteTable(family, row.text(1) ?? "main")
      host.routes[table, default: []].append(route)
    }
    for family in [IPAddress.Family.v4, .v6] { addLocalRoutes(family, to: &host) }
  }

  /// The kernel makes a table of its own addresses, which not every dump shows.
  private func addLocalRoutes(_ family: IPAddress.Family, to host: inout HostNetwork) {
    let local = HostNetwork.RouteTable(family, "local")
    guard host.routes[local] == nil, !host.interfaces.isEmpty else { return }
    for interface in host.interfaces.values {
      for own in interface.addresses where own.address.family == family {
        let evidence = Evidence(artifact: "net/addr.json")
        host.routes[local, default: []].append(
          Route(
            kind: "local", destination: CIDR(own.address), device: interface.name,
            text: "local \(own.address) dev \(interface.name)", evidence: evidence))
      }
    }
  }

  private func readSwitches(into host: inout HostNetwork) throws(FactStoreError) {
    let sql = """
      SELECT key, value, artifact, line FROM sysctl
      WHERE key LIKE 'net.ipv4.conf.%' OR key LIKE 'net.ipv6.conf.%' OR key LIKE 'net.ipv4.vs.%'
        OR key = 'net.ipv4.ip_forward'
      """
    for row in try rows(sql) {
      guard let key = row.text(0), let value = row.text(1) else { continue }
      host.sysctls[key] = HostNetwork.Switch(value: value, evidence: row.evidence(2))
    }
  }

  private func readSets(into host: inout HostNetwork) throws(FactStoreError) {
    var elements: [String: [String]] = [:]
    for row in try rows("SELECT name, element FROM ipset_entry ORDER BY rowid") {
      guard let name = row.text(0), let element = row.text(1) else { continue }
      elements[name, default: []].append(element)
    }
    for row in try rows("SELECT name, type, entries FROM ipset GROUP BY name") {
      guard let name = row.text(0), let type = row.text(1) else { continue }
      let own = elements[name] ?? []
      host.sets[name] = AddressSet(
        type: type, elements: own, isComplete: own.count == row.number(2) ?? 0)
    }
  }

  private func readVirtualServers(into host: inout HostNetwork) throws(FactStoreError) {
    var places: [HostNetwork.VirtualServer.Target: Int] = [:]
    let services = "SELECT protocol, address, port, artifact, line FROM ipvs_service ORDER BY rowid"
    for row in try rows(services) {
      guard let target = HostNetwork.VirtualServer.Target(row), places[target] == nil else {
        continue
      }
      places[target] = host.virtualServers.count
      host.virtualServers.append(HostNetwork.VirtualServer(target, evidence: row.evidence(3)))
    }
    let servers = """
      SELECT protocol, address, port, server, server_port, method, weight, artifact, line
      FROM ipvs_server ORDER BY rowid
      """
    for row in try rows(servers) {
      guard let target = HostNetwork.VirtualServer.Target(row), let index = places[target],
        let address = row.text(3).flatMap({ IPAddress($0) })
      else { continue }
      host.virtualServers[index].servers.append(
        HostNetwork.VirtualServer.Server(
          address: address, port: row.number(4) ?? 0,
          isMasqueraded: row.text(5) == "masq" || row.text(5) == "local",
          weight: row.number(6) ?? 1, evidence: row.evidence(7)))
    }
  }

  // MARK: Filters

  private func readFilters(into host: inout HostNetwork) throws(FactStoreError) {
    var filters: [IPAddress.Family: [ChainName: Chain]] = [:]
    var order: [IPAddress.Family: [ChainName]] = [:]
    let chains = """
      SELECT c.family, c.backend, c.tbl, c.chain, c.policy, c.artifact, c.line, t.complete
      FROM iptables_chain AS c JOIN iptables_chosen_table AS t
        ON t.artifact = c.artifact AND t.tbl = c.tbl AND t.family = c.family
          AND t.backend = c.backend
      ORDER BY c.rowid
      """
    for row in try rows(chains) {
      guard let chain = Chain(row) else { continue }
      let family = row.family(0)
      if filters[family, default: [:]][chain.name] == nil {
        order[family, default: []].append(chain.name)
      }
      filters[family, default: [:]][chain.name] = chain
    }
    let rules = """
      SELECT r.family, r.backend, r.tbl, r.chain, r.spec, r.artifact, r.line, t.spelling
      FROM iptables_rule AS r JOIN iptables_chosen_table AS t
        ON t.artifact = r.artifact AND t.tbl = r.tbl AND t.family = r.family
          AND t.backend = r.backend
      ORDER BY r.rowid
      """
    for row in try rows(rules) {
      let family = row.family(0)
      guard let name = ChainName(row), let text = row.text(4) else { continue }
      let rule =
        row.text(7) == "list"
        ? FilterRule(listed: text, evidence: row.evidence(5))
        : FilterRule(iptables: text, evidence: row.evidence(5))
      filters[family]?[name]?.rules.append(rule)
    }
    for (family, chains) in filters {
      var filter = PacketFilter()
      for name in order[family] ?? [] {
        if let chain = chains[name] { filter.add(chain) }
      }
      host.filters[family] = filter
    }
    try readNative(into: &host)
    for family in [IPAddress.Family.v4, .v6] where host.filters[family] == nil {
      host.missing.insert(.filters(family))
    }
  }

  /// Tables that nft keeps besides those of iptables.
  private func readNative(into host: inout HostNetwork) throws(FactStoreError) {
    let chains = """
      SELECT family, tbl, chain, type, hook, priority, policy, artifact, line FROM nft_chain
      WHERE is_iptables = 0 AND family IN ('ip', 'ip6', 'inet') ORDER BY rowid
      """
    var native: [(families: [IPAddress.Family], chain: Chain)] = []
    var places: [String: Int] = [:]
    for row in try rows(chains) {
      guard let family = row.text(0), let table = row.text(1), let name = row.text(2) else {
        continue
      }
      let chain = Chain(native: row, "\(family) \(table)", name)
      places["\(family) \(table) \(name)"] = native.count
      native.append((family == "inet" ? [.v4, .v6] : family == "ip6" ? [.v6] : [.v4], chain))
    }
    guard !native.isEmpty else { return }
    let rules = """
      SELECT family, tbl, chain, text, artifact, line FROM nft_rule
      WHERE family IN ('ip', 'ip6', 'inet') ORDER BY rowid
      """
    for row in try rows(rules) {
      guard let family = row.text(0), let table = row.text(1), let name = row.text(2),
        let place = places["\(family) \(table) \(name)"], let text = row.text(3)
      else { continue }
      native[place].chain.rules.append(FilterRule(nft: text, evidence: row.evidence(4)))
    }
    for (families, chain) in native {
      for family in families where host.filters[family] != nil {
        host.filters[family]?.add(chain)
      }
    }
  }

  private func rows(_ sql: String) throws(FactStoreError) -> [FactRowValues] {
    let result = try store.query(
      sql, limits: QueryLimits(time: .seconds(60), rows: Self.mostRows))
    // A part of the rules would tell another story.
    guard !result.isTruncated else {
      throw FactStoreError(.execution, "more than \(Self.mostRows) rules or routes")
    }
    return result.rows.map { FactRowValues(values: $0) }
  }
}

/// The values of a row of facts, by their places.
struct FactRowValues {
  var values: [FactValue]

  func text(_ index: Int) -> String? {
    guard case .text(let text) = values[index] else { return nil }
    return text
  }

  func number(_ index: Int) -> Int? {
    guard case .integer(let number) = values[index] else { return nil }
    return Int(exactly: number)
  }

  func family(_ index: Int) -> IPAddress.Family { text(index) == "ipv6" ? .v6 : .v4 }

  /// The place in the bundle, whose member and line stand at an index and behind it.
  func evidence(_ index: Int) -> Evidence {
    Evidence(artifact: text(index) ?? "", line: number(index + 1))
  }
}

extension HostNetwork.VirtualServer.Target {
  /// Reads protocol, address and port from the first three columns.
  fileprivate init?(_ row: FactRowValues) {
    guard let proto = row.text(0), let address = row.text(1) else { return nil }
    if proto == "fwm" {
      // The kernel writes eight digits in hexadecimal, ipvsadm a decimal number.
      guard let mark = UInt32(address, radix: address.utf8.count == 8 ? 16 : 10) else { return nil }
      self = .mark(mark)
      return
    }
    guard let address = IPAddress(address), let transport = TransportProtocol(proto) else {
      return nil
    }
    self = .place(address, row.number(2) ?? 0, transport)
  }
}
