import BundleModel
import NodeCollector

/// Resolves the selection of a user into a plan.
struct ItemChoice {
  let selection: SelectionOptions
  /// User ids that may own a file which says what is gathered.
  let owners: Set<UInt32>

  /// Every item that exists for this run: the node's, and the user's own.
  func catalog() throws(CollectError) -> [Artifact] {
    let own = try selection.customItems.map { path throws(CollectError) in
      try CustomItems.read(path, owners: owners)
    }
    return Catalog.all + (own ?? [])
  }

  func plan() throws(CollectError) -> Plan {
    let catalog = try catalog()
    let only = SelectionOptions.split(selection.only)
    let skip = SelectionOptions.split(selection.skip)
    try check(only, option: "--only", catalog)
    try check(skip, option: "--skip", catalog)
    if let file = selection.planFile {
      return try PlanFile.read(file, catalog: catalog, owners: owners)
    }
    return Plan(
      catalog, tier: selection.profile.tier, only: only, skip: skip,
      metadata: !selection.noMetadata, probes: !selection.noProbes)
  }

  private func check(
    _ patterns: [String], option: String, _ catalog: [Artifact]
  ) throws(CollectError) {
    for pattern in patterns where !catalog.contains(where: { $0.id.matches(pattern) }) {
      let names = Set(catalog.map(\.id.rawValue) + catalog.map(\.id.category))
      let near = NearestName.to(pattern, among: names)
      throw CollectError(
        code: "E103", kind: .usage, what: "unknown item `\(pattern)` in \(option)",
        why: "no item or group of items has this name",
        remedy: (near.map { "nearest: \($0); " } ?? "") + "cnitriage collect --list")
    }
  }
}
