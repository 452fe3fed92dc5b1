import BundleModel

/// Of all dumps of one netfilter table the one that says most, so that rules are counted once.
public struct IptablesChosenTable: DerivedTable {
  var backend: String
  var family: String
  var table: String
  var spelling: String
  var isComplete: Bool
  var counters: String?

  /// The declaration of `iptables_chosen_table`.
  public static let schema = Schema<Self>(
    "iptables_chosen_table",
    "The dump that says most about each netfilter table; join on artifact and tbl.",
    from: .iptablesDumps + [.iptablesInfo],
    columns: [
      Column(
        "backend", \.backend,
        "nft or legacy; default if nothing tells what the default program drives."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("tbl", \.table, "Netfilter table: filter, nat, mangle, raw or security."),
      Column("spelling", \.spelling, "How the dump is spelled, as in iptables_table."),
      Column("complete", \.isComplete, "1 if the dump is complete; else 0."),
      Column(
        "counters_artifact", \.counters,
        "Path of the dump of the same table whose rules carry counters; NULL without one."),
    ])

  /// Every dump, and what the programs say about themselves.
  public static var sources: [any FactRow.Type] { [IptablesTable.self, IptablesProgram.self] }

  private struct Key: Hashable {
    var backend: String
    var family: String
    var table: String
  }

  private static let order = ["save", "rules", "list", "plain-list"]

  /// Prefers complete dumps, then spellings that hide nothing.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let dumps = facts.rows(IptablesTable.self)
    var driven: [String: String] = [:]
    for program in facts.rows(IptablesProgram.self).map(\.row) {
      if program.name == "iptables" { driven["ipv4"] = program.backend }
      if program.name == "ip6tables" { driven["ipv6"] = program.backend }
    }
    for dump in dumps.map(\.row) where dump.program == "default" && dump.backend != "default" {
      driven[dump.family] = dump.backend
    }
    var groups: [Key: [Located<IptablesTable>]] = [:]
    var keys: [Key] = []
    for dump in dumps {
      let row = dump.row
      let backend =
        row.backend == "default" ? driven[row.family] ?? "default" : row.backend
      let key = Key(backend: backend, family: row.family, table: row.table)
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(dump)
    }
    for key in keys {
      let candidates = groups[key] ?? []
      guard let best = candidates.min(by: { rank($0.row) < rank($1.row) }) else { continue }
      let counted = best.row.hasCounters ? best : candidates.first { $0.row.hasCounters }
      rows.append(
        Self(
          backend: key.backend, family: key.family, table: key.table,
          spelling: best.row.spelling, isComplete: best.row.isComplete, counters: counted?.path),
        path: best.path, line: best.line)
    }
  }

  private static func rank(_ table: IptablesTable) -> Int {
    (table.isComplete ? 0 : order.count) + (order.firstIndex(of: table.spelling) ?? order.count)
  }
}
