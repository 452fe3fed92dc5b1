import Facts
import GRDB

extension PublishedFacts {
  /// Opens a database that an export wrote, or that an analysis kept, for reading only.
  public init(file path: String) throws(FactStoreError) {
    let known = FactStore.published(FactCatalog.descriptions + StoreSchema.ownTables)
    let queue: DatabaseQueue
    let found: FileContent
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.prepareDatabase { database in
        database.applyLimits()
        // The file is foreign: what its schema says may not run functions.
        try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
      }
      queue = try DatabaseQueue(path: path, configuration: configuration)
      found = try queue.read { try FileContent($0) }
    } catch {
      throw FactStoreError(.open, "\(path) cannot be opened: \(FactStore.message(error))")
    }
    guard found.tables.contains(BundleInfoRow.tableDescription.name) else {
      throw FactStoreError(.open, "\(path) holds no facts")
    }
    let tables = known.filter { found.tables.contains($0.name) }
    if found.application == FleetDatabase.applicationID {
      guard found.version == PublishedTable.schemaVersion else {
        throw FactStoreError(
          .open,
          "\(path) has tables of version \(found.version), not \(PublishedTable.schemaVersion)")
      }
      self.init(queue: queue, tables: tables)
      queue.writeWithoutTransaction { database in
        SQLFunctions.add(to: database)
      }
    } else {
      self.init(queue: queue, tables: tables)
      do {
        let origin = try queue.read { try FileContent.origin($0, path: path) }
        try queue.writeWithoutTransaction { database in
          try PublishedViews.create(tables, of: origin, in: database)
        }
      } catch {
        throw FactStoreError(.open, "\(path) cannot be read: \(FactStore.message(error))")
      }
    }
  }

  private struct FileContent {
    let tables: Set<String>
    let application: Int
    let version: Int

    init(_ database: Database) throws {
      tables = Set(
        try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'"))
      application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Where the facts of a kept database come from.
    static func origin(_ database: Database, path: String) throws -> FactOrigin {
      let row = try Row.fetchOne(
        database, sql: "SELECT bundle_id, collected_at_us, host FROM bundle_info LIMIT 1")
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return FactOrigin(
        bundleID: row?["bundle_id"] as String? ?? name, nodeID: row?["host"],
        collectedAtUs: row?["collected_at_us"])
    }
  }
}
