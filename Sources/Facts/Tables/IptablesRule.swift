import BundleModel

/// A netfilter rule, with the matches that decide about pods in columns of their own.
public struct IptablesRule: FactTable {
  var backend: String
  var family: String
  var table: String
  var chain: String
  var position: Int
  var match: IptablesRuleText
  var spec: String
  var packets: Int64?
  var bytes: Int64?

  /// The declaration of `iptables_rule`.
  public static let schema = Schema<Self>(
    "iptables_rule", "Netfilter rules in the order of their chains.", from: .iptablesDumps,
    columns: [
      Column("backend", \.backend, "Kernel interface that holds the rule: nft or legacy."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("tbl", \.table, "Netfilter table; filter where the text does not name it."),
      Column("chain", \.chain, "Chain that holds the rule."),
      Column("position", \.position, "Place of the rule in its chain, counted from 1."),
      Column("target", \.match.target, "Target or chain after -j or -g; NULL without one."),
      Column("is_goto", \.match.isGoto, "1 for -g, which does not come back; else 0."),
      Column("in_interface", \.match.inInterface, "Value of -i; a leading `! ` negates it."),
      Column("out_interface", \.match.outInterface, "Value of -o; a leading `! ` negates it."),
      Column("source", \.match.source, "Value of -s; a leading `! ` negates it."),
      Column("destination", \.match.destination, "Value of -d; a leading `! ` negates it."),
      Column("protocol", \.match.proto, "Value of -p; a leading `! ` negates it."),
      Column("comment", \.match.comment, "Text of the comment match."),
      Column("ct_state", \.match.ctState, "Connection states of --ctstate or --state."),
      Column("mark_match", \.match.markMatch, "Value of the mark match, such as 0x80/0x80."),
      Column("other_match", \.match.otherMatch, "Text of every further match."),
      Column(
        "is_unconditional", \.match.isUnconditional,
        "1 if nothing but a comment restricts the rule; else 0."),
      Column("target_options", \.match.targetOptions, "Text after the target."),
      Column("spec", \.spec, "The whole rule from -A on."),
      Column("packets", \.packets, "Packets that matched; NULL if not printed."),
      Column("bytes", \.bytes, "Bytes that matched; NULL if not printed."),
    ])

  /// Reads rule lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesSave(input)
    while let line = try input.nextLine() {
      let item = dump.read(line)
      if case .unreadable(let reason) = item {
        rows.unreadable(reason, line: input.lineNumber)
      }
      guard case .rule(let rule) = item else { continue }
      rows.append(
        Self(
          backend: dump.backend, family: dump.family, table: rule.table, chain: rule.chain,
          position: rule.position, match: rule.match, spec: String(rule.text),
          packets: rule.counters?.packets, bytes: rule.counters?.bytes),
        line: input.lineNumber)
      if input.damage.endsInsideLine {
        rows.unreadable("the last rule has no line end and may be cut", line: input.lineNumber)
      }
    }
  }
}
