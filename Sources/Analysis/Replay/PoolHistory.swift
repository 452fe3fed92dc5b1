public import BundleReader
import FactStore
import Facts
public import IPAMReplay
public import ReplayRendering
import ReportModel

/// The history of the address pool of one bundle.
public struct PoolHistory: Sendable {
  /// Shown name of the node.
  public let node: String
  /// What the replay found.
  public let result: ReplayResult
  let snapshotFaults: [ReplayReport.SnapshotFault]

  /// Reads a bundle and replays its logs.
  public init(_ input: BundleInput, acceptsDamage: Bool = false) throws(AnalysisError) {
    do {
      let source = try SupportBundle.open(input, acceptsDamage: acceptsDamage)
      let facts = try LoadedFacts(source, database: nil)
      guard let result = facts.replay else { throw AnalysisError.noPoolLog(source.name) }
      let shown = try InputDescription.node(facts.store, source.manifest)
      node = shown.id ?? shown.host ?? source.name
      self.result = result
      snapshotFaults = try Self.snapshotFaults(facts.store)
    } catch {
      throw AnalysisError(of: error)
    }
  }

  /// A report of the whole history.
  public var report: ReplayReport {
    var report = ReplayReport(node: node, result: result)
    report.snapshotFaults = snapshotFaults
    return report
  }

  private static func snapshotFaults(
    _ store: FactStore
  ) throws -> [ReplayReport.SnapshotFault] {
    let sql = """
      SELECT fault, name, confidence, subject, cause, detail, artifact, line FROM replay_fault
      WHERE epoch = 0 ORDER BY fault, rowid
      """
    return try store.query(sql).rows.map { row in
      func text(_ index: Int) -> String? {
        guard case .text(let text) = row[index] else { return nil }
        return text
      }
      var source = text(6) ?? ""
      if case .integer(let line) = row[7] { source += ":\(line)" }
      return ReplayReport.SnapshotFault(
        id: text(0) ?? "", name: text(1) ?? "", confidence: text(2) ?? "", subject: text(3),
        cause: text(4), detail: text(5) ?? "", source: source)
    }
  }
}

extension AnalysisError {
  static func noPoolLog(_ name: String) -> AnalysisError {
    AnalysisError(
      code: "E311", what: "\(name) holds no log of ipamd about its pool",
      why: "ipamd.log was not collected, or ipamd writes it elsewhere (AWS_VPC_K8S_CNI_LOG_FILE)",
      remedy: "collect on the node again, or look at the pool's state with cnitriage analyze",
      exitCode: 4)
  }
}
