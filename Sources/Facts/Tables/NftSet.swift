import BundleModel

/// A set or a map of nf_tables.
public struct NftSet: FactTable {
  var set: NftRuleset.Set

  /// The declaration of `nft_set`.
  public static let schema = Schema<Self>(
    "nft_set", "Sets and maps of nf_tables; their elements are counted.",
    from: [.nftables, .foreignNftables],
    columns: [
      Column("family", \.set.family, "ip, ip6, inet, arp, bridge or netdev."),
      Column("tbl", \.set.table, "Table that holds the set."),
      Column("name", \.set.name, "Name of the set."),
      Column("is_map", \.set.isMap, "1 for a map; else 0."),
      Column("type", \.set.type, "Type of its keys, such as ipv4_addr."),
      Column("elements", \.set.elements, "How many elements it has."),
    ])

  /// Reads `nft list ruleset`, as JSON or as text.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var found: [(Self, Int?)] = []
    // What cannot be read is reported once, by `nft_rule`.
    try NftRuleset.read(&input, { _, _ in }) { item, line in
      if case .set(let set) = item { found.append((Self(set: set), line)) }
    }
    for (row, line) in found { rows.append(row, line: line) }
  }
}
