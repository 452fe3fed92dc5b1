import BundleModel
import Facts

/// Feeds bytes to every table, as every item that the table reads.
enum FactsUnderTest {
  static func feed(_ bytes: [UInt8]) {
    var derived = DerivedInput()
    for table in FactCatalog.all { feed(bytes, to: table, &derived) }
    for table in FactCatalog.derived { derive(table, derived) }
  }

  private static func feed<Table: FactTable>(
    _ bytes: [UInt8], to table: Table.Type, _ derived: inout DerivedInput
  ) {
    for artifact in table.schema.artifacts {
      let path = Catalog.artifact(artifact).map { member($0) } ?? "x"
      var input = ArtifactInput(
        artifact: artifact, path: path, referenceTimeUs: 1_932_887_761_000_000, bytes: bytes)
      var rows: [Located<Table>] = []
      var sink = RowSink<Table>(path: path) { row in
        _ = Table.schema.values(of: row.row)
        rows.append(row)
      }
      do throws(ParseError) {
        try table.parse(&input, into: &sink)
      } catch {
        preconditionFailure("memory does not fail: \(error)")
      }
      derived.add(rows)
    }
  }

  private static func derive<Table: DerivedTable>(_ table: Table.Type, _ input: DerivedInput) {
    var sink = RowSink<Table>(path: "") { _ = Table.schema.values(of: $0.row) }
    table.derive(from: input, into: &sink)
  }

  private static func member(_ artifact: Artifact) -> String {
    guard case .files(let patterns) = artifact.source else { return artifact.path }
    switch artifact.id {
    case .networkdFiles: return artifact.path + "/etc/systemd/network/99-default.link"
    case .cniConfiguration: return artifact.path + "/10-aws.conflist"
    case .checkpoint: return artifact.path + "/ipam.json"
    default: return artifact.path + (patterns.first ?? "/x")
    }
  }
}
