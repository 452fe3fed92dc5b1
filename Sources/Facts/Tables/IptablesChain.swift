import BundleModel

extension [ArtifactID] {
  /// Everything that prints rules in the format of `iptables-save`.
  static let iptablesDumps: [ArtifactID] = [
    .iptablesSave, .ip6tablesSave, .iptablesLegacy, .ip6tablesLegacy, .iptablesNft, .ip6tablesNft,
  ]
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

  /// The declaration of `iptables_chain`.
  public static let schema = Schema<Self>(
    "iptables_chain", "Netfilter chains with their default policy.", from: .iptablesDumps,
    columns: [
      Column("backend", \.backend, "Kernel interface that holds the chain: nft or legacy."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("tbl", \.table, "Netfilter table: filter, nat, mangle, raw or security."),
      Column("chain", \.chain, "Chain name, built in or user defined."),
      Column("policy", \.policy, "ACCEPT or DROP; NULL for a user-defined chain."),
      Column("packets", \.packets, "Packets that fell through to the policy; NULL if not printed."),
      Column("bytes", \.bytes, "Bytes that fell through to the policy; NULL if not printed."),
    ])

  /// Reads chain lines.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesSave(input)
    while let line = try input.nextLine() {
      // Lines that cannot be read are reported once, by `iptables_rule`.
      guard case .chain(let chain) = dump.read(line) else { continue }
      rows.append(
        Self(
          backend: dump.backend, family: dump.family, table: chain.table, chain: chain.name,
          policy: chain.policy, packets: chain.counters?.packets, bytes: chain.counters?.bytes),
        line: input.lineNumber)
    }
  }
}
