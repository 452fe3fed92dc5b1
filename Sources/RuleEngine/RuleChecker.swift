import BundleModel
public import FactStore
import Facts

/// Proves that a rule can run, against the tables of a store, before anything is judged.
public struct RuleChecker {
  /// Columns that mean something to the runner; any other one is a placeholder of the message.
  public static let reservedColumns = [
    "artifact", "line", "pointer", "note", "time_us", "severity", "cause", "subject", "first_us",
    "count", "resolved",
  ]

  private let store: FactStore

  /// Makes a checker; the store may be empty.
  public init(_ store: FactStore) {
    self.store = store
  }

  /// Refuses a rule whose statements don't compile or whose message wants what they don't return.
  public func check(_ rule: RuleDefinition) throws(RuleError) {
    let columns = try columns(of: rule.query, in: rule)
    try require(["artifact", "line"], in: columns, of: rule.query, rule)
    for template in [rule.message, rule.resolved].compactMap({ $0 }) {
      for name in template.placeholders where !columns.contains(name) {
        let near = NearestName.to(name, among: columns)
        throw RuleError(
          file: rule.file, line: rule.query.line, what: "the query has no column `\(name)`",
          why: "the message wants `{\(name)}`",
          remedy: near.map { "nearest: `\($0)`" } ?? "add `… AS \(name)` to the SELECT")
      }
    }
    if rule.resolved != nil { try require(["resolved"], in: columns, of: rule.query, rule) }
    if let evidence = rule.evidence {
      try require(
        ["artifact", "line"], in: try self.columns(of: evidence, in: rule), of: evidence, rule)
    }
    for guardian in [rule.applies, rule.unless].compactMap({ $0 }) {
      try require(["reason"], in: try self.columns(of: guardian, in: rule), of: guardian, rule)
    }
  }

  private func require(
    _ names: [String], in columns: [String], of sql: SQLText, _ rule: RuleDefinition
  ) throws(RuleError) {
    for name in names where !columns.contains(name) {
      throw RuleError(
        file: rule.file, line: sql.line, what: "the statement returns no column `\(name)`",
        why: "the report is made of it", remedy: "add `… AS \(name)` to the SELECT")
    }
  }

  private func columns(
    of sql: SQLText, in rule: RuleDefinition
  ) throws(RuleError) -> [String] {
    do {
      let columns = try store.check(sql.text)
      for (index, name) in columns.enumerated() where columns[..<index].contains(name) {
        throw RuleError(
          file: rule.file, line: sql.line, what: "two columns are called `\(name)`",
          why: "each value needs a name of its own", remedy: "rename one with `AS`")
      }
      return columns
    } catch let error as RuleError {
      throw error
    } catch let error as FactStoreError {
      throw RuleError(
        file: rule.file, line: sql.line(at: error.position ?? 0), what: error.reason,
        why: error.kind == .syntax
          ? "SQL is checked against the schema before running"
          : "a rule is one SELECT that can only read",
        remedy: suggestion(for: error.reason) ?? error.remedy)
    } catch {
      throw RuleError(
        file: rule.file, line: sql.line, what: "\(error)", why: "SQL is checked before running",
        remedy: "correct the statement")
    }
  }

  /// SQLite names what it doesn't know; the nearest thing that it does know is what was meant.
  private func suggestion(for reason: String) -> String? {
    if let name = reason.wordAfter("no such column: ") {
      let column = name.split(separator: ".").last.map(String.init) ?? name
      let known = store.tables.flatMap { table in table.columns.map(\.name) }
      return NearestName.to(column, among: Set(known)).map { "nearest: `\($0)`" }
    }
    if let name = reason.wordAfter("no such table: ") {
      return NearestName.to(name, among: store.tables.map(\.name)).map { "nearest: `\($0)`" }
    }
    return nil
  }
}

extension String {
  fileprivate func wordAfter(_ prefix: String) -> String? {
    guard hasPrefix(prefix) else { return nil }
    return String(dropFirst(prefix.count).prefix { !$0.isWhitespace })
  }
}
