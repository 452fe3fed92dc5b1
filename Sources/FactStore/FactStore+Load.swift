public import Facts
import GRDB
import Synchronization

extension FactStore {
  /// What loading one member did.
  public struct LoadSummary: Sendable, Hashable {
    /// Rows added, over all tables.
    public var rows = 0
    /// Lines and values that could not be read.
    public var issues = 0
  }

  /// Fills every table that has facts in the member's item. Rows read before a failure are kept.
  ///
  /// The member is read once by each of the item's readers. Only if there are several, its bytes
  /// are kept, up to the bound of a document.
  @discardableResult
  public func load(_ input: inout ArtifactInput) throws(FactStoreError) -> LoadSummary {
    let artifact = input.artifact
    let readers = readers.filter { $0.artifacts.contains(artifact) }
    var summary = LoadSummary()
    guard !readers.isEmpty else { return summary }
    do throws(ParseError) {
      if readers.count > 1 { try input.makeRewindable() }
    } catch {
      throw FactStoreError(.input, "reading \(input.path) failed: \(error)")
    }
    var failure: FactStoreError?
    do {
      for reader in readers where failure == nil {
        input.rewind()
        failure = try read(&input, with: reader, &summary)
      }
      let damage = input.damage.reasons.map {
        ParseIssue(path: input.path, line: nil, table: nil, reason: $0)
      }
      summary.issues += damage.count
      try write(damage)
    } catch {
      throw FactStoreError(.write, "writing facts failed: \(Self.message(error))")
    }
    if let failure { throw failure }
    return summary
  }

  /// Adds rows to a table that a later stage computes.
  public func insert<Row: FactRow>(_ rows: [Located<Row>]) throws(FactStoreError) {
    guard tables.contains(where: { $0.name == Row.schema.name }) else {
      throw FactStoreError(.unknownTable, "the store has no table \(Row.schema.name)")
    }
    do {
      try queue.write { database in
        let writer = try RowWriter<Row>(database)
        for row in rows { writer.write(row) }
        try writer.check()
      }
    } catch {
      throw FactStoreError(.write, "writing facts failed: \(Self.message(error))")
    }
  }

  /// Adds a row to `bundle_item`.
  public func record(_ item: BundleItemRow) throws(FactStoreError) {
    try record(item.values, in: BundleItemRow.tableDescription)
  }

  /// Sets the row of `bundle_info`.
  public func record(_ info: BundleInfoRow) throws(FactStoreError) {
    try record(info.values, in: BundleInfoRow.tableDescription, replacing: true)
  }

  /// Adds a row to `parse_issue`.
  public func record(_ issue: ParseIssue) throws(FactStoreError) {
    try record(issue.values, in: ParseIssue.tableDescription)
  }

  /// Computes the derived tables from what was loaded so far. Queries do it on their own.
  public func finishLoading() throws(FactStoreError) {
    let facts: DerivedInput? = pending.withLock { pending in
      defer { pending.isStale = false }
      return pending.isStale ? pending.facts : nil
    }
    guard let facts else { return }
    do {
      try queue.write { database in
        for table in derivedTables { try derive(table, from: facts, database) }
      }
    } catch {
      throw FactStoreError(.write, "writing facts failed: \(Self.message(error))")
    }
  }

  private func record(
    _ values: [FactValue], in table: TableDescription, replacing: Bool = false
  ) throws(FactStoreError) {
    do {
      try queue.write { database in
        if replacing { try database.execute(sql: "DELETE FROM \"\(table.name)\"") }
        try database.execute(
          sql: StoreSchema.insert(table, hasEvidence: false),
          arguments: StatementArguments(values.map(\.databaseValue)))
      }
    } catch {
      throw FactStoreError(.write, "writing facts failed: \(Self.message(error))")
    }
  }

  private func read(
    _ input: inout ArtifactInput, with reader: any FactReader.Type, _ summary: inout LoadSummary
  ) throws -> FactStoreError? {
    let feed = RowFeed(self, reader.tables)
    var sinks = feed.sinks(input.path)
    var failure: FactStoreError?
    do throws(ParseError) {
      try reader.read(&input, into: &sinks)
    } catch {
      failure = FactStoreError(.input, "reading \(input.path) failed: \(error)")
    }
    try feed.finish()
    for tally in sinks.tallies {
      var issues = tally.issues
      if tally.issueCount > issues.count {
        let more = tally.issueCount - issues.count
        issues.append(
          ParseIssue(
            path: input.path, line: nil, table: tally.table,
            reason: "\(more) further lines like these"))
      }
      try write(issues)
      summary.rows += tally.rows
      summary.issues += tally.issueCount
    }
    return failure
  }

  private func derive<Table: DerivedTable>(
    _ table: Table.Type, from facts: DerivedInput, _ database: Database
  ) throws {
    try database.execute(sql: "DELETE FROM \"\(table.schema.name)\"")
    let writer = try RowWriter<Table>(database)
    var sink = RowSink<Table>(path: "") { writer.write($0) }
    table.derive(from: facts, into: &sink)
    try writer.check()
    try write(sink.issues, database)
  }

  private func write(_ issues: [ParseIssue]) throws {
    guard !issues.isEmpty else { return }
    try queue.write { try write(issues, $0) }
  }

  private func write(_ issues: [ParseIssue], _ database: Database) throws {
    guard !issues.isEmpty else { return }
    let statement = try database.makeStatement(
      sql: StoreSchema.insert(ParseIssue.tableDescription, hasEvidence: false))
    for issue in issues {
      try statement.execute(arguments: StatementArguments(issue.values.map(\.databaseValue)))
    }
  }
}
