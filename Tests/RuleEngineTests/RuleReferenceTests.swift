import Foundation
import ReportModel
import TestSupport
import Testing

@testable import RuleEngine

/// What is published about rules agrees with the rules.
@Suite("The published reference of rules")
struct RuleReferenceTests {
  @Test("the page says what the rules say (rewrite it with UPDATE_GOLDEN=1)")
  func page() throws {
    try expectGolden(RulePage.text(try RuleSet().rules), "../docs/reference/rules.md")
  }

  @Test("every recommendation of AWS has a rule that exists")
  func recommendations() throws {
    let known = Set(try RuleSet().rules.map(\.id))
    let path = BuiltinRuleTests.folder + "/../docs/reference/best-practices.md"
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("|") }.dropFirst(2)
    #expect(rows.count >= 20)
    for row in rows {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(cells.count == 2, "\(row)")
      let rules = cells[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(!rules.isEmpty, "\(row)")
      for rule in rules { #expect(known.contains(rule), "\(rule) of \(cells[0])") }
    }
  }

  @Test("every edge leads to a rule and to a cause that it has")
  func edges() throws {
    let rules = Dictionary(uniqueKeysWithValues: try RuleSet().rules.map { ($0.id, $0) })
    for rule in rules.values {
      for edge in rule.absorbs where !edge.target.hasSuffix("/*") {
        let target = try #require(rules[edge.target], "\(rule.id) explains \(edge.target)")
        let parts = edge.description.split(separator: ":")
        guard parts.count == 2 else { continue }
        #expect(
          target.causes.contains { $0.code == parts[1] }, "\(rule.id) explains \(edge)")
      }
    }
  }

  @Test("what a query calls a cause is one of the rule's causes")
  func causes() throws {
    // Where a table's classes are the causes, the query names not each.
    for rule in try RuleSet().rules where !rule.query.text.contains("class AS cause") {
      for cause in rule.causes {
        #expect(
          rule.query.text.contains("'\(cause.code)'"),
          "\(rule.id) never says \(cause.code)")
      }
    }
  }
}
