import BundleModel
import BundleReader
import FactStore
import Facts
import FoundationEssentials
import RuleEngine

/// The facts of one input, loaded, and how gathering its items went.
struct LoadedFacts {
  let store: FactStore
  let items: ItemStates
  /// When the bundle was made, in microseconds since 1970.
  let collectedAtUs: Int64?

  init(_ source: some EvidenceSource, database: String?) throws {
    let store = try FactStore(at: database)
    let collected =
      source.manifest.flatMap { Self.microseconds($0.startedAt) } ?? source.collector?.startedAtUs
    items = try Self.recordItems(of: source, in: store)
    try source.forEachMember { member, next in
      guard let artifact = member.artifact else { return }
      var input = ArtifactInput(
        artifact: artifact, path: member.path, origin: member.origin,
        referenceTimeUs: member.modified ?? collected, firstLine: member.firstLine, pull: next)
      do throws(FactStoreError) {
        try store.load(&input)
      } catch {
        guard error.kind == .input else { throw error }
        // What was read up to the damage stays; rules see that the rest is missing.
        try store.record(
          ParseIssue(path: member.path, line: nil, table: nil, reason: error.reason))
      }
    }
    try store.finishLoading()
    // An interrupted run has no manifest: its newest evidence says when it was.
    collectedAtUs = try collected ?? Self.newestTime(in: store)
    try store.record(
      BundleInfoRow(
        bundleID: source.manifest?.bundleID, collectedAtUs: collectedAtUs,
        toolVersion: source.manifest?.tool.version ?? source.collector?.version,
        layout: source.layout,
        host: source.manifest.flatMap { $0.holdsNode ? $0.platform.hostName : nil }))
    self.store = store
  }

  private static func recordItems(
    of source: some EvidenceSource, in store: FactStore
  ) throws -> ItemStates {
    var items = ItemStates()
    guard let manifest = source.manifest else {
      for member in source.members {
        guard let artifact = member.artifact else { continue }
        let state = source.state(of: member)
        items.add(artifact, status: state.status, reason: state.reason, path: member.path)
        try store.record(
          BundleItemRow(
            item: artifact.rawValue, path: member.path, status: state.status.rawValue,
            reason: state.reason, bytes: Int64(member.size)))
      }
      for artifact in source.missing {
        items.add(artifact, status: .missing, reason: nil, path: nil)
        try store.record(
          BundleItemRow(
            item: artifact.rawValue, path: nil, status: ItemStatus.missing.rawValue, reason: nil))
      }
      return items
    }
    let present = Set(source.members.map(\.path))
    for item in manifest.items {
      var status = item.status
      var reason = item.reason
      if let path = item.path, !present.contains(path), status.isUsable {
        status = .error
        reason = "the manifest names \(path), which is not in the bundle"
      }
      items.add(item.id, status: status, reason: reason, path: item.path)
      try store.record(
        BundleItemRow(
          item: item.id.rawValue, path: item.path, status: status.rawValue, reason: reason,
          bytes: Int64(item.bytesStored), durationMs: Int64(item.durationMilliseconds),
          startedUs: microseconds(item.startedAt)))
    }
    return items
  }

  /// A point in time of a manifest, with or without a fraction of a second.
  static func microseconds(_ text: String) -> Int64? {
    // Neither spelling is wrong, so that the first failure means nothing.
    let date =
      (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
      ?? (try? Date(text, strategy: .iso8601))
    return date.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) * 1000 }
  }

  static let timedTables = ["ipamd_event", "plugin_event", "kubelet_event"]

  private static func newestTime(in store: FactStore) throws -> Int64? {
    try timed(in: store, "max")
  }

  /// The oldest or newest time in any log.
  static func timed(in store: FactStore, _ function: String) throws -> Int64? {
    let parts = store.tables.map(\.name).filter(timedTables.contains).map {
      "SELECT \(function)(time_us) AS t FROM \($0)"
    }
    guard !parts.isEmpty else { return nil }
    let result = try store.query(
      "SELECT \(function)(t) FROM (\(parts.joined(separator: " UNION ALL ")))")
    guard case .integer(let time) = result.rows.first?.first else { return nil }
    return time
  }
}
