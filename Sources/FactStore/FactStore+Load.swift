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

  /// Fills every table that reads the member's item.
  @discardableResult
  public func load(_ input: inout ArtifactInput) throws(FactStoreError) -> LoadSummary {
    let artifact = input.artifact
    return try load(
      &input, as: factTables.filter { $0.tableDescription.artifacts.contains(artifact) })
  }

  /// Fills the given tables from the member. Rows read before a failure are kept.
  @discardableResult
  public func load(
    _ input: inout ArtifactInput, as tables: [any FactTable.Type]
  ) throws(FactStoreError) -> LoadSummary {
    var summary = LoadSummary()
    guard !tables.isEmpty else { return summary }
    var failure: FactStoreError?
    do {
      try queue.write { database in
        do throws(ParseError) {
          if tables.count > 1 { try input.makeRewindable() }
        } catch {
          failure = FactStoreError(.input, "reading \(input.path) failed: \(error)")
        }
        for table in tables where failure == nil {
          input.rewind()
          failure = try parse(table, from: &input, database, &summary)
        }
        let damage = input.damage.reasons.map {
          ParseIssue(path: input.path, line: nil, table: nil, reason: $0)
        }
        summary.issues += damage.count
        try write(damage, database)
      }
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
        try writer.finish()
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

  private func parse<Table: FactTable>(
    _ table: Table.Type, from input: inout ArtifactInput, _ database: Database,
    _ summary: inout LoadSummary
  ) throws -> FactStoreError? {
    let name = table.schema.name
    let isSource = derivedTables.contains { derived in
      derived.sources.contains { $0.tableDescription.name == name }
    }
    let writer = try RowWriter<Table>(database, keeps: isSource)
    var sink = RowSink<Table>(path: input.path) { writer.write($0) }
    var failure: FactStoreError?
    do throws(ParseError) {
      try table.parse(&input, into: &sink)
    } catch {
      failure = FactStoreError(.input, "reading \(input.path) failed: \(error)")
    }
    try writer.finish()
    if isSource {
      let kept = writer.kept
      pending.withLock { pending in
        pending.facts.add(kept)
        pending.isStale = true
      }
    }
    var issues = sink.issues
    if sink.issueCount > issues.count {
      let more = sink.issueCount - issues.count
      issues.append(
        ParseIssue(
          path: input.path, line: nil, table: name, reason: "\(more) further lines like these"))
    }
    try write(issues, database)
    summary.rows += sink.count
    summary.issues += sink.issueCount
    return failure
  }

  private func derive<Table: DerivedTable>(
    _ table: Table.Type, from facts: DerivedInput, _ database: Database
  ) throws {
    try database.execute(sql: "DELETE FROM \"\(table.schema.name)\"")
    let writer = try RowWriter<Table>(database)
    var sink = RowSink<Table>(path: "") { writer.write($0) }
    table.derive(from: facts, into: &sink)
    try writer.finish()
    try write(sink.issues, database)
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
