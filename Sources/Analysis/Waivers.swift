import FoundationEssentials
import ReportModel
public import RuleEngine

/// What a user accepts: suppressions with a reason, and the findings that a baseline knows.
public struct Waivers: Sendable {
  /// The rule of remarks about the suppressions themselves.
  static let group = "config"

  /// Suppressions in their order; the first that covers a finding counts.
  public var suppressions: [SuppressionEntry] = []
  /// Findings that are known.
  public var baseline: Baseline?
  /// The day, `2026-11-27`, against which last days are held.
  public var today: String
  /// Whether a suppression needs a last day.
  public var requiresExpiry = false

  /// Accepts nothing.
  public init(today: String) {
    self.today = today
  }

  /// Reads the files that a user names.
  public init(
    suppressionFiles: [String], baselineFile: String?, today: String, requiresExpiry: Bool
  ) throws(AnalysisError) {
    self.init(today: today)
    self.requiresExpiry = requiresExpiry
    for file in suppressionFiles {
      let text = try Self.text(of: file)
      do throws(RuleError) {
        suppressions += try SuppressionEntry.list(text, file: file)
      } catch {
        throw AnalysisError(
          code: "E402", what: "\(error.file):\(error.line): \(error.what)", why: error.why,
          remedy: error.remedy, exitCode: 2)
      }
    }
    baseline = try baselineFile.map { file throws(AnalysisError) in
      try Baseline(text: try Self.text(of: file), file: file)
    }
  }

  static func text(of file: String) throws(AnalysisError) -> String {
    guard let data = try? Data(contentsOf: URL(filePath: file)), data.count <= 16 << 20 else {
      throw AnalysisError(
        code: "E404", what: "\(file) cannot be read",
        why: "the file doesn't exist, this user may not read it, or it has more than 16 MiB",
        remedy: "check the path", exitCode: 2)
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// Marks what is accepted, and remarks on suppressions that do nothing.
  ///
  /// - Parameter known: the ids of all rules.
  func applied(to judgements: [Judgement], known: [String]) -> [Judgement] {
    var used: Set<Int> = []
    var result = judgements.map { judgement in
      guard case .fires(let findings) = judgement.outcome else { return judgement }
      var copy = judgement
      copy.outcome = .fires(findings.map { marked($0, &used) })
      return copy
    }
    result += remarks(used: used, known: known, asked: Set(judgements.map(\.rule)))
    return result
  }

  private func marked(_ finding: Finding, _ used: inout Set<Int>) -> Finding {
    var finding = finding
    let index = suppressions.indices.first { index in
      let entry = suppressions[index]
      return entry.covers(finding) && isInForce(entry)
    }
    if let index {
      used.insert(index)
      let entry = suppressions[index]
      var reason = entry.reason
      if let by = entry.by { reason += " (\(by))" }
      if let until = entry.until { reason = "until \(until): \(reason)" }
      finding.suppressed = Finding.Suppression(kind: "suppression", reason: reason)
    } else if baseline?.knows(finding) == true {
      finding.suppressed = Finding.Suppression(
        kind: "baseline", reason: "known to \(baseline?.file ?? "the baseline")")
    }
    return finding
  }

  private func isInForce(_ entry: SuppressionEntry) -> Bool {
    guard entry.validity(on: today) == .valid else { return false }
    return entry.until != nil || !requiresExpiry
  }

  private func remarks(
    used: Set<Int>, known: [String], asked: Set<String>
  ) -> [Judgement] {
    var findings: [String: [Finding]] = [:]
    for (index, entry) in suppressions.enumerated() {
      guard let (slug, text) = remark(entry, isUsed: used.contains(index), known, asked) else {
        continue
      }
      findings[slug, default: []].append(Self.finding(slug, text, entry))
    }
    return findings.sorted { $0.key < $1.key }.map { slug, found in
      Judgement(
        rule: "\(Self.group)/\(slug)", title: found[0].title, confidence: .high, absorbs: [],
        outcome: .fires(found))
    }
  }

  private func remark(
    _ entry: SuppressionEntry, isUsed: Bool, _ known: [String], _ asked: Set<String>
  ) -> (slug: String, text: String)? {
    if !known.contains(where: entry.names(rule:)) {
      return ("unknown-rule", "The suppression of \(entry.rule) names no rule.")
    }
    switch entry.validity(on: today) {
    case .expired:
      return (
        "expired-suppression",
        "The suppression of \(entry.rule) ended on \(entry.until ?? "") and does nothing."
      )
    case .noDay:
      return (
        "expired-suppression",
        "The last day \(entry.until ?? "") of the suppression of \(entry.rule) is no day: it does nothing."
      )
    case .valid: break
    }
    if entry.until == nil, requiresExpiry {
      return (
        "suppression-without-expiry",
        "The suppression of \(entry.rule) has no last day and does nothing."
      )
    }
    guard !isUsed, asked.contains(where: entry.names(rule:)) else { return nil }
    return ("unused-suppression", "The suppression of \(entry.rule) covers no finding.")
  }

  private static func finding(
    _ slug: String, _ text: String, _ entry: SuppressionEntry
  ) -> Finding {
    Finding(
      rule: "\(group)/\(slug)", title: "A suppression does not do what it says", cause: nil,
      severity: .info, subject: Finding.Subject(kind: "suppression", key: entry.place),
      message: text,
      why:
        "What is accepted has to stay true: a suppression that covers nothing hides the next fault.",
      fix: Finding.Fix(text: "Correct the entry, or remove it.", commands: []), firstSeen: nil,
      count: 1, isResolved: false, references: [],
      evidence: [Evidence(path: entry.file, line: entry.line, excerpt: entry.reason)])
  }
}
