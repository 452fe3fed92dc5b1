import BundleModel
import FactStore
import Facts
import FoundationEssentials
import ReportModel

/// Runs the examples of rules through the real parsers, so that no example can claim an input that
/// never occurs.
public struct RuleTester {
  private let fixtures: String
  private let conclusions: (any FactConclusions.Type)?

  /// Makes a tester.
  ///
  /// - Parameters:
  ///   - fixtures: the folder that `file:` paths of examples are relative to.
  ///   - conclusions: fills the tables that are concluded from the others, as an analysis does.
  public init(fixtures: String, conclusions: (any FactConclusions.Type)? = nil) {
    self.fixtures = fixtures
    self.conclusions = conclusions
  }

  /// What an example got wrong; empty when it holds.
  public func failures(of example: RuleExample, of rule: RuleDefinition) throws -> [String] {
    let (store, items) = try load(example)
    let (outcome, values) = RuleRunner(store, items: items).evaluate(rule)
    return Self.differences(example.expect, outcome, values)
  }

  /// What all examples of a rule got wrong; if nothing, the damage to the rule that none of them
  /// notices: what they leave unproved. One line each.
  public func failures(of rule: RuleDefinition) throws -> [String] {
    var failures: [String] = []
    var unnoticed = RuleMutation.mutants(of: rule)
    guard !unnoticed.isEmpty else {
      return ["\(rule.file):\(rule.query.line): the query has no outermost WHERE to prove"]
    }
    for example in rule.examples {
      let (store, items) = try load(example)
      func differences(_ rule: RuleDefinition) -> [String] {
        let (outcome, values) = RuleRunner(store, items: items).evaluate(rule)
        return Self.differences(example.expect, outcome, values)
      }
      failures += differences(rule).map { "\(rule.file):\(example.line): \(example.name): \($0)" }
      unnoticed.removeAll { !differences($0.rule).isEmpty }
    }
    guard failures.isEmpty else { return failures }
    return unnoticed.map {
      "\(rule.file):\(rule.query.line): no example notices the query \($0.name)"
    }
  }

  private func load(_ example: RuleExample) throws -> (FactStore, ItemStates) {
    let store = try FactStore()
    var items = ItemStates()
    var conclusions = conclusions?.init()
    try store.record(
      BundleInfoRow(collectedAtUs: example.collectedAtUs, toolVersion: "example", layout: "native"))
    func record(_ id: ArtifactID, _ status: ItemStatus, path: String?) throws {
      items.add(id, status: status, reason: nil, path: path)
      try store.record(BundleItemRow(item: id.rawValue, path: path, status: status.rawValue))
    }
    for member in example.given {
      let path = Self.path(of: member)
      let bytes =
        switch member.content {
        case .text(let text): Array(text.utf8)
        case .file(let file): Array(try Data(contentsOf: URL(filePath: "\(fixtures)/\(file)")))
        }
      var input = ArtifactInput(
        artifact: member.artifact, path: path, origin: member.origin,
        referenceTimeUs: example.collectedAtUs, bytes: bytes)
      conclusions?.willLoad(&input)
      try store.load(&input)
      conclusions?.didLoad(&input)
      try record(
        member.artifact, example.statuses[member.artifact] ?? (bytes.isEmpty ? .empty : .ok),
        path: path)
    }
    let given = Set(example.given.map(\.artifact))
    for (id, status) in example.statuses.sorted(by: { $0.key < $1.key }) where !given.contains(id) {
      try record(id, status, path: nil)
    }
    for artifact in Catalog.all
    where !given.contains(artifact.id) && example.statuses[artifact.id] == nil {
      try record(artifact.id, .missing, path: nil)
    }
    try store.finishLoading()
    try conclusions?.conclude(store, items)
    return (store, items)
  }

  /// Where the collector puts a copied file.
  static func path(of member: RuleExample.Member) -> String {
    let folder = Catalog.artifact(member.artifact)?.path ?? member.artifact.rawValue
    guard let artifact = Catalog.artifact(member.artifact), let origin = member.origin else {
      return folder
    }
    if case .file = artifact.source { return folder }
    let flat: [ArtifactID] = [.ipamdLog, .pluginLog, .cniConfiguration, .checkpoint]
    if flat.contains(member.artifact) {
      return "\(folder)/\(origin.split(separator: "/").last ?? "")"
    }
    return folder + origin
  }

  private static func differences(
    _ expect: RuleExample.Expectation, _ outcome: Outcome, _ values: [[String: FactValue]]
  ) -> [String] {
    switch (expect, outcome) {
    case (.notApplicable, .notApplicable): return []
    case (.unknown(let word), .unknown(let missing)):
      guard let word, !missing.text.contains(word) else { return [] }
      return ["the reason names no `\(word)`: \(missing.text)"]
    case (.findings(let rows), .quiet):
      return rows.isEmpty ? [] : ["is quiet"]
    case (.findings(let rows), .fires(let findings)):
      return differences(rows, findings, values)
    default: return ["gives \(word(outcome))"]
    }
  }

  private static func word(_ outcome: Outcome) -> String {
    switch outcome {
    case .fires(let findings): "findings: \(findings.map(\.message).joined(separator: " | "))"
    case .quiet: "quiet"
    case .notApplicable(let why): "not applicable: \(why)"
    case .unknown(let missing): "unknown: \(missing.text)"
    }
  }

  private static func differences(
    _ rows: [[String: String]], _ findings: [Finding], _ values: [[String: FactValue]]
  ) -> [String] {
    var failures: [String] = []
    if rows.count != findings.count {
      failures.append(
        "gives \(findings.count) findings instead of \(rows.count): "
          + findings.map { "\($0.subject.key): \($0.message)" }.joined(separator: " | "))
    }
    var rest = Array(zip(findings, values))
    for row in rows {
      let match = rest.firstIndex { finding, values in
        row.allSatisfy { shows($0.key, $0.value, finding, values) }
      }
      if let match {
        rest.remove(at: match)
      } else {
        let wanted = row.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        failures.append(
          "no finding has \(wanted.joined(separator: ", ")); there is "
            + findings.map(described).joined(separator: " | "))
      }
    }
    return failures
  }

  private static func described(_ finding: Finding) -> String {
    "\(finding.severity) \(finding.cause ?? "-") \(finding.subject.key) \(finding.message) "
      + finding.evidence.map(\.location).joined(separator: " ")
  }

  private static func shows(
    _ field: String, _ wanted: String, _ finding: Finding, _ values: [String: FactValue]
  ) -> Bool {
    switch field {
    case "severity": finding.severity.rawValue == wanted
    case "cause": finding.cause ?? "" == wanted
    case "subject": finding.subject.key == wanted
    case "resolved": finding.isResolved == (wanted == "true")
    case "count": String(finding.count) == wanted
    case "message": finding.message.contains(wanted)
    case "fix": finding.fix.text.contains(wanted)
    case "evidence": finding.evidence.contains { $0.location == wanted }
    default: RowReader.Row(values: values).text(field) ?? "" == wanted
    }
  }
}
