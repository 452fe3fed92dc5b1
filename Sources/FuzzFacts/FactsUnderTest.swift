import BundleModel
import Facts

/// Feeds bytes to every table, as every item that the table reads.
enum FactsUnderTest {
  static func feed(_ bytes: [UInt8]) {
    var derived = DerivedInput()
    for reader in FactCatalog.readers { feed(bytes, to: reader, &derived) }
    for table in FactCatalog.derived { derive(table, derived) }
  }

  private static func feed(
    _ bytes: [UInt8], to reader: any FactReader.Type, _ derived: inout DerivedInput
  ) {
    for artifact in reader.artifacts {
      let path = Catalog.artifact(artifact).map { member($0) } ?? "x"
      var input = ArtifactInput(
        artifact: artifact, path: path, referenceTimeUs: 1_932_887_761_000_000, bytes: bytes)
      var sinks = TableSinks()
      let taken = reader.tables.map { open($0, path, &sinks) }
      do throws(ParseError) {
        try reader.read(&input, into: &sinks)
      } catch {
        preconditionFailure("memory does not fail: \(error)")
      }
      for rows in taken { rows.handOver(to: &derived) }
    }
  }

  private static func open<Row: FactRow>(
    _ table: Row.Type, _ path: String, _ sinks: inout TableSinks
  ) -> any TakenRows {
    let taken = RowsOfTable<Row>()
    sinks.open(
      RowSink<Row>(path: path) { row in
        _ = Row.schema.values(of: row.row)
        taken.rows.append(row)
      })
    return taken
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

/// The rows that one table got, without their type.
private protocol TakenRows {
  func handOver(to derived: inout DerivedInput)
}

private final class RowsOfTable<Row: FactRow>: TakenRows {
  var rows: [Located<Row>] = []

  func handOver(to derived: inout DerivedInput) { derived.add(rows) }
}
