import BundleModel

/// A chain of nf_tables.
public struct NftChain: FactTable {
  var chain: NftRuleset.Chain

  /// The declaration of `nft_chain`.
  public static let schema = Schema<Self>(
    "nft_chain", "Chains of nf_tables.", from: [.nftables, .foreignNftables],
    columns: [
      Column("family", \.chain.family, "ip, ip6, inet, arp, bridge or netdev."),
      Column("tbl", \.chain.table, "Table that holds the chain."),
      Column("chain", \.chain.name, "Name of the chain."),
      Column("handle", \.chain.handle, "Number of the chain; NULL if not printed."),
      Column("type", \.chain.type, "filter, nat or route; NULL for a chain without a hook."),
      Column("hook", \.chain.hook, "Where packets enter it, such as forward; NULL without a hook."),
      Column(
        "priority", \.chain.priority,
        "Place among the chains of its hook, the smallest first; names such as filter are resolved."
      ),
      Column("policy", \.chain.policy, "accept or drop; NULL for a chain without a hook."),
      Column(
        "is_iptables",
        {
          NftRuleset.Table(family: $0.chain.family, name: $0.chain.table).isIptables
        }, "1 if the iptables programs name a table so: its rules are in iptables_rule."),
    ])

  /// Reads `nft list ruleset`, as JSON or as text.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var found: [(Self, Int?)] = []
    // What cannot be read is reported once, by `nft_rule`.
    try NftRuleset.read(&input, { _, _ in }) { item, line in
      if case .chain(let chain) = item { found.append((Self(chain: chain), line)) }
    }
    for (row, line) in found { rows.append(row, line: line) }
  }
}
