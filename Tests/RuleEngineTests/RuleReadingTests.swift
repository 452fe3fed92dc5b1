import BuiltinRules
import BundleModel
import FactStore
import ReportModel
import Testing

@testable import RuleEngine

/// Rules for tests: a small one that works, and changed copies of it.
enum SampleRule {
  static let good = """
    title: A parameter is off
    severity: error
    confidence: high
    status: preview
    scopes: [bundle]
    query: |
      SELECT s.artifact, s.line, s.key AS subject, s.value
      FROM sysctl AS s
      WHERE s.key = 'net.ipv4.ip_forward' AND s.value = '0'
    message: "{subject} is {value}."
    why: Packets are dropped.
    fix: Turn it on.
    references: [none]
    examples:
      - name: off
        given: { sysctl.net: "net.ipv4.ip_forward = 0\\n" }
        expect: [{ subject: net.ipv4.ip_forward }]
      - name: on
        given: { sysctl.net: "net.ipv4.ip_forward = 1\\n" }
        expect: []
    """

  static func read(_ text: String, path: String = "site/x.yaml") throws(RuleError)
    -> RuleDefinition
  {
    try RuleDefinition(RuleFile(path: path, text: text), in: "my")
  }

  static func read(replacing old: String, with new: String) throws -> RuleDefinition {
    try #require(good.contains(old))
    return try read(good.replacing(old, with: new))
  }

  /// The good rule with another query.
  static func read(query: String) throws -> RuleDefinition {
    let start = try #require(good.range(of: "query: |\n"))
    let end = try #require(good.range(of: "message:"))
    let block = query.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try read(good[..<start.upperBound] + block + good[end.lowerBound...])
  }
}

extension StringProtocol {
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}

@Suite("Reading and checking rules")
struct RuleReadingTests {
  @Test("a rule is read with its id from its place")
  func reads() throws {
    let rule = try SampleRule.read(SampleRule.good)
    #expect(rule.id == "site/x")
    #expect(rule.file == "my/site/x.yaml")
    #expect(rule.query.line == 7)
    #expect(rule.examples.count == 2)
    try RuleChecker(FactStore()).check(rule)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let line: Int
    let says: String
    let remedy: String
    var testDescription: String { says }
  }

  static let mistakes = [
    Mistake(
      old: "severity: error", new: "severty: error", line: 2,
      says: "`severty` is not a key of a rule", remedy: "nearest: `severity`"),
    Mistake(
      old: "severity: error", new: "severity: eror", line: 2, says: "`eror` is not a severity",
      remedy: "nearest: `error`"),
    Mistake(
      old: "title: A parameter is off\n", new: "", line: 1, says: "`title` is missing",
      remedy: "add `title: …`"),
    Mistake(
      old: "scopes: [bundle]", new: "scopes: bundle", line: 5, says: "scopes is not a list",
      remedy: "write `[…]`"),
    Mistake(
      old: "\"{subject} is {value}.\"", new: "\"{subject is.\"", line: 10,
      says: "the braces of message don't match", remedy: "write `{{` for a brace itself"),
    Mistake(
      old: "sysctl.net: \"net.ipv4.ip_forward = 0\\n\"", new: "sysctl.nett: x", line: 16,
      says: "no item is called `sysctl.nett`", remedy: "nearest: sysctl.net"),
    Mistake(
      old: "references: [none]", new: "references: [none]\nneeds: [net.links, net.route]", line: 14,
      says: "no item is called `net.route`", remedy: "nearest: net.routes"),
    Mistake(
      old: "expect: []", new: "expect: nothing", line: 20,
      says: "`nothing` is no outcome", remedy: "write one of them; `[]` is quiet"),
    Mistake(
      old: "expect: []", new: "expect: [{ subject: x }]", line: 1,
      says: "no example shows the rule quiet", remedy: "add an example"),
    Mistake(
      old: "references: [none]", new: "references: [none]\nabsorbs: [subnet]", line: 14,
      says: "`subnet` is no rule", remedy: "write the rule's id"),
    Mistake(
      old: "severity: error", new: "severity: [error", line: 3, says: "this is not YAML",
      remedy: "quote texts that hold `: ` or ` #`, or use a block after `|`"),
  ]

  @Test("a mistake is named with its line and a remedy", arguments: mistakes)
  func refuses(_ mistake: Mistake) throws {
    let error = #expect(throws: RuleError.self) {
      try SampleRule.read(replacing: mistake.old, with: mistake.new)
    }
    #expect(error?.what.contains(mistake.says) == true, "\(String(describing: error))")
    #expect(error?.remedy == mistake.remedy)
    #expect(error?.line == mistake.line, "\(String(describing: error))")
    #expect(error?.file == "my/site/x.yaml")
  }

  @Test(
    "a file in the wrong place is no rule",
    arguments: ["x.yaml", "a/b/c.yaml", "A/b.yaml", "a/b.yml", "../x/y.yaml", "a/b c.yaml"])
  func places(_ path: String) {
    #expect(throws: RuleError.self) { try SampleRule.read(SampleRule.good, path: path) }
  }

  struct BadQuery: Sendable, CustomTestStringConvertible {
    let sql: String
    let line: Int
    let says: String
    var testDescription: String { sql }
  }

  static let badQueries = [
    BadQuery(
      sql: "SELECT s.artifact, s.line, s.key AS subject,\n  s.valuee AS value\nFROM sysctl AS s",
      line: 8, says: "no such column"),
    BadQuery(sql: "SELECT artifact, line FROM sysctll", line: 7, says: "no such table"),
    BadQuery(sql: "DELETE FROM sysctl", line: 7, says: "single SELECT"),
    BadQuery(sql: "PRAGMA query_only = OFF", line: 7, says: "single SELECT"),
    BadQuery(sql: "ATTACH DATABASE '/tmp/x' AS y", line: 7, says: "single SELECT"),
    BadQuery(sql: "VACUUM INTO '/tmp/x'", line: 7, says: "single SELECT"),
    BadQuery(
      sql: "SELECT artifact, line, key AS subject, value FROM sysctl; SELECT 1", line: 7, says: ""),
    BadQuery(
      sql: "WITH x AS (SELECT 1) DELETE FROM sysctl RETURNING artifact, line, key, value", line: 7,
      says: ""),
    BadQuery(sql: "SELECT artifact, key AS subject, value FROM sysctl", line: 7, says: "`line`"),
    BadQuery(
      sql: "SELECT artifact, line, key FROM sysctl", line: 7, says: "no column `subject`"),
    BadQuery(
      sql: "SELECT artifact, line, key AS subject, value, value FROM sysctl", line: 7,
      says: "two columns"),
  ]

  @Test("a statement that cannot be a rule is refused before anything runs", arguments: badQueries)
  func refusesQueries(_ bad: BadQuery) throws {
    let rule = try SampleRule.read(query: bad.sql)
    let store = try FactStore()
    let error = #expect(throws: RuleError.self) { try RuleChecker(store).check(rule) }
    #expect(error?.line == bad.line, "\(String(describing: error))")
    #expect(error?.what.contains(bad.says) == true, "\(String(describing: error))")
  }

  @Test("what may have been meant is offered")
  func nearest() throws {
    let rule = try SampleRule.read(
      query: "SELECT artifact, line, key AS subject, valeu FROM sysctl")
    let error = #expect(throws: RuleError.self) { try RuleChecker(FactStore()).check(rule) }
    #expect(error?.remedy == "nearest: `value`")
    #expect(
      NearestName.to("forwarding/policydrop", among: ["forwarding/policy-drop", "a/b"])
        == "forwarding/policy-drop")
    #expect(NearestName.to("zzzz", among: ["forwarding/policy-drop"]) == nil)
    #expect(NearestName.distance("kitten", "sitting") == 3)
  }

  @Test("selections take ids, groups and patterns, and refuse what names nothing")
  func selects() throws {
    let set = try RuleSet()
    func ids(_ select: [String], _ ignore: [String] = []) throws -> [String] {
      try set.selecting(select, ignoring: ignore).map(\.id)
    }
    #expect(try ids([]).count == set.rules.count)
    let subnet = set.rules.map(\.id).filter { $0.hasPrefix("subnet/") }
    #expect(subnet.count > 2 && subnet.contains("subnet/no-free-prefix"))
    #expect(try ids(["subnet"]) == subnet)
    #expect(try ids(["subnet/*"], ["*prefix"]) == subnet.filter { !$0.hasSuffix("prefix") })
    #expect(try ids(["forwarding/policy-drop"]) == ["forwarding/policy-drop"])
    let error = #expect(throws: SelectionError.self) { try ids(["forwarding/policy-dorp"]) }
    #expect(error?.nearest == "forwarding/policy-drop")
  }

  @Test("two rules of one id are refused")
  func twice() throws {
    var set = try RuleSet([RuleFile(path: "a/b.yaml", text: SampleRule.good)], folder: "one")
    #expect(throws: RuleError.self) {
      try set.add([RuleFile(path: "a/b.yaml", text: SampleRule.good)], folder: "two")
    }
  }
}
