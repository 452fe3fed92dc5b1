import BundleModel

/// A table of nf_tables.
public struct NftTable: FactTable {
  var table: NftRuleset.Table

  /// The declaration of `nft_table`.
  public static let schema = Schema<Self>(
    "nft_table", "Tables of nf_tables, with those that iptables programs made.",
    from: [.nftables, .foreignNftables],
    columns: [
      Column("family", \.table.family, "ip, ip6, inet, arp, bridge or netdev."),
      Column("name", \.table.name, "Name of the table."),
      Column("handle", \.table.handle, "Number of the table; NULL if not printed."),
      Column(
        "is_iptables", \.table.isIptables,
        "1 if the iptables programs name a table so: its rules are in iptables_rule."),
    ])

  /// Reads `nft list ruleset`, as JSON or as text.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var found: [(Self, Int?)] = []
    // What cannot be read is reported once, by `nft_rule`.
    try NftRuleset.read(&input, { _, _ in }) { item, line in
      if case .table(let table) = item { found.append((Self(table: table), line)) }
    }
    for (row, line) in found { rows.append(row, line: line) }
  }
}

extension NftRuleset.Table {
  /// Whether an iptables program would give a table this name.
  var isIptables: Bool {
    ["ip", "ip6"].contains(family)
      && ["filter", "nat", "mangle", "raw", "security"].contains(name)
  }
}
