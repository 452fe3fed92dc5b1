import BundleModel
public import FactStore
import Facts
public import ReportModel

/// Runs rules over the facts of one bundle. A rule that cannot be judged is an outcome, never an
/// error that ends the run.
public struct RuleRunner {
  /// How long one statement of a rule may run and how many rows it may return.
  public static let limits = QueryLimits(time: .seconds(2), rows: 1000)
  /// How many places one finding shows of its own rows, and as many again of its rule's further
  /// evidence; the rest is counted.
  public static let evidencePerFinding = 8

  private let store: FactStore
  private let coverage: Coverage
  private let limits: QueryLimits

  /// Makes a runner over a loaded store.
  public init(_ store: FactStore, items: ItemStates, limits: QueryLimits = Self.limits) {
    self.store = store
    self.limits = limits
    coverage = Coverage(store: store, items: items)
  }

  /// What becomes of a rule.
  public func judge(_ rule: RuleDefinition) -> Outcome {
    evaluate(rule).outcome
  }

  /// The outcome and, for each finding, the values of its first row, for examples to look at.
  func evaluate(_ rule: RuleDefinition) -> (outcome: Outcome, values: [[String: FactValue]]) {
    do {
      if let applies = rule.applies, let why = try reason(applies) {
        return (.notApplicable(why: why.text), [])
      }
      let needs = try coverage.needs(of: rule)
      if let missing = coverage.missing(needs) { return (.unknown(missing), []) }
      let result = try store.query(rule.query.text, limits: limits)
      guard !result.rows.isEmpty else {
        if let unless = rule.unless, let why = try reason(unless) {
          return (.unknown(why), [])
        }
        if let doubt = try coverage.doubt(needs, of: rule) { return (.unknown(doubt), []) }
        return (.quiet, [])
      }
      let further = try rule.evidence.map { (sql) throws(FactStoreError) in
        RowReader(try store.query(sql.text, limits: limits))
      }
      var builder = FindingBuilder(rule)
      for row in RowReader(result).rows { builder.add(row) }
      for row in further?.rows ?? [] { builder.addEvidence(row) }
      return builder.finish()
    } catch {
      return (.unknown(Self.missing(after: error)), [])
    }
  }

  private func reason(_ sql: SQLText) throws(FactStoreError) -> MissingFact? {
    let rows = RowReader(try store.query(sql.text, limits: limits)).rows
    guard let first = rows.first, let text = first.text("reason") else { return nil }
    return MissingFact(reason: "condition", item: first.text("item"), text: text)
  }

  private static func missing(after error: FactStoreError) -> MissingFact {
    error.kind == .timeLimit
      ? MissingFact(
        reason: "time-limit", item: nil,
        text: "its query was stopped after \(limits.time.components.seconds) s")
      : MissingFact(reason: "query-failed", item: nil, text: "its query failed: \(error.reason)")
  }
}

/// Rows by column name.
struct RowReader {
  let rows: [Row]

  struct Row {
    let values: [String: FactValue]

    func text(_ name: String) -> String? {
      switch values[name] {
      case .text(let text): text
      case .integer(let number): String(number)
      case .real(let number): "\(number)"
      case .null, nil: nil
      }
    }

    func integer(_ name: String) -> Int64? {
      if case .integer(let number) = values[name] { return number }
      return nil
    }
  }

  init(_ result: QueryResult) {
    rows = result.rows.map { row in
      Row(values: Dictionary(zip(result.columns, row)) { first, _ in first })
    }
  }
}
