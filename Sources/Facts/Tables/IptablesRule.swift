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
  var spelling: IptablesDump.Spelling

  private var isUnconditional: Bool? {
    match.isUnconditional && spelling == .plainList ? nil : match.isUnconditional
  }
  private var source: IPRange? { match.source.flatMap { IPRange(selector: $0, family: family) } }
  private var destination: IPRange? {
    match.destination.flatMap { IPRange(selector: $0, family: family) }
  }

  /// The declaration of `iptables_rule`.
  public static let schema = Schema<Self>(
    "iptables_rule", "Netfilter rules in the order of their chains.", from: .iptablesDumps,
    columns: [
      Column("backend", \.backend, "Kernel interface that holds the rule: nft, legacy or default."),
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
      Column("dport", \.match.destinationPort, "Value of --dport or --dports, or of dpt:."),
      Column("dst_type", \.match.destinationType, "Value of --dst-type, such as `! LOCAL`."),
      Column(
        "other_match", \.match.otherMatch,
        "Text of every further match, in the words of the dump."),
      Column(
        "is_unconditional", \.isUnconditional,
        "1 if nothing but a comment restricts the rule, 0 if something does; NULL if a listing hides it."
      ),
      Column("target_options", \.match.targetOptions, "Text after the target."),
      Column("to_address", \.match.toAddress, "Where SNAT and DNAT lead to, with a port if any."),
      Column("random", \.match.random, "random-fully, random, or NULL: how SNAT chooses ports."),
      Column("reject_with", \.match.rejectWith, "What REJECT answers."),
      Column(
        "mark_action", { $0.match.mark?.action },
        "What MARK and CONNMARK do: set, restore or save; NULL for other targets."),
      Column("mark_value", { $0.match.mark?.value }, "Bits that set gives, such as 0x80."),
      Column(
        "mark_mask", { $0.match.mark?.mask },
        "Bits that set replaces, or those of the packet's mark that restore and save copy."),
      Column(
        "ct_mask", { $0.match.mark?.connectionMask },
        "Bits of the connection's mark that restore and save copy."),
      Column("source_first_key", { $0.source?.firstKey }, .addressKey("source", "first")),
      Column("source_last_key", { $0.source?.lastKey }, .addressKey("source", "last")),
      Column(
        "destination_first_key", { $0.destination?.firstKey }, .addressKey("destination", "first")),
      Column(
        "destination_last_key", { $0.destination?.lastKey }, .addressKey("destination", "last")),
      Column("spec", \.spec, "The whole rule without counters; equal for copies of a rule."),
      Column(
        "packets", \.packets, "Packets that matched, rounded as printed; NULL if not printed."),
      Column("bytes", \.bytes, "Bytes that matched, rounded as printed; NULL if not printed."),
    ])

  /// Reads rule lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesDump(input)
    while let entry = try dump.next(&input) {
      if case .unreadable(let reason) = entry.item { rows.unreadable(reason, line: entry.line) }
      guard case .rule(let rule) = entry.item else { continue }
      guard let match = rule.match else {
        let reason =
          rule.spelling.isList ? "columns of a rule are missing" : "the line ends inside quotes"
        rows.unreadable(reason, line: entry.line)
        continue
      }
      rows.append(
        Self(
          backend: dump.backend, family: dump.family, table: rule.table, chain: rule.chain,
          position: rule.position, match: match, spec: String(rule.text),
          packets: rule.counters?.packets, bytes: rule.counters?.bytes, spelling: rule.spelling),
        line: entry.line)
      if input.damage.endsInsideLine, entry.line == input.lineNumber {
        rows.unreadable("the last rule has no line end and may be cut", line: entry.line)
      }
    }
  }
}

extension String {
  /// The meaning of a column that holds an end of a range.
  static func addressKey(_ column: String, _ end: String) -> String {
    "Key of the \(end) address of \(column), 32 hexadecimal digits that sort as text."
  }
}
