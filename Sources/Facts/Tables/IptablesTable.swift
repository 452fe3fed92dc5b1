import BundleModel

/// A netfilter table, and whether its dump is complete.
public struct IptablesTable: FactTable {
  var backend: String
  var family: String
  var table: String
  var isComplete: Bool
  var program: String
  var spelling: String
  var hasCounters: Bool

  /// The declaration of `iptables_table`.
  public static let schema = Schema<Self>(
    "iptables_table", "Netfilter tables that were dumped, once for each dump.",
    from: .iptablesDumps,
    columns: [
      Column(
        "backend", \.backend,
        "Kernel interface that holds the table: nft or legacy; default if the text does not say."),
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("tbl", \.table, "Netfilter table: filter, nat, mangle, raw or security."),
      Column(
        "complete", \.isComplete,
        "1 if the dump reaches its COMMIT or, as a listing, ends with a whole line; else 0."),
      Column(
        "program", \.program, "Which of the node's programs printed it: default, nft, legacy."),
      Column(
        "spelling", \.spelling,
        "save, rules (-S), list (-L -v) or plain-list (-L, which hides interfaces)."),
      Column("has_counters", \.hasCounters, "1 if its rules carry counters; else 0."),
    ])

  /// Reads the lines at which tables start and end.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesDump(input)
    var open: (row: Self, line: Int)?
    var hasFooter = false
    while let entry = try dump.next(&input) {
      switch entry.item {
      case .table(let name):
        if let open { rows.append(open.row, line: open.line) }
        open = (Self(dump, name), entry.line)
      case .commit:
        guard let (first, line) = open else { continue }
        var row = first
        row.isComplete = true
        rows.append(row, line: line)
        open = nil
      case .chain(let chain):
        // Listings name no table; a command in front may have changed it.
        guard dump.spelling != .save, open?.row.table != chain.table else { continue }
        if let open { rows.append(open.row, line: open.line) }
        open = (Self(dump, chain.table), entry.line)
        open?.row.isComplete = true
      case .rule(let rule):
        if rule.counters != nil { open?.row.hasCounters = true }
      case .footer: hasFooter = true
      default: break
      }
    }
    if let (first, line) = open {
      var row = first
      if input.damage.endsInsideLine || input.damage.omissions > 0 { row.isComplete = false }
      rows.append(row, line: line)
    } else if hasFooter, rows.count == 0 {
      rows.unreadable("the listing is empty: the program failed", line: nil)
    }
  }

  private init(_ dump: IptablesDump, _ table: String) {
    backend = dump.backend
    family = dump.family
    self.table = table
    isComplete = false
    program = dump.program
    spelling = (dump.spelling ?? .save).rawValue
    hasCounters = false
  }
}
