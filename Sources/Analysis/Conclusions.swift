public import FactStore
public import Facts
import IPAMEngine
import IPAMReplay
public import RuleEngine

/// Fills the tables that need all facts and more than SQL: limits of the instance type, the replay
/// of the address pool, the ways of packets.
public struct Conclusions: FactConclusions {
  private var journals = IPAMDJournals()
  private let replays: Bool

  /// Concludes everything.
  public init() {
    self.init(replays: true)
  }

  /// Makes conclusions.
  ///
  /// - Parameter replays: whether the history of the address pool is replayed.
  init(replays: Bool) {
    self.replays = replays
  }

  /// Has the log of ipamd taken down while it is read.
  public mutating func willLoad(_ input: inout ArtifactInput) {
    input.journal = replays && IPAMDJournals.wants(input.artifact) ? IPAMDJournal() : nil
  }

  /// Takes what was taken down.
  public mutating func didLoad(_ input: inout ArtifactInput) {
    journals.take(&input)
  }

  /// Fills the tables.
  public func conclude(_ store: FactStore, _ items: ItemStates) throws {
    _ = try replay(store, items)
  }

  /// Fills the tables; returns the history of the pool, nil without logs of it.
  func replay(_ store: FactStore, _ items: ItemStates) throws -> ReplayResult? {
    try store.insert(try Self.limits(of: store))
    let result = replays ? try PoolReplay(journals.best, store: store, items: items).result : nil
    try Self.followPackets(store)
    return result
  }

  private static func limits(of store: FactStore) throws -> [Located<InstanceLimit>] {
    let sql = """
      SELECT artifact, line, value FROM node_property
      WHERE name = 'instance_type' AND value IS NOT NULL ORDER BY rowid LIMIT 1
      """
    return try store.query(sql).rows.compactMap { row in
      guard case .text(let path) = row[0], case .text(let type) = row[2] else { return nil }
      var line: Int?
      if case .integer(let number) = row[1] { line = Int(number) }
      return Located(path: path, line: line, row: InstanceLimit(type))
    }
  }

  /// What can't be followed, such as more rules than fit, costs these answers alone.
  private static func followPackets(_ store: FactStore) throws {
    do {
      try PathSurvey.run(store)
    } catch let error as FactStoreError {
      try store.record(
        ParseIssue(
          path: "", line: nil, table: PathAnswer.tableDescription.name,
          reason: "the ways of packets were not followed: \(error.reason)"))
    }
  }
}

extension InstanceLimit {
  fileprivate init(_ type: String) {
    guard case .known(let limits) = InstanceLimits.lookUp(type) else {
      self.init(instanceType: type, isKnown: false)
      return
    }
    self.init(instanceType: type, isKnown: true)
    enis = limits.eniLimit
    addressesPerENI = limits.ipv4PerENI
    hypervisor = limits.hypervisor.rawValue
    isBareMetal = limits.isBareMetal
    supportsPrefixes = limits.supportsPrefixes
    networkCards = limits.networkCards.count
    isTrunkCompatible = limits.isTrunkCompatible
    branchENIs = limits.branchENIs
    vCPUs = limits.vCPUs
  }
}
