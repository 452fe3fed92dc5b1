import BundleModel

/// A rule of nf_tables.
public struct NftRule: FactTable {
  var rule: NftRuleset.Rule

  /// The declaration of `nft_rule`.
  public static let schema = Schema<Self>(
    "nft_rule", "Rules of nf_tables in the order of their chains.",
    from: [.nftables, .foreignNftables],
    columns: [
      Column("family", \.rule.family, "ip, ip6, inet, arp, bridge or netdev."),
      Column("tbl", \.rule.table, "Table that holds the rule."),
      Column("chain", \.rule.chain, "Chain that holds the rule."),
      Column("position", \.rule.position, "Place of the rule in its chain, counted from 1."),
      Column("handle", \.rule.handle, "Number of the rule; NULL if not printed."),
      Column(
        "verdict", \.rule.expression.verdict,
        "accept, drop, reject, jump, goto, return, snat and so on; NULL if packets go on."),
      Column("target", \.rule.expression.target, "Chain of jump and goto."),
      Column("comment", \.rule.comment, "Comment of the rule."),
      Column("packets", \.rule.expression.packets, "Packets counted; NULL without a counter."),
      Column("bytes", \.rule.expression.bytes, "Bytes counted; NULL without a counter."),
      Column("text", \.rule.expression.text, "The rule as nft prints it, without its comment."),
    ])

  /// Reads `nft list ruleset`, as JSON or as text.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var sink = rows
    var issues: [(String, Int?)] = []
    try NftRuleset.read(&input, { issues.append(($0, $1)) }) { item, line in
      if case .rule(let rule) = item { sink.append(Self(rule: rule), line: line) }
    }
    rows = sink
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }
}
