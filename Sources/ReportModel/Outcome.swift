/// What became of one rule over one input. Missing evidence is never a pass.
public enum Outcome: Sendable, Equatable {
  /// The condition holds; one finding for each subject.
  case fires([Finding])
  /// The condition was looked for in complete evidence and does not hold.
  case quiet
  /// The kind or mode of the node excludes the condition.
  case notApplicable(why: String)
  /// Evidence that would decide is missing.
  case unknown(MissingFact)
}

/// The one fact whose absence keeps a rule from being judged.
public struct MissingFact: Sendable, Equatable {
  /// A stable word for programs, such as `item-timeout`.
  public var reason: String
  /// The item that would have told, if it is one item.
  public var item: String?
  /// The same for a person, as half a sentence.
  public var text: String

  /// Names a missing fact.
  public init(reason: String, item: String?, text: String) {
    self.reason = reason
    self.item = item
    self.text = text
  }
}

/// A rule with its outcome: what the analysis hands to ``Report/assemble(_:)``.
public struct Judgement: Sendable, Equatable {
  /// The rule's id, `group/slug`.
  public var rule: String
  /// What the rule states when it fires.
  public var title: String
  /// How sure the claim is.
  public var confidence: Confidence
  /// Which other findings this rule explains when it fires.
  public var absorbs: [AbsorbEdge]
  /// What came of it.
  public var outcome: Outcome

  /// Joins a rule and its outcome.
  public init(
    rule: String, title: String, confidence: Confidence, absorbs: [AbsorbEdge], outcome: Outcome
  ) {
    self.rule = rule
    self.title = title
    self.confidence = confidence
    self.absorbs = absorbs
    self.outcome = outcome
  }
}

/// One edge from a cause to its consequences: `group/slug`, `group/*`, and after a colon the cause
/// code that the consequence must carry.
public struct AbsorbEdge: Sendable, Equatable, CustomStringConvertible {
  /// The text of the edge as the rule states it.
  public let description: String
  private let rule: String
  private let cause: String?

  /// Reads an edge; `nil` when the text is none.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard path.count == 2, path.allSatisfy({ !$0.isEmpty }), path[0] != "*" else { return nil }
    if parts.count == 2, parts[1].isEmpty { return nil }
    description = text
    rule = String(parts[0])
    cause = parts.count == 2 ? String(parts[1]) : nil
  }

  /// The rule id or `group/*` before the colon.
  public var target: String { rule }

  /// Whether a finding of this rule with this cause is a consequence.
  public func matches(rule other: String, cause otherCause: String?) -> Bool {
    if let cause, cause != otherCause { return false }
    guard rule.hasSuffix("/*") else { return rule == other }
    return other.hasPrefix(rule.dropLast())
  }
}
