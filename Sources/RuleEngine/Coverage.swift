import BundleModel
import FactStore
import Facts
import ReportModel

/// Knows what the bundle holds behind the tables of a rule, so that a lack of evidence is said and
/// not taken for health.
struct Coverage {
  let store: FactStore
  let items: ItemStates

  /// The rule's own demands, or what follows from the tables it reads: of each table at least one
  /// item, and none that the node has but that could not be taken.
  func needs(of rule: RuleDefinition) throws(FactStoreError) -> [RuleDefinition.Need] {
    if let needs = rule.needs { return needs }
    var needs: [RuleDefinition.Need] = []
    for table in try tables(of: rule) where !table.artifacts.isEmpty {
      needs.append(RuleDefinition.Need(table.artifacts))
      if table.artifacts.count > 1 { needs += Self.each(of: table.artifacts) }
    }
    return needs
  }

  /// Each item of a table by itself, together with what stands for it in archives of other
  /// collectors.
  private static func each(of items: [ArtifactID]) -> [RuleDefinition.Need] {
    let foreign = Set(Catalog.foreign.map(\.artifact.id))
    return items.filter { !foreign.contains($0) }.map { item in
      let others = Catalog.substitutes(of: item).filter(items.contains)
      return RuleDefinition.Need([item] + others, isOptional: true)
    }
  }

  private func tables(of rule: RuleDefinition) throws(FactStoreError) -> [TableDescription] {
    let names = try store.tablesRead(by: rule.query.text)
    return store.tables.filter { names.contains($0.name) }
  }

  /// The first demand that is not met at all.
  func missing(_ needs: [RuleDefinition.Need]) -> MissingFact? {
    for need in needs where !need.isOptional {
      if need.items.contains(where: { items[$0]?.status.isUsable == true }) { continue }
      // The item that came closest tells most.
      let known = need.items.first { items[$0] != nil && items[$0]?.isRightlyAbsent == false }
      return fact(known ?? need.items[0])
    }
    return nil
  }

  /// Why "nothing found" would not mean that there is nothing.
  func doubt(
    _ needs: [RuleDefinition.Need], of rule: RuleDefinition
  ) throws(FactStoreError) -> MissingFact? {
    for need in needs {
      let isMet = need.items.contains { items[$0]?.status.isComplete == true }
      if isMet { continue }
      let isKnown = need.items.contains { items[$0] != nil }
      for item in need.items {
        guard let state = items[item] else {
          if need.items.count == 1 || (need.isOptional && !isKnown) { return fact(item) }
          continue
        }
        if !state.status.isComplete, !state.isRightlyAbsent { return fact(item) }
      }
    }
    return try unreadable(needs, of: rule)
  }

  /// Lines that no parser understood, in files where every line counts. Logs always hold some.
  private func unreadable(
    _ needs: [RuleDefinition.Need], of rule: RuleDefinition
  ) throws(FactStoreError) -> MissingFact? {
    let names = try store.tablesRead(by: rule.query.text)
    var paths: [String: ArtifactID] = [:]
    for item in needs.flatMap(\.items) where !Self.isLog(item) {
      for path in items[item]?.paths ?? [] { paths[path] = item }
    }
    let issues = try store.query(
      "SELECT artifact, line, fact_table, reason FROM parse_issue ORDER BY rowid")
    for issue in RowReader(issues).rows {
      guard let path = issue.text("artifact"), let item = paths[path],
        issue.text("fact_table").map(names.contains) ?? true
      else { continue }
      let place = issue.text("line").map { "\(path):\($0)" } ?? path
      return MissingFact(
        reason: "item-unreadable", item: item.rawValue,
        text: "\(place) could not be read: \(issue.text("reason") ?? "unknown form")")
    }
    return nil
  }

  private static func isLog(_ item: ArtifactID) -> Bool {
    item.category == "logs" || item == "kubelet.journal"
  }

  private func fact(_ item: ArtifactID) -> MissingFact {
    guard let state = items[item] else {
      return MissingFact(
        reason: "item-not-collected", item: item.rawValue, text: "\(item) was not collected")
    }
    return MissingFact(
      reason: "item-\(state.status.rawValue)", item: item.rawValue, text: "\(item) \(state.phrase)")
  }
}
