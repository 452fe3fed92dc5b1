import FoundationEssentials
public import ReportModel

/// Findings that are known and don't count.
public struct Baseline: Sendable {
  /// The name of its JSON form.
  static let schemaName = "cnitriage.baseline/1"

  /// The file, as the user named it.
  public let file: String
  private let entries: [Entry]

  /// A finding that is known.
  struct Entry: Codable, Sendable, Hashable {
    var fingerprint: String
    var rule: String
    var subject: String
  }

  private struct Document: Codable {
    var schema: String
    var rules: String
    var findings: [Entry]
  }

  /// Reads a file.
  init(text: String, file: String) throws(AnalysisError) {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)),
      document.schema == Self.schemaName
    else {
      throw AnalysisError(
        code: "E405", what: "\(file) is no baseline", why: "its schema is not \(Self.schemaName)",
        remedy: "write one with --write-baseline", exitCode: 2)
    }
    self.file = file
    entries = document.findings
  }

  /// Refuses a baseline that names rules which are gone: what it knew would count as new.
  func check(known: [String]) throws(AnalysisError) {
    let gone = Set(entries.map(\.rule)).subtracting(known).filter { !$0.hasPrefix("config/") }
    guard !gone.isEmpty else { return }
    throw AnalysisError(
      code: "E403",
      what: "\(file) names \(gone.count) rules that no longer exist: "
        + gone.sorted().prefix(4).joined(separator: ", "),
      why: "rules were renamed, or rules of your own are not loaded",
      remedy: "--write-baseline again, or add --rules DIR", exitCode: 2)
  }

  /// Whether a finding is known.
  func knows(_ finding: Finding) -> Bool {
    entries.contains { $0.fingerprint == finding.fingerprint }
  }

  /// What to say of entries that occur no more; nil if all do.
  func pruning(_ report: Report) -> String? {
    let asked = Set(report.passed.map(\.rule) + report.findings.map(\.rule))
    let found = Set(report.findings.map(\.fingerprint))
    let gone = entries.filter { asked.contains($0.rule) && !found.contains($0.fingerprint) }
    guard !gone.isEmpty else { return nil }
    let names = gone.prefix(5).map { "\($0.rule) \($0.subject)" }
    let more = gone.count > 5 ? ", and \(gone.count - 5) more" : ""
    return
      "\(gone.count) findings of \(file) occur no more: \(names.joined(separator: "; "))\(more). "
      + "Prune it: --write-baseline \(file)"
  }

  /// The text of a baseline that knows what a report found.
  public static func text(_ report: Report) -> String {
    let entries = Set(
      report.findings.filter { $0.suppressed?.kind != "suppression" }.map {
        Entry(fingerprint: $0.fingerprint, rule: $0.rule, subject: $0.subject.key)
      })
    let document = Document(
      schema: schemaName, rules: report.tool.rules,
      findings: entries.sorted {
        ($0.rule, $0.subject, $0.fingerprint) < ($1.rule, $1.subject, $1.fingerprint)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(document) else { return "" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
