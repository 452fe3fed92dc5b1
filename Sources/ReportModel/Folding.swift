extension Report {
  /// Puts consequences under their cause, along the edges that rules declare.
  ///
  /// A finding is never folded under a milder one, which would hide it, nor under one that it
  /// explains itself. A chain of edges ends at its first link.
  static func fold(_ findings: inout [Finding], rules: [String: Judgement]) {
    var parent = [Int?](repeating: nil, count: findings.count)
    for (cause, finding) in findings.enumerated() {
      guard finding.suppressed == nil, let edges = rules[finding.rule]?.absorbs, !edges.isEmpty
      else { continue }
      for (other, candidate) in findings.enumerated()
      where other != cause && candidate.rule != finding.rule && parent[other] == nil {
        guard candidate.severity <= finding.severity, candidate.suppressed == nil,
          edges.contains(where: { $0.matches(rule: candidate.rule, cause: candidate.cause) }),
          root(of: cause, parent) != other
        else { continue }
        parent[other] = cause
      }
    }
    for index in findings.indices where parent[index] != nil {
      let top = root(of: index, parent)
      findings[index].absorbedBy = findings[top].id
      note(findings[index], under: &findings[top])
    }
  }

  private static func root(of index: Int, _ parent: [Int?]) -> Int {
    var top = index
    while let next = parent[top] { top = next }
    return top
  }

  private static func note(_ consequence: Finding, under cause: inout Finding) {
    let known = cause.consequences.firstIndex { $0.rule == consequence.rule }
    if let known {
      cause.consequences[known].count += consequence.count
      cause.consequences[known].findings.append(consequence.id)
    } else {
      cause.consequences.append(
        Finding.Consequence(
          rule: consequence.rule, count: consequence.count, findings: [consequence.id]))
    }
  }

  /// The one finding that explains most: by consequences, then in the order of the report.
  ///
  /// Mild findings are no cause of anything unless they explain others. The confidence is the
  /// rule's own, one less when something as bad stays unexplained beside it.
  static func rootCause(of findings: [Finding], rules: [String: Judgement]) -> RootCause? {
    let open = findings.filter {
      $0.absorbedBy == nil && $0.suppressed == nil && !$0.isResolved
        && ($0.severity >= .error || !$0.consequences.isEmpty)
    }
    var best: Finding?
    for finding in open {
      guard let current = best else {
        best = finding
        continue
      }
      if finding.severity == current.severity, explained(by: finding) > explained(by: current) {
        best = finding
      }
    }
    guard let best else { return nil }
    var confidence = rules[best.rule]?.confidence ?? .low
    let isRivalled = open.contains { $0.id != best.id && $0.severity >= best.severity }
    if isRivalled { confidence = confidence.lowered }
    // The worst consequence often names what was missing, which the cause only suffers from.
    let first = findings.first { $0.absorbedBy == best.id }
    return RootCause(
      confidence: confidence,
      text: [best.message, first?.message].compactMap { $0 }.joined(separator: " "),
      findings: [best.id],
      chain: best.consequences.map(\.rule))
  }

  private static func explained(by finding: Finding) -> Int {
    finding.consequences.reduce(0) { $0 + $1.findings.count }
  }
}
