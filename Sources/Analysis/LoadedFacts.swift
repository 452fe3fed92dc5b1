import BundleModel
import BundleReader
import FactStore
import Facts
import FoundationEssentials
import IPAMReplay
import RuleEngine

/// The facts of one input, loaded, and how gathering its items went.
struct LoadedFacts {
  let store: FactStore
  let items: ItemStates
  /// When the bundle was made, in microseconds since 1970.
  let collectedAtUs: Int64?
  /// The small members, whose lines a report may show.
  let texts: KeptTexts
  /// The history of the address pool; nil without logs of it.
  let replay: ReplayResult?

  /// Loads an input.
  ///
  /// - Parameter replays: whether the history of the address pool is replayed.
  init(_ source: some EvidenceSource, database: String?, replays: Bool = true) throws {
    let store = try FactStore(at: database)
    let collected =
      source.manifest.flatMap { Self.microseconds($0.startedAt) } ?? source.collector?.startedAtUs
    items = try Self.recordItems(of: source, in: store)
    let texts = KeptTexts()
    var conclusions = Conclusions(replays: replays)
    try ReadAhead.forEachMember(of: source, where: { $0.artifact != nil }) { member, next in
      guard let artifact = member.artifact else { return }
      var input = ArtifactInput(
        artifact: artifact, path: member.path, origin: member.origin,
        referenceTimeUs: member.modified ?? collected, firstLine: member.firstLine,
        pull: texts.keeping(member, next))
      conclusions.willLoad(&input)
      defer { conclusions.didLoad(&input) }
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
    replay = try conclusions.replay(store, items)
    self.store = store
    self.texts = texts
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

  /// Tables with times, and the columns of the earliest and the latest one of a row.
  private static let timedTables = [
    TimedTable(name: "log_extent", first: "first_us", last: "last_us"),
    TimedTable(name: "kubelet_event", first: "time_us", last: "time_us"),
  ]

  private struct TimedTable {
    var name: String
    var first: String
    var last: String
  }

  private static func newestTime(in store: FactStore) throws -> Int64? {
    try time(in: store, "max") { $0.last }
  }

  /// The oldest time in any log.
  static func oldestTime(in store: FactStore) throws -> Int64? {
    try time(in: store, "min") { $0.first }
  }

  private static func time(
    in store: FactStore, _ function: String,
    _ column: (TimedTable) -> String
  ) throws -> Int64? {
    let known = Set(store.tables.map(\.name))
    let parts = timedTables.filter { known.contains($0.name) }.map {
      "SELECT \(function)(\(column($0))) AS t FROM \($0.name)"
    }
    guard !parts.isEmpty else { return nil }
    let result = try store.query(
      "SELECT \(function)(t) FROM (\(parts.joined(separator: " UNION ALL ")))")
    guard case .integer(let time) = result.rows.first?.first else { return nil }
    return time
  }
}
