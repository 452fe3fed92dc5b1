import BundleModel
import FactStore
import Facts

/// Explains what is wrong with a statement: which name was meant, which bound was met.
struct QueryAdvice {
  private let tables: [PublishedTable]
  private let sql: String

  init(_ tables: [PublishedTable], _ sql: String) {
    self.tables = tables
    self.sql = sql
  }

  func explained(_ error: FactStoreError) -> AnalysisError {
    switch error.kind {
    case .refused: return refused(error.reason)
    case .syntax: return syntax(error)
    case .timeLimit, .memoryLimit:
      return AnalysisError(
        code: "E405", what: error.reason, why: "it reads or sorts more than its bounds allow",
        remedy: error.kind == .timeLimit
          ? "narrow it with WHERE, join on bundle_id too, or --timeout SECONDS"
          : "narrow it with WHERE, or leave ORDER BY out and sort the result",
        exitCode: 4)
    case .cancelled:
      return AnalysisError(
        code: "E406", what: error.reason, why: "a signal asked for it", remedy: "start it again",
        exitCode: 130)
    case .execution:
      return AnalysisError(
        code: "E407", what: "the query failed: \(error.reason)",
        why: "a value does not fit what the statement does with it",
        remedy: "correct the statement", exitCode: 2)
    case .open, .write, .input, .unknownTable: return AnalysisError(error)
    }
  }

  private func refused(_ reason: String) -> AnalysisError {
    AnalysisError(
      code: "E404", what: reason, why: "facts are only read, by one SELECT at a time",
      remedy: "write one SELECT, or WITH ... SELECT", exitCode: 2)
  }

  func unknownTable(_ name: String) -> AnalysisError {
    let near = NearestName.to(name.lowercased(), among: tables.map(\.name))
    return AnalysisError(
      code: "E401", what: "no such table `\(name)`",
      why: "names are checked against the tables before anything runs",
      remedy: (near.map { "nearest: `\($0)`; " } ?? "") + ".tables", exitCode: 2)
  }

  private func syntax(_ error: FactStoreError) -> AnalysisError {
    let parts = error.reason.split(separator: ": ", maxSplits: 1).map(String.init)
    let name = parts.count == 2 ? parts[1] : ""
    switch parts.first {
    case "no such table": return unknownTable(name)
    case "no such column": return unknownColumn(name)
    default:
      let place = error.position.map { " (at \(self.place($0)))" } ?? ""
      return AnalysisError(
        code: "E401", what: "\(error.reason)\(place)",
        why: "the statement is checked against the tables before it runs",
        remedy: "correct it there; names: .tables, .schema TABLE", exitCode: 2)
    }
  }

  private func unknownColumn(_ name: String) -> AnalysisError {
    let column = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let words = Set(
      sql.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    let named = tables.filter { words.contains($0.name) }
    let candidates = named.isEmpty ? tables : named
    let near = NearestName.to(column, among: Set(candidates.flatMap { $0.columns.map(\.name) }))
    let table = candidates.first { table in
      near == nil ? !named.isEmpty : table.columns.contains { $0.name == near }
    }
    let advice = [near.map { "nearest: `\($0)`" }, ".schema \(table?.name ?? "TABLE")"]
    return AnalysisError(
      code: "E401", what: "no such column `\(name)`",
      why: "names are checked against the tables before anything runs",
      remedy: advice.compactMap { $0 }.joined(separator: "; "), exitCode: 2)
  }

  /// Line and column of a byte of the statement, counted from 1.
  private func place(_ offset: Int) -> String {
    let before = Array(sql.utf8.prefix(offset))
    let line = before.count { $0 == 0x0A } + 1
    let column = before.reversed().prefix { $0 != 0x0A }.count + 1
    return line == 1 ? "column \(column)" : "line \(line), column \(column)"
  }
}
