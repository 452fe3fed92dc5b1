import BundleModel
public import BundleReader
public import FactStore
public import Facts
import ReportModel

/// The facts of one bundle as they are published.
public struct BundleFacts: Sendable {
  /// The shown name of the input.
  public let name: String
  /// Where the facts come from.
  public let origin: FactOrigin
  /// The tables.
  public let reader: PublishedFacts
  /// What was odd about the input without making it unreadable.
  public let notes: [String]

  /// Reads a bundle.
  public init(_ input: BundleInput, acceptsDamage: Bool = false) throws(AnalysisError) {
    do {
      try self.init(SupportBundle.open(input, acceptsDamage: acceptsDamage))
    } catch {
      throw AnalysisError(of: error)
    }
  }

  init(_ source: some EvidenceSource) throws {
    let facts = try LoadedFacts(source, database: nil)
    let node = try InputDescription.node(facts.store, source.manifest)
    origin = FactOrigin(
      bundleID: Self.id(source), cluster: try Self.cluster(facts.store, source.manifest),
      nodeID: node.id ?? node.host, collectedAtUs: facts.collectedAtUs)
    reader = try facts.store.publish(as: origin)
    name = source.name
    notes = source.notes
  }

  /// A bundle of another tool, or of an interrupted run, has no id of its own.
  private static func id(_ source: some EvidenceSource) -> String {
    if let id = source.manifest?.bundleID, !id.isEmpty { return id }
    for suffix in [".tar.zst", ".tar.gz", ".tar.xz", ".tgz", ".tar"]
    where source.name.hasSuffix(suffix) {
      return String(source.name.dropLast(suffix.utf8.count))
    }
    return source.name
  }

  private static func cluster(_ store: FactStore, _ manifest: Manifest?) throws -> String? {
    if let name = manifest?.cluster?.name ?? manifest?.labels?["cluster"] { return name }
    // EKS tells its add-on which cluster it serves.
    let sql = """
      SELECT value FROM container_env WHERE name = 'CLUSTER_NAME' AND value IS NOT NULL
      ORDER BY container = 'aws-node' DESC, artifact, line LIMIT 1
      """
    guard case .text(let name) = try store.query(sql).rows.first?.first, !name.isEmpty else {
      return nil
    }
    return name
  }

  /// Every published table of this version, in the order of the documentation.
  public static func tables() throws(AnalysisError) -> [PublishedTable] {
    do throws(FactStoreError) {
      return try FactStore().publishedTables
    } catch {
      throw AnalysisError(error)
    }
  }
}
