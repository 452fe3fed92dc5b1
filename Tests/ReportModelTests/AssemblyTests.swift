import Testing

@testable import ReportModel

@Suite("Assembling a report")
struct AssemblyTests {
  static func finding(
    _ rule: String, _ severity: Severity, subject: String = "s", cause: String? = nil,
    count: Int = 1, resolved: Bool = false
  ) -> Finding {
    Finding(
      rule: rule, title: rule, cause: cause, severity: severity,
      subject: Finding.Subject(kind: "node", key: subject), message: "\(rule) on \(subject)",
      why: "why", fix: Finding.Fix(text: "fix", commands: []), firstSeen: nil, count: count,
      isResolved: resolved, references: [], evidence: [])
  }

  static func judgement(
    _ rule: String, _ outcome: Outcome, absorbs: [String] = [], confidence: Confidence = .high
  ) -> Judgement {
    Judgement(
      rule: rule, title: rule, confidence: confidence,
      absorbs: absorbs.compactMap { AbsorbEdge($0) },
      outcome: outcome)
  }

  static func report(
    _ judgements: [Judgement], failOn: FailOn = .none, strict: Bool = false
  ) -> Report {
    Report.assemble(
      Report.Parts(
        tool: Report.Tool(version: "0", rules: "0", engine: "none", ruleCount: judgements.count),
        input: Report.Input(
          id: "b1", kind: "native", name: "b", sha256: nil, node: Report.Node(),
          window: Report.Window(from: nil, to: nil), redaction: nil, items: []),
        judgements: judgements, notices: [], errors: [], failOn: failOn, strict: strict))
  }

  @Test("findings are ordered by severity, rule and subject, whatever order rules ran in")
  func order() {
    let judgements = [
      Self.judgement("b/x", .fires([Self.finding("b/x", .warning)])),
      Self.judgement(
        "a/y",
        .fires([
          Self.finding("a/y", .warning, subject: "2"), Self.finding("a/y", .warning, subject: "1"),
        ])),
      Self.judgement("z/z", .fires([Self.finding("z/z", .critical)])),
    ]
    let report = Self.report(judgements)
    #expect(
      report.findings.map { "\($0.id) \($0.rule) \($0.subject.key)" }
        == ["f1 z/z s", "f2 a/y 1", "f3 a/y 2", "f4 b/x s"])
    #expect(report == Self.report(judgements.reversed()))
  }

  @Test("a cause takes its consequences in, and counts say so")
  func folds() {
    let report = Self.report([
      Self.judgement(
        "ipam/pool", .fires([Self.finding("ipam/pool", .critical)]),
        absorbs: ["subnet/*", "kubelet/sandbox:ip"]),
      Self.judgement("subnet/empty", .fires([Self.finding("subnet/empty", .critical, count: 12)])),
      Self.judgement(
        "kubelet/sandbox",
        .fires([
          Self.finding("kubelet/sandbox", .error, subject: "p1", cause: "ip"),
          Self.finding("kubelet/sandbox", .error, subject: "p2", cause: "image"),
        ])),
    ])
    #expect(report.findings.map { $0.absorbedBy } == [nil, "f1", "f1", nil])
    #expect(report.findings[0].consequences.map(\.rule) == ["subnet/empty", "kubelet/sandbox"])
    #expect(report.findings[0].consequences.map(\.count) == [12, 1])
    #expect(report.summary.absorbed == 2)
    #expect(report.summary.critical == 1)
    #expect(report.summary.error == 1)
    #expect(report.rootCauses.map(\.findings) == [["f1"]])
    #expect(report.rootCauses.first?.chain == ["subnet/empty", "kubelet/sandbox"])
  }

  @Test("nothing disappears under a milder finding")
  func mildCauseFoldsNothing() {
    let report = Self.report([
      Self.judgement("a/mild", .fires([Self.finding("a/mild", .warning)]), absorbs: ["b/bad"]),
      Self.judgement("b/bad", .fires([Self.finding("b/bad", .critical)])),
    ])
    #expect(report.summary.absorbed == 0)
    #expect(report.summary.critical == 1)
  }

  @Test("edges in a circle and in a chain end at one finding that stays visible")
  func circlesAndChains() {
    let circle = Self.report([
      Self.judgement("a/a", .fires([Self.finding("a/a", .error)]), absorbs: ["b/b"]),
      Self.judgement("b/b", .fires([Self.finding("b/b", .error)]), absorbs: ["a/a"]),
    ])
    #expect(circle.findings.map { $0.absorbedBy } == [nil, "f1"])
    let chain = Self.report([
      Self.judgement("a/a", .fires([Self.finding("a/a", .error)])),
      Self.judgement("b/b", .fires([Self.finding("b/b", .error)]), absorbs: ["a/a"]),
      Self.judgement("c/c", .fires([Self.finding("c/c", .error)]), absorbs: ["b/b"]),
    ])
    #expect(chain.findings.map { $0.absorbedBy } == ["f3", "f3", nil])
  }

  @Test("a rival that is as bad makes the root cause less sure")
  func rivals() {
    let one = Self.judgement("a/a", .fires([Self.finding("a/a", .critical)]))
    let other = Self.judgement("b/b", .fires([Self.finding("b/b", .critical)]))
    #expect(Self.report([one]).rootCauses.map(\.confidence) == [.high])
    #expect(Self.report([one, other]).rootCauses.map(\.confidence) == [.medium])
  }

  @Test("a resolved or mild condition is no root cause")
  func noRootCause() {
    let mild = Self.judgement("a/a", .fires([Self.finding("a/a", .warning)]))
    let past = Self.judgement("b/b", .fires([Self.finding("b/b", .info, resolved: true)]))
    #expect(Self.report([mild, past]).rootCauses.isEmpty)
  }

  @Test("each outcome is listed where it belongs")
  func outcomes() {
    let missing = MissingFact(reason: "item-timeout", item: "net.x", text: "net.x timed out")
    let report = Self.report([
      Self.judgement("a/quiet", .quiet), Self.judgement("b/off", .notApplicable(why: "Fargate")),
      Self.judgement("c/unknown", .unknown(missing)),
    ])
    #expect(report.passed.map(\.rule) == ["a/quiet"])
    #expect(report.notApplicable.map(\.text) == ["Fargate"])
    #expect(report.notEvaluated.map(\.item) == ["net.x"])
    #expect(report.findings.isEmpty)
  }

  struct ExitCase: Sendable {
    let worst: Severity?
    let failOn: String
    let strict: Bool
    let unknown: Bool
    let code: Int
  }

  @Test(
    "the exit code follows threshold and strictness",
    arguments: [
      ExitCase(worst: .critical, failOn: "none", strict: false, unknown: false, code: 0),
      ExitCase(worst: .info, failOn: "any", strict: false, unknown: false, code: 1),
      ExitCase(worst: .error, failOn: "error", strict: false, unknown: false, code: 1),
      ExitCase(worst: .warning, failOn: "error", strict: false, unknown: false, code: 0),
      ExitCase(worst: nil, failOn: "any", strict: false, unknown: false, code: 0),
      ExitCase(worst: nil, failOn: "none", strict: true, unknown: true, code: 4),
      ExitCase(worst: nil, failOn: "none", strict: false, unknown: true, code: 0),
      ExitCase(worst: nil, failOn: "none", strict: true, unknown: false, code: 0),
      ExitCase(worst: .error, failOn: "warning", strict: true, unknown: true, code: 1),
    ])
  func exitCode(_ sample: ExitCase) throws {
    var judgements: [Judgement] = []
    if let worst = sample.worst {
      judgements.append(Self.judgement("a/a", .fires([Self.finding("a/a", worst)])))
    }
    if sample.unknown {
      judgements.append(
        Self.judgement("b/b", .unknown(MissingFact(reason: "r", item: nil, text: "t"))))
    }
    let failOn = try #require(FailOn(sample.failOn))
    #expect(Self.report(judgements, failOn: failOn, strict: sample.strict).exit.code == sample.code)
  }

  @Test("a folded finding still fails the run")
  func foldedFails() {
    let report = Self.report(
      [
        Self.judgement("a/a", .fires([Self.finding("a/a", .error)]), absorbs: ["b/b"]),
        Self.judgement("b/b", .fires([Self.finding("b/b", .error)])),
      ], failOn: .severity(.error))
    #expect(report.exit.code == 1)
  }

  @Test(
    "edges match ids, groups and causes",
    arguments: [
      ("subnet/*", "subnet/no-free", nil, true), ("subnet/*", "subnets/x", nil, false),
      ("a/b", "a/b", "c", true), ("a/b:c", "a/b", "c", true), ("a/b:c", "a/b", nil, false),
      ("a/b", "a/bb", nil, false),
    ] as [(String, String, String?, Bool)])
  func edges(_ edge: String, _ rule: String, _ cause: String?, _ matches: Bool) {
    #expect(AbsorbEdge(edge)?.matches(rule: rule, cause: cause) == matches)
  }

  @Test("texts that are no edge are refused", arguments: ["", "a", "a/", "/b", "a/b:", "a/b/c"])
  func badEdges(_ text: String) {
    #expect(AbsorbEdge(text) == nil)
  }

  @Test("a fingerprint's text ignores times, counters and lines, but not the subject")
  func fingerprints() {
    var first = Self.finding("a/a", .error)
    first.evidence = [Evidence(path: "net/x.txt", line: 4, excerpt: ":FORWARD DROP [12:720]")]
    var second = Self.finding("a/a", .error)
    second.evidence = [Evidence(path: "net/x.txt", line: 9, excerpt: ":FORWARD DROP [99:5000]")]
    #expect(Fingerprint.text(of: first) == Fingerprint.text(of: second))
    second.subject.key = "other"
    #expect(Fingerprint.text(of: first) != Fingerprint.text(of: second))
    #expect(
      Fingerprint.normalised("2031-04-02T09:16:01.206Z sandbox d0f631ca1ddba8db of eni-1")
        == "#-#-#T#:#:#.#Z sandbox # of eni-#")
  }
}
