import BundleReader
public import FactStore
import Facts

/// What a query can be put to.
public struct FactSource: Sendable {
  /// The tables.
  public let reader: PublishedFacts
  /// How reading the bundles went.
  public let summary: FactInputs.Summary

  /// Opens a database, or reads bundles. One bundle stays in memory; several are copied to a
  /// temporary database on disk.
  ///
  /// - Parameters:
  ///   - inputs: what to read.
  ///   - acceptsDamage: whether damaged archives are read as far as they go.
  ///   - isCancelled: asked now and then whether to give up.
  ///   - report: gets the error of every one of several bundles that is left out.
  public init(
    _ inputs: FactInputs, acceptsDamage: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false }, report: (AnalysisError) -> Void
  ) throws(AnalysisError) {
    switch inputs {
    case .database(let path):
      do throws(FactStoreError) {
        reader = try PublishedFacts(file: path)
      } catch {
        throw AnalysisError(
          code: "E309", what: error.reason,
          why: "it was damaged, or written by something else than cnitriage",
          remedy: "pass a bundle, or a file of export --to sqlite=FILE or analyze --db FILE",
          exitCode: 3)
      }
      summary = FactInputs.Summary(read: 1, failed: 0)
    case .bundles(let bundles) where bundles.count == 1:
      reader = try BundleFacts(bundles[0], acceptsDamage: acceptsDamage).reader
      summary = FactInputs.Summary(read: 1, failed: 0)
    case .bundles(let bundles):
      let fleet = try Self.fleet(tables: BundleFacts.tables())
      summary = try FactInputs.read(
        bundles, acceptsDamage: acceptsDamage, isCancelled: isCancelled, report: report
      ) { bundle throws(AnalysisError) in
        do throws(FactStoreError) {
          try fleet.add(bundle.reader, isCancelled: isCancelled)
        } catch {
          throw AnalysisError(error)
        }
      }
      reader = fleet.reader
    }
  }

  private static func fleet(tables: [PublishedTable]) throws(AnalysisError) -> FleetDatabase {
    do throws(FactStoreError) {
      return try FleetDatabase(tables: tables)
    } catch {
      throw AnalysisError(error)
    }
  }
}
