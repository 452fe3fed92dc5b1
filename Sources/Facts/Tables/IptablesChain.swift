import BundleModel

extension [ArtifactID] {
  /// Everything that iptables programs print.
  static let iptablesDumps: [ArtifactID] =
    [
      .iptablesSave, .ip6tablesSave, .iptablesLegacy, .ip6tablesLegacy, .iptablesNft,
      .ip6tablesNft,
    ]
    + ["iptables", "ip6tables"].flatMap { program in
      ["filter", "nat", "mangle", "raw"].map { ArtifactID(rawValue: "net.\(program)_list_\($0)") }
    }
}

/// A netfilter chain and the fate of a packet that no rule in it decides.
public struct IptablesChain: FactTable {
  var backend: String
  var family: String
  var table: String
  var chain: String
  var policy: String?
  var packets: Int64?
  var bytes: Int64?
  var references: Int64?

  /// The declaration of `iptables_chain`.
  public static let schema = Schema<Self>(
    "iptables_chain", "Netfilter chains with their default policy.", from: .iptablesDumps,
    columns: [
      Column(
        "backend", \.backend, "Kernel interface that holds the chain: nft, legacy or default."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("tbl", \.table, "Netfilter table: filter, nat, mangle, raw or security."),
      Column("chain", \.chain, "Chain name, built in or user defined."),
      Column("policy", \.policy, "ACCEPT or DROP; NULL for a user-defined chain."),
      Column("packets", \.packets, "Packets that fell through to the policy; NULL if not printed."),
      Column("bytes", \.bytes, "Bytes that fell through to the policy; NULL if not printed."),
      Column(
        "reference_count", \.references, "Rules that lead to the chain; NULL if not printed."),
    ])

  /// Reads chain lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesDump(input)
    while let entry = try dump.next(&input) {
      // Lines that cannot be read are reported once, by `iptables_rule`.
      guard case .chain(let chain) = entry.item else { continue }
      rows.append(
        Self(
          backend: dump.backend, family: dump.family, table: chain.table, chain: chain.name,
          policy: chain.policy, packets: chain.counters?.packets, bytes: chain.counters?.bytes,
          references: chain.references),
        line: entry.line)
    }
  }
}
