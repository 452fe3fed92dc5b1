public import Facts
import GRDB
import Synchronization

/// The facts of one bundle as tables that SQL can ask.
///
/// Load members, record the manifest's items, then query. Tables that are computed from others are
/// filled before the first query after a load.
public final class FactStore: Sendable {
  /// The declarations of every table, in the order of the documentation.
  public let tables: [TableDescription]

  let queue: DatabaseQueue
  let readers: [any FactReader.Type]
  let derivedTables: [any DerivedTable.Type]
  let pending: Mutex<Pending>

  /// Rows that derived tables need, and whether they were computed from them.
  struct Pending {
    var facts = DerivedInput()
    var isStale: Bool
  }

  /// Makes a store for as long as it is used, or in a new file.
  ///
  /// - Parameters:
  ///   - path: The file, which must not exist or be an empty database; nil for memory, of which no
  ///     more is taken than SQLite's cache: what is beyond goes to a file without a name.
  ///   - readers: What `load` reads with; the store has the tables that they fill.
  ///   - derived: Tables that are computed from the former.
  ///   - results: Tables that a later stage fills through `insert`.
  public init(
    at path: String? = nil, readers: [any FactReader.Type] = FactCatalog.readers,
    derived: [any DerivedTable.Type] = FactCatalog.derived,
    results: [any FactRow.Type] = FactCatalog.concluded
  ) throws(FactStoreError) {
    self.readers = readers
    derivedTables = derived
    pending = Mutex(Pending(isStale: !derived.isEmpty))
    let described =
      FactCatalog.tables(of: readers).map { $0.tableDescription }
      + derived.map { $0.tableDescription }
      + results.map { $0.tableDescription }
    self.tables = described + StoreSchema.ownTables
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        database.applyLimits()
        SQLFunctions.add(to: database)
        // The file is a copy of what the bundle holds: losing it in a crash costs nothing.
        try database.execute(
          sql: "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536")
      }
      queue = try DatabaseQueue(path: path ?? "", configuration: configuration)
      try queue.write { database in
        for table in described {
          try database.execute(sql: StoreSchema.createTable(table, hasEvidence: true))
        }
        for table in StoreSchema.ownTables {
          try database.execute(sql: StoreSchema.createTable(table, hasEvidence: false))
        }
      }
    } catch {
      throw FactStoreError(.open, "the database could not be made: \(Self.message(error))")
    }
  }

  static func message(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return error.message ?? "SQLite error \(error.resultCode.rawValue)"
  }
}
