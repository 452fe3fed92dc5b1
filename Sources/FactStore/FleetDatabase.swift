public import Facts
import GRDB

/// The published tables of many bundles in one SQLite database.
public final class FleetDatabase: Sendable {
  /// Marks a file as one of ours: "cnit" in ASCII.
  static let applicationID = 0x636E_6974
  /// How many rows are copied between two looks at whether to give up.
  static let rowsBetweenChecks = 1024

  /// Every table, in the order of the documentation.
  public let tables: [PublishedTable]
  private let queue: DatabaseQueue

  /// Makes the tables in a new file; without one in a temporary file that vanishes with the value.
  public init(
    at path: String? = nil, tables: [PublishedTable]
  ) throws(FactStoreError) {
    self.tables = tables
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        database.applyLimits()
        // Nobody else sees the database before it is finished: nothing has to survive a crash.
        try database.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
      }
      // SQLite keeps a database without a name in a file that it has removed already.
      queue = try DatabaseQueue(path: path ?? "", configuration: configuration)
      try queue.write { database in
        try database.execute(
          sql: """
            PRAGMA application_id = \(Self.applicationID);
            PRAGMA user_version = \(PublishedTable.schemaVersion)
            """)
        for table in tables {
          try database.execute(sql: StoreSchema.createTable(table))
        }
        SQLFunctions.add(to: database)
      }
    } catch {
      throw FactStoreError(.open, "the database could not be made: \(FactStore.message(error))")
    }
  }

  /// Adds all rows of a bundle, or none when that fails.
  ///
  /// - Returns: How many rows there were.
  @discardableResult
  public func add(
    _ bundle: PublishedFacts, isCancelled: @Sendable () -> Bool = { false }
  ) throws(FactStoreError) -> Int {
    do {
      return try bundle.queue.read { input in
        try queue.write { output in
          var count = 0
          for table in tables {
            count += try Self.copy(table, from: input, to: output, isCancelled)
          }
          return count
        }
      }
    } catch let error as FactStoreError {
      throw error
    } catch {
      throw FactStoreError(.write, "writing facts failed: \(FactStore.message(error))")
    }
  }

  private static func copy(
    _ table: PublishedTable, from input: Database, to output: Database, _ isCancelled: () -> Bool
  ) throws -> Int {
    let names = table.columns.map { StoreSchema.quoted($0.name) }.joined(separator: ", ")
    let marks = Array(repeating: "?", count: table.columns.count).joined(separator: ", ")
    let name = StoreSchema.quoted(table.name)
    let insert = try output.makeStatement(
      sql: "INSERT INTO \(name) (\(names)) VALUES (\(marks))")
    let cursor = try Row.fetchCursor(input, sql: "SELECT \(names) FROM \(name)")
    var count = 0
    while let row = try cursor.next() {
      count += 1
      if count % rowsBetweenChecks == 0, isCancelled() {
        throw FactStoreError(.cancelled, "it was interrupted")
      }
      // The number of values is that of the columns: it needs no check for every row.
      insert.setUncheckedArguments(StatementArguments(Array(row.databaseValues)))
      try insert.execute()
    }
    return count
  }

  /// The tables for reading.
  public var reader: PublishedFacts { PublishedFacts(queue: queue, tables: tables) }

  /// Ends writing: the file is complete and closed afterwards.
  public func close() throws(FactStoreError) {
    do {
      try queue.close()
    } catch {
      throw FactStoreError(.write, "closing the database failed: \(FactStore.message(error))")
    }
  }
}
