import FactStore
import Facts
import IPAMEngine
import IPAMReplay

/// What the facts of a bundle tell a replay besides the logs.
struct ReplayFacts {
  private let store: FactStore

  init(_ store: FactStore) {
    self.store = store
  }

  func context(_ journals: [IPAMDJournal]) throws -> ReplayContext {
    var context = ReplayContext()
    context.instanceType = try text(
      "SELECT value FROM node_property WHERE name = 'instance_type' AND value IS NOT NULL LIMIT 1")
    context.maxPods = try integer(
      "SELECT capacity_pods FROM kube_node WHERE capacity_pods IS NOT NULL LIMIT 1")
    context.release = try release()
    try readSettings(into: &context)
    context.snapshot = try snapshot(journals)
    return context
  }

  /// What EC2 has given to the ENIs, as the metadata service lists it.
  func metadata() throws -> [ENIID: Set<CIDR>] {
    let sql = """
      SELECT e.eni, a.address FROM imds_eni AS e JOIN imds_address AS a ON a.mac = e.mac
      WHERE e.eni IS NOT NULL AND a.address IS NOT NULL
      """
    var given: [ENIID: Set<CIDR>] = [:]
    for row in try rows(sql) {
      guard let eni = string(row[0]), let cidr = string(row[1]).flatMap({ CIDR($0) }) else {
        continue
      }
      given[ENIID(eni), default: []].insert(cidr)
    }
    return given
  }

  private func release() throws -> Release? {
    let sql = """
      SELECT version FROM cni_image WHERE container = 'aws-node' AND version IS NOT NULL LIMIT 1
      """
    return try text(sql).flatMap { Release($0) }
  }

  private func readSettings(into context: inout ReplayContext) throws {
    let sql = """
      SELECT name, value, origin FROM cni_setting
      WHERE container = 'aws-node' AND value IS NOT NULL AND origin <> 'introspection'
      """
    var environment: [String: String] = [:]
    for row in try rows(sql) {
      guard case .text(let name) = row[0], case .text(let value) = row[1] else { continue }
      environment[name] = value
      if case .text(let origin) = row[2] { context.environmentOrigin = origin }
    }
    if !environment.isEmpty { context.environment = environment }
  }

  // MARK: The pool that introspection shows

  private func snapshot(_ journals: [IPAMDJournal]) throws -> PoolSnapshot? {
    var enis: [PoolSnapshot.ENI] = []
    let sql = """
      SELECT eni, network_card, device_number, is_primary, is_trunk, is_efa, is_excluded, subnet
      FROM ipam_eni WHERE reading = 1 ORDER BY eni
      """
    for row in try rows(sql) {
      guard case .text(let id) = row[0] else { continue }
      let attributes = ENIAttributes(
        id: ENIID(id), isPrimary: isTrue(row[3]), isTrunk: isTrue(row[4]), isEFA: isTrue(row[5]),
        device: number(row[2]) ?? 0, subnet: string(row[7]) ?? "")
      enis.append(
        PoolSnapshot.ENI(
          attributes: attributes, card: number(row[1]) ?? 0, isExcluded: isTrue(row[6])))
    }
    guard !enis.isEmpty else { return nil }
    try readCIDRs(into: &enis)
    try readHolders(into: &enis)
    return PoolSnapshot(timeUs: try snapshotTime(journals), enis: enis)
  }

  private func readCIDRs(into enis: inout [PoolSnapshot.ENI]) throws {
    for row in try rows("SELECT eni, cidr FROM ipam_cidr WHERE reading = 1") {
      guard let id = string(row[0]), let cidr = string(row[1]).flatMap({ CIDR($0) }),
        let index = enis.firstIndex(where: { $0.attributes.id.name == id })
      else { continue }
      enis[index].cidrs.append(cidr)
    }
  }

  private func readHolders(into enis: inout [PoolSnapshot.ENI]) throws {
    let sql = """
      SELECT eni, address, network, container_id, ifname, namespace, pod FROM ipam_address
      WHERE reading = 1 AND is_assigned = 1 AND address IS NOT NULL
      """
    for row in try rows(sql) {
      guard let id = string(row[0]), let address = string(row[1]).flatMap({ IPAddress($0) }),
        let index = enis.firstIndex(where: { $0.attributes.id.name == id })
      else { continue }
      // Since 1.23.0 the key's last parts are hidden: the address tells holders apart.
      let container = string(row[3]) ?? "unknown-\(address)"
      enis[index].holders.append(
        PoolSnapshot.Holder(
          address: address,
          key: IPAMKey(
            networkName: string(row[2]) ?? "aws-cni", containerID: container,
            ifName: string(row[4]) ?? "eth0"),
          metadata: PodMetadata(namespace: string(row[5]) ?? "", name: string(row[6]) ?? "")))
    }
  }

  /// ipamd writes a line when its introspection is asked; the collector's question is the last one.
  private func snapshotTime(_ journals: [IPAMDJournal]) throws -> Int64? {
    var latest: Int64?
    for journal in journals {
      var reader = IPAMDJournal.Reader(journal)
      for index in (0..<journal.count).reversed() where reader.kind(at: index) == .introspected {
        let statement = reader[index]
        guard journal.text(of: statement.text).hasSuffix("/v1/enis"), let time = statement.timeUs
        else { continue }
        latest = max(latest ?? time, time)
        break
      }
    }
    if let latest { return latest }
    return try integer64(
      "SELECT started_us FROM bundle_item WHERE item = 'ipamd.enis' AND started_us IS NOT NULL")
  }

  // MARK: Values

  private func rows(_ sql: String) throws -> [[FactValue]] {
    try store.query(sql, limits: QueryLimits(time: .seconds(60), rows: 1_000_000)).rows
  }

  private func text(_ sql: String) throws -> String? {
    try rows(sql).first?.first.flatMap { string($0) }
  }

  private func integer64(_ sql: String) throws -> Int64? {
    guard case .integer(let value) = try rows(sql).first?.first else { return nil }
    return value
  }

  private func integer(_ sql: String) throws -> Int? {
    try integer64(sql).flatMap { Int(exactly: $0) }
  }

  private func string(_ value: FactValue) -> String? {
    guard case .text(let text) = value else { return nil }
    return text
  }

  private func number(_ value: FactValue) -> Int? {
    guard case .integer(let number) = value else { return nil }
    return Int(exactly: number)
  }

  private func isTrue(_ value: FactValue) -> Bool { number(value) == 1 }
}
