extension Report {
  /// Everything that a report over one input is made of.
  public struct Parts: Sendable {
    /// What judged.
    public var tool: Tool
    /// What was judged.
    public var input: Input
    /// What came of every rule.
    public var judgements: [Judgement]
    /// What the node's kernel does with packets.
    public var packets: Packets?
    /// What a reader should know about the evidence.
    public var notices: [String]
    /// What went wrong while judging.
    public var errors: [Problem]
    /// From which severity on the run fails.
    public var failOn: FailOn
    /// Whether missing evidence fails the run.
    public var strict: Bool

    /// Collects the parts.
    public init(
      tool: Tool, input: Input, judgements: [Judgement], packets: Packets? = nil,
      notices: [String], errors: [Problem], failOn: FailOn, strict: Bool
    ) {
      self.tool = tool
      self.input = input
      self.judgements = judgements
      self.packets = packets
      self.notices = notices
      self.errors = errors
      self.failOn = failOn
      self.strict = strict
    }
  }

  /// Orders, numbers, folds and counts: what renderers must not decide.
  public static func assemble(_ parts: Parts) -> Report {
    let judgements = parts.judgements.sorted { $0.rule < $1.rule }
    var findings: [Finding] = []
    var report = Report(empty: parts)
    for judgement in judgements {
      switch judgement.outcome {
      case .fires(let found): findings += found
      case .quiet:
        report.passed.append(Passed(rule: judgement.rule, title: judgement.title))
      case .notApplicable(let why):
        report.notApplicable.append(NotApplicable(rule: judgement.rule, text: why))
      case .unknown(let missing):
        report.notEvaluated.append(
          NotEvaluated(
            rule: judgement.rule, reason: missing.reason, item: missing.item, text: missing.text))
      }
    }
    findings.sort(by: isReportedBefore)
    for index in findings.indices {
      findings[index].id = "f\(index + 1)"
      findings[index].input = parts.input.id
    }
    let rules = Dictionary(judgements.map { ($0.rule, $0) }) { first, _ in first }
    fold(&findings, rules: rules)
    report.findings = findings
    report.rootCauses = rootCause(of: findings, rules: rules).map { [$0] } ?? []
    report.summary = summary(of: report)
    report.exit = Exit(
      failOn: parts.failOn, strict: parts.strict, findings: findings,
      isIncomplete: !report.notEvaluated.isEmpty)
    return report
  }

  private init(empty parts: Parts) {
    schema = Self.schemaName
    tool = parts.tool
    inputs = [parts.input]
    summary = Summary()
    rootCauses = []
    findings = []
    notEvaluated = []
    notApplicable = []
    passed = []
    packets = parts.packets
    notices = parts.notices
    errors = parts.errors
    exit = Exit(failOn: parts.failOn, strict: parts.strict, findings: [], isIncomplete: false)
  }

  private static func isReportedBefore(_ left: Finding, _ right: Finding) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.rule != right.rule { return left.rule < right.rule }
    if left.subject.key != right.subject.key { return left.subject.key < right.subject.key }
    return left.message < right.message
  }

  private static func summary(of report: Report) -> Summary {
    var summary = Summary()
    summary.passed = report.passed.count
    summary.notEvaluated = report.notEvaluated.count
    summary.notApplicable = report.notApplicable.count
    for finding in report.findings {
      if let suppressed = finding.suppressed {
        if suppressed.kind == "baseline" {
          summary.baseline += 1
        } else {
          summary.suppressed += 1
        }
      } else if finding.absorbedBy != nil {
        summary.absorbed += 1
      } else {
        summary[finding.severity] += 1
      }
    }
    return summary
  }
}
