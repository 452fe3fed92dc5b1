import Facts
import ReportModel

/// Makes findings of rows: rows about one subject are one finding with several places.
struct FindingBuilder {
  private let rule: RuleDefinition
  private var drafts: [Draft] = []

  private struct Draft {
    var subject: String
    var first: RowReader.Row
    var severity: Severity
    var cause: String?
    var count: Int
    var rows: Int
    var firstUs: Int64?
    var isResolved: Bool
    var evidence: [Evidence]
    var omitted: Int
  }

  init(_ rule: RuleDefinition) {
    self.rule = rule
  }

  mutating func add(_ row: RowReader.Row) {
    let subject = row.text("subject") ?? rule.subject
    let severity = row.text("severity").flatMap { Severity(rawValue: $0) } ?? rule.severity
    let first = row.integer("first_us") ?? row.integer("time_us")
    let isResolved = row.integer("resolved") == 1
    guard let index = drafts.firstIndex(where: { $0.subject == subject }) else {
      var draft = Draft(
        subject: subject, first: row, severity: severity, cause: row.text("cause"),
        count: Int(clamping: row.integer("count") ?? 1), rows: 1, firstUs: first,
        isResolved: isResolved, evidence: [], omitted: 0)
      Self.append(row, to: &draft)
      drafts.append(draft)
      return
    }
    drafts[index].rows += 1
    drafts[index].severity = max(drafts[index].severity, severity)
    drafts[index].cause = drafts[index].cause ?? row.text("cause")
    drafts[index].isResolved = drafts[index].isResolved && isResolved
    drafts[index].firstUs = [drafts[index].firstUs, first].compactMap { $0 }.min()
    if row.integer("count") == nil { drafts[index].count = drafts[index].rows }
    Self.append(row, to: &drafts[index])
  }

  /// Adds a place to the finding of the row's subject, or to all without one.
  mutating func addEvidence(_ row: RowReader.Row) {
    for index in drafts.indices {
      if let subject = row.text("subject"), subject != drafts[index].subject { continue }
      Self.append(row, to: &drafts[index], limit: 2 * RuleRunner.evidencePerFinding)
    }
  }

  private static func append(
    _ row: RowReader.Row, to draft: inout Draft, limit: Int = RuleRunner.evidencePerFinding
  ) {
    guard let path = row.text("artifact") else { return }
    let evidence = Evidence(
      path: path, line: row.integer("line").map { Int(clamping: $0) },
      pointer: row.text("pointer"), excerpt: row.text("note"),
      time: row.integer("time_us").map { Timestamp.rfc3339($0) })
    if draft.evidence.contains(where: {
      $0.location == evidence.location && $0.excerpt == evidence.excerpt
    }) {
      return
    }
    if draft.evidence.count < limit {
      draft.evidence.append(evidence)
    } else {
      draft.omitted += 1
    }
  }

  func finish() -> (outcome: Outcome, values: [[String: FactValue]]) {
    (.fires(drafts.map(finding)), drafts.map { $0.first.values })
  }

  private func finding(_ draft: Draft) -> Finding {
    let cause = rule.causes.first { $0.code == draft.cause }
    let template = draft.isResolved ? rule.resolved ?? rule.message : rule.message
    return Finding(
      rule: rule.id, title: rule.title, cause: draft.cause,
      severity: draft.isResolved ? .info : draft.severity,
      subject: Finding.Subject(kind: rule.subject, key: draft.subject),
      message: template.filled(with: draft.first.values),
      why: [oneLine(rule.why), cause?.text].compactMap { $0 }.joined(separator: " "),
      fix: cause?.fix ?? rule.fix, firstSeen: draft.firstUs.map { Timestamp.rfc3339($0) },
      count: draft.count, isResolved: draft.isResolved, references: rule.references,
      evidence: draft.evidence, evidenceOmitted: draft.omitted)
  }

  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
