import BundleModel
import FactStore
import Facts
import ReportModel
import Testing

@testable import RuleEngine

@Suite("Running rules")
struct RuleRunningTests {
  static func store(_ text: String, item: ArtifactID = .networkSysctls) throws -> FactStore {
    let store = try FactStore()
    var input = ArtifactInput(artifact: item, path: "sysctl/net.txt", bytes: Array(text.utf8))
    try store.load(&input)
    return store
  }

  static func states(_ entries: [(ArtifactID, ItemStatus, String?)]) -> ItemStates {
    var states = ItemStates()
    for (id, status, reason) in entries {
      states.add(id, status: status, reason: reason, path: "sysctl/net.txt")
    }
    return states
  }

  @Test("a rule fires with its evidence")
  func fires() throws {
    let store = try Self.store("net.ipv4.conf.all.forwarding = 1\nnet.ipv4.ip_forward = 0\n")
    let runner = RuleRunner(store, items: Self.states([(.networkSysctls, .ok, nil)]))
    guard case .fires(let findings) = runner.judge(try SampleRule.read(SampleRule.good)) else {
      Issue.record("the rule does not fire")
      return
    }
    #expect(findings.map(\.message) == ["net.ipv4.ip_forward is 0."])
    #expect(findings.first?.evidence.map(\.location) == ["sysctl/net.txt:2"])
  }

  struct StatusCase: Sendable, CustomTestStringConvertible {
    let status: ItemStatus
    let reason: String?
    let outcome: String
    var testDescription: String { "\(status)" }
  }

  @Test(
    "a quiet answer counts only over complete evidence",
    arguments: [
      StatusCase(status: .ok, reason: nil, outcome: "quiet"),
      StatusCase(status: .empty, reason: nil, outcome: "quiet"),
      StatusCase(
        status: .partial, reason: "cut at 4 MiB",
        outcome: "sysctl.net is incomplete: cut at 4 MiB"),
      StatusCase(
        status: .timeout, reason: "no answer in 10 s",
        outcome: "sysctl.net timed out: no answer in 10 s"),
      StatusCase(status: .failed, reason: nil, outcome: "sysctl.net failed"),
      StatusCase(status: .error, reason: nil, outcome: "sysctl.net could not be gathered"),
      StatusCase(status: .missing, reason: nil, outcome: "sysctl.net is missing on the node"),
      StatusCase(
        status: .unsupported, reason: nil, outcome: "sysctl.net is not supported by the node"),
      StatusCase(status: .denied, reason: nil, outcome: "sysctl.net was denied"),
      StatusCase(status: .skipped, reason: nil, outcome: "sysctl.net was skipped"),
      StatusCase(status: .aborted, reason: nil, outcome: "sysctl.net was not reached"),
      StatusCase(status: .diskFull, reason: nil, outcome: "sysctl.net did not fit on the disk"),
    ])
  func coverage(_ sample: StatusCase) throws {
    let store = try Self.store("net.ipv4.ip_forward = 1\n")
    let items = Self.states([(.networkSysctls, sample.status, sample.reason)])
    switch RuleRunner(store, items: items).judge(try SampleRule.read(SampleRule.good)) {
    case .quiet: #expect(sample.outcome == "quiet")
    case .unknown(let missing):
      #expect(missing.text == sample.outcome)
      #expect(missing.item == "sysctl.net")
      #expect(missing.reason == "item-\(sample.status.rawValue)")
    case let other: Issue.record("\(other)")
    }
  }

  @Test("an item that the bundle doesn't mention was not collected")
  func unmentioned() throws {
    let runner = RuleRunner(try FactStore(), items: ItemStates())
    guard case .unknown(let missing) = runner.judge(try SampleRule.read(SampleRule.good)) else {
      Issue.record("the rule is judged")
      return
    }
    #expect(missing.text == "sysctl.net was not collected")
  }

  @Test("a partial item is enough to fire")
  func firesOverPartial() throws {
    let store = try Self.store("net.ipv4.ip_forward = 0\n")
    let runner = RuleRunner(store, items: Self.states([(.networkSysctls, .partial, nil)]))
    guard case .fires = runner.judge(try SampleRule.read(SampleRule.good)) else {
      Issue.record("the rule does not fire")
      return
    }
  }

  @Test(
    "of an optional item a guard's refusal is no loss, but a user's choice is",
    arguments: [
      (ItemStatus.skipped, "the legacy backend holds no table", true),
      (.missing, "no such program", true), (.skipped, "left out by --skip sysctl.*", false),
      (.skipped, "not selected by --only", false), (.timeout, "no answer", false),
    ] as [(ItemStatus, String, Bool)])
  func optional(_ status: ItemStatus, _ reason: String, _ isQuiet: Bool) throws {
    let rule = try SampleRule.read(
      replacing: "references: [none]",
      with: "references: [none]\nneeds: [sysctl.net, net.iptables_legacy?]")
    let items = Self.states([(.networkSysctls, .ok, nil), (.iptablesLegacy, status, reason)])
    let outcome = RuleRunner(try Self.store("net.ipv4.ip_forward = 1\n"), items: items).judge(rule)
    #expect((outcome == .quiet) == isQuiet)
  }

  @Test("members of a group count together")
  func groups() {
    var states = ItemStates()
    states.add(.ipamdLog, status: .ok, reason: nil, path: "a")
    states.add(.ipamdLog, status: .empty, reason: nil, path: "b")
    #expect(states[.ipamdLog]?.status.isComplete == true)
    states.add(.ipamdLog, status: .denied, reason: "no permission", path: nil)
    #expect(states[.ipamdLog]?.status == .partial)
    #expect(states[.ipamdLog]?.reason == "no permission")
    #expect(states[.ipamdLog]?.paths == ["a", "b"])
  }

  @Test("an endless query is stopped and named, and the next rule still runs")
  func endless() throws {
    let rule = try SampleRule.read(
      query: """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT s.artifact, s.line, s.key AS subject, s.value FROM sysctl AS s, n
        WHERE n.i < 0
        """)
    let store = try Self.store("net.ipv4.ip_forward = 0\n")
    let items = Self.states([(.networkSysctls, .ok, nil)])
    let limits = QueryLimits(time: .milliseconds(50), rows: 10)
    let runner = RuleRunner(store, items: items, limits: limits)
    guard case .unknown(let missing) = runner.judge(rule) else {
      Issue.record("the rule is judged")
      return
    }
    #expect(missing.reason == "time-limit")
    guard case .fires = runner.judge(try SampleRule.read(SampleRule.good)) else {
      Issue.record("the next rule does not fire")
      return
    }
  }

  @Test("a query that fails while it runs is unknown, and loads nothing")
  func failing() throws {
    let rule = try SampleRule.read(
      query: "SELECT artifact, line, load_extension('/tmp/x') AS subject, value FROM sysctl")
    let runner = RuleRunner(
      try Self.store("net.ipv4.ip_forward = 0\n"),
      items: Self.states([(.networkSysctls, .ok, nil)]))
    guard case .unknown(let missing) = runner.judge(rule) else {
      Issue.record("the rule is judged")
      return
    }
    #expect(missing.reason == "query-failed")
  }

  @Test("rows about one subject are one finding, and its places are bounded and counted")
  func grouping() throws {
    let lines = (0..<40).map { "net.ipv4.conf.eni\($0).rp_filter = 0\n" }.joined()
    let rule = try SampleRule.read(
      query: """
        SELECT artifact, line, 'all' AS subject, value,
          CASE WHEN line = 7 THEN 'critical' ELSE 'warning' END AS severity
        FROM sysctl
        """)
    let runner = RuleRunner(
      try Self.store(lines), items: Self.states([(.networkSysctls, .ok, nil)]))
    guard case .fires(let findings) = runner.judge(rule) else {
      Issue.record("the rule does not fire")
      return
    }
    #expect(findings.count == 1)
    #expect(findings.first?.count == 40)
    #expect(findings.first?.severity == .critical)
    #expect(findings.first?.evidence.count == RuleRunner.evidencePerFinding)
    #expect(findings.first?.evidenceOmitted == 40 - RuleRunner.evidencePerFinding)
  }

  @Test("a line that no parser understands makes quiet unknown")
  func unreadable() throws {
    let store = try Self.store("net.ipv4.ip_forward = 1\n")
    try store.record(
      ParseIssue(path: "sysctl/net.txt", line: 2, table: "sysctl", reason: "no equals sign"))
    let runner = RuleRunner(store, items: Self.states([(.networkSysctls, .ok, nil)]))
    guard case .unknown(let missing) = runner.judge(try SampleRule.read(SampleRule.good)) else {
      Issue.record("the rule is judged")
      return
    }
    #expect(missing.text == "sysctl/net.txt:2 could not be read: no equals sign")
  }

  @Test("a wrong example is caught, whatever it claims")
  func wrongExamples() throws {
    let wrong = [
      "expect: [{ subject: net.ipv4.ip_forward }]": "expect: [{ subject: other }]",
      "given: { sysctl.net: \"net.ipv4.ip_forward = 1\\n\" }":
        "given: { sysctl.net: \"net.ipv4.ip_forward = 0\\n\" }",
    ]
    let tester = RuleTester(fixtures: "/")
    #expect(try tester.failures(of: try SampleRule.read(SampleRule.good)) == [])
    for (old, new) in wrong {
      #expect(try !tester.failures(of: try SampleRule.read(replacing: old, with: new)).isEmpty)
    }
  }

  @Test(
    "the outermost WHERE is found behind subqueries, strings and comments",
    arguments: [
      ("SELECT 1 FROM t WHERE a ORDER BY b", "WHERE a "),
      ("SELECT (SELECT 1 WHERE x) FROM t WHERE a = 'WHERE b'", "WHERE a = 'WHERE b'"),
      ("SELECT 1 -- WHERE x\nFROM t WHERE a GROUP BY b", "WHERE a "),
      ("SELECT 1 FROM t", nil),
    ] as [(String, String?)])
  func outermost(_ sql: String, _ clause: String?) {
    #expect(RuleMutation.outermostWhere(sql).map { String(sql[$0]) } == clause)
  }

  @Test("values in sentences read as people write them")
  func sentences() throws {
    let template = try #require(MessageTemplate("{count} of {{all}} at {first_us}, {gone}"))
    #expect(template.placeholders == ["count", "first_us", "gone"])
    #expect(
      template.filled(
        with: ["count": .integer(1_234_567), "first_us": .integer(1_932_888_011_000_000)])
        == "1,234,567 of {all} at 2031-04-02 09:20:11Z, unknown")
    #expect(MessageTemplate.grouped(-1000) == "-1,000")
    #expect(MessageTemplate("a } b") == nil)
    #expect(MessageTemplate("a {} b") == nil)
  }
}
