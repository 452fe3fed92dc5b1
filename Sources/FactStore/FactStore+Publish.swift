public import Facts
import GRDB

extension FactStore {
  /// Every table as queries and exports show it, in the order of the documentation.
  public var publishedTables: [PublishedTable] { Self.published(tables) }

  /// The published form of tables of a store.
  static func published(_ tables: [TableDescription]) -> [PublishedTable] {
    let own = Set(StoreSchema.ownTables.map(\.name))
    return tables.map { PublishedTable($0, hasEvidence: !own.contains($0.name)) }
  }

  /// Hands out the tables as they are published. Nothing may be loaded afterwards.
  public func publish(as origin: FactOrigin) throws(FactStoreError) -> PublishedFacts {
    try finishLoading()
    let tables = publishedTables
    do {
      try queue.writeWithoutTransaction { database in
        try PublishedViews.create(tables, of: origin, in: database)
      }
    } catch {
      throw FactStoreError(.write, "publishing facts failed: \(Self.message(error))")
    }
    return PublishedFacts(queue: queue, tables: tables)
  }
}
