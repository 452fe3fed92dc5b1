import FoundationEssentials
public import ReportModel

/// What a user knows of a finding and accepts.
public struct SuppressionEntry: Sendable, Equatable {
  /// The rule's id, or a pattern such as `host/*`.
  public var rule: String
  /// Pattern of a path that the evidence stands in; nil for any.
  public var path: String?
  /// Pattern of the subject; nil for any.
  public var subject: String?
  /// The last day on which it counts, `2026-09-30`; nil for ever.
  public var until: String?
  /// Why the finding is accepted.
  public var reason: String
  /// Who said so.
  public var by: String?
  /// The file that holds it, as the user named it.
  public var file: String
  /// The line in it.
  public var line: Int

  /// Makes an entry.
  public init(
    rule: String, path: String? = nil, subject: String? = nil, until: String? = nil,
    reason: String, by: String? = nil, file: String, line: Int
  ) {
    self.rule = rule
    self.path = path
    self.subject = subject
    self.until = until
    self.reason = reason
    self.by = by
    self.file = file
    self.line = line
  }

  /// Reads a file of entries: a YAML list of mappings.
  public static func list(_ text: String, file: String) throws(RuleError) -> [SuppressionEntry] {
    var entries: [SuppressionEntry] = []
    for node in try RuleNode.document(text, file: file).list("the file of suppressions") {
      entries.append(try SuppressionEntry(node))
    }
    return entries
  }

  private init(_ node: RuleNode) throws(RuleError) {
    let fields = try node.mapping(
      of: "a suppression", keys: ["rule", "path", "subject", "until", "reason", "by"])
    func optional(_ key: String) throws(RuleError) -> String? {
      guard let field = fields[key] else { return nil }
      return try field.text(key)
    }
    guard let rule = try optional("rule") else {
      throw node.error(
        "a suppression names no rule", why: "it accepts the findings of one rule",
        remedy: "add `rule: GROUP/SLUG`")
    }
    guard let reason = try optional("reason") else {
      throw node.error(
        "suppression of \(rule) has no reason", why: "reasons are mandatory",
        remedy: "add `reason:` (who, why, until when)")
    }
    self.init(
      rule: rule, path: try optional("path"), subject: try optional("subject"),
      until: try optional("until"), reason: reason, by: try optional("by"), file: node.file,
      line: node.line)
  }

  /// `file:line`.
  public var place: String { "\(file):\(line)" }

  /// Whether it names a rule.
  public func names(rule id: String) -> Bool { RuleSet.matches(rule, id) }

  /// Whether it is about a finding.
  public func covers(_ finding: Finding) -> Bool {
    guard names(rule: finding.rule) else { return false }
    if let subject, !Self.matches(subject, finding.subject.key) { return false }
    guard let path else { return true }
    return finding.evidence.contains { Self.matches(path, $0.path) }
  }

  private static func matches(_ pattern: String, _ text: String) -> Bool {
    pattern == text || (pattern.contains("*") && RuleSet.matches(pattern, text))
  }

  /// Whether it still counts.
  ///
  /// - Parameter today: the day, `2026-11-27`.
  public func validity(on today: String) -> Validity {
    guard let until else { return .valid }
    guard Self.isDay(until) else { return .noDay }
    return until >= today ? .valid : .expired
  }

  /// Whether a suppression counts.
  public enum Validity: Sendable {
    case valid
    /// Its last day is over.
    case expired
    /// Its last day is not a day.
    case noDay
  }

  private static func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.map(\.utf8.count) == [4, 2, 2],
      let date = try? Date("\(text)T00:00:00Z", strategy: .iso8601)
    else { return false }
    return date.formatted(.iso8601.year().month().day()) == text
  }
}
