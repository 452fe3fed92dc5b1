import BundleModel

/// A netfilter table, and whether its dump is complete.
public struct IptablesTable: FactTable {
  var backend: String
  var family: String
  var table: String
  var isComplete: Bool

  /// The declaration of `iptables_table`.
  public static let schema = Schema<Self>(
    "iptables_table", "Netfilter tables that were dumped.", from: .iptablesDumps,
    columns: [
      Column("backend", \.backend, "Kernel interface that holds the table: nft or legacy."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("tbl", \.table, "Netfilter table: filter, nat, mangle, raw or security."),
      Column("complete", \.isComplete, "1 if the dump of the table reaches its COMMIT; else 0."),
    ])

  /// Reads the lines at which tables start and end.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesSave(input)
    var open: (row: Self, line: Int)?
    while let line = try input.nextLine() {
      switch dump.read(line) {
      case .table(let name):
        if let open { rows.append(open.row, line: open.line) }
        open = (
          Self(backend: dump.backend, family: dump.family, table: name, isComplete: false),
          input.lineNumber
        )
      case .commit:
        guard let (first, line) = open else { continue }
        var row = first
        row.isComplete = true
        rows.append(row, line: line)
        open = nil
      default: break
      }
    }
    if let open { rows.append(open.row, line: open.line) }
  }
}
