/// One thing that is wrong, about one subject.
public struct Finding: Sendable, Codable, Equatable {
  /// Names the finding inside its report: `f1`, `f2`, in the order of the report.
  public var id: String
  /// The rule that fired.
  public var rule: String
  /// What the rule states.
  public var title: String
  /// Which of the rule's causes it is, if the evidence tells.
  public var cause: String?
  /// How bad it is.
  public var severity: Severity
  /// The input it was found in.
  public var input: String
  /// What it is about.
  public var subject: Subject
  /// One sentence with the values found.
  public var message: String
  /// Why it matters.
  public var why: String
  /// What to do.
  public var fix: Fix
  /// When it was first seen, RFC 3339 in UTC; `nil` for a state without a time.
  public var firstSeen: String?
  /// How often it was seen.
  public var count: Int
  /// Whether the condition ended before the bundle was made.
  public var isResolved: Bool
  /// Names the finding across reports: the same fault of the same subject has the same one.
  public var fingerprint: String
  /// Where the claim can be looked up.
  public var references: [String]
  /// The places in the bundle that show it.
  public var evidence: [Evidence]
  /// How many further places there are.
  public var evidenceOmitted: Int
  /// The findings that this one explains, by rule.
  public var consequences: [Consequence]
  /// The finding that explains this one.
  public var absorbedBy: String?
  /// Why it doesn't count, if a user said so.
  public var suppressed: Suppression?

  /// Describes a fresh finding; ids, fingerprints and edges are filled in by the analysis.
  public init(
    rule: String, title: String, cause: String?, severity: Severity, subject: Subject,
    message: String, why: String, fix: Fix, firstSeen: String?, count: Int, isResolved: Bool,
    references: [String], evidence: [Evidence], evidenceOmitted: Int = 0
  ) {
    id = ""
    self.rule = rule
    self.title = title
    self.cause = cause
    self.severity = severity
    input = ""
    self.subject = subject
    self.message = message
    self.why = why
    self.fix = fix
    self.firstSeen = firstSeen
    self.count = count
    self.isResolved = isResolved
    fingerprint = ""
    self.references = references
    self.evidence = evidence
    self.evidenceOmitted = evidenceOmitted
    consequences = []
  }

  enum CodingKeys: String, CodingKey {
    case id, rule, title, cause, severity, input, subject, message, why, fix, count, fingerprint
    case references, evidence, consequences, suppressed
    case firstSeen = "first_seen"
    case isResolved = "resolved"
    case evidenceOmitted = "evidence_omitted"
    case absorbedBy = "absorbed_by"
  }
}

extension Finding {
  /// What a finding is about; the key stays the same when the same fault is found again.
  public struct Subject: Sendable, Codable, Equatable {
    /// The kind of thing, such as `subnet` or `chain`.
    public var kind: String
    /// Its name.
    public var key: String

    /// Names a subject.
    public init(kind: String, key: String) {
      self.kind = kind
      self.key = key
    }
  }

  /// What to do about a finding.
  public struct Fix: Sendable, Codable, Equatable {
    /// In words.
    public var text: String
    /// Lines to copy, each complete.
    public var commands: [String]

    /// Describes a remedy.
    public init(text: String, commands: [String]) {
      self.text = text
      self.commands = commands
    }
  }

  /// How many findings of one rule another finding explains.
  public struct Consequence: Sendable, Codable, Equatable {
    /// The rule of the explained findings.
    public var rule: String
    /// How often they were seen, all together.
    public var count: Int
    /// The explained findings.
    public var findings: [String]

    /// Sums up consequences.
    public init(rule: String, count: Int, findings: [String]) {
      self.rule = rule
      self.count = count
      self.findings = findings
    }
  }

  /// Why a finding doesn't count.
  public struct Suppression: Sendable, Codable, Equatable {
    /// `suppression` or `baseline`.
    public var kind: String
    /// The reason that the user gave.
    public var reason: String

    /// Describes a suppression.
    public init(kind: String, reason: String) {
      self.kind = kind
      self.reason = reason
    }
  }
}

/// A place in the bundle that shows what a finding claims.
public struct Evidence: Sendable, Codable, Equatable {
  /// The member of the bundle.
  public var path: String
  /// The line in it, counted from 1; `nil` where lines mean nothing.
  public var line: Int?
  /// Where in a JSON document.
  public var pointer: String?
  /// What stands there: the line itself, or what the rule says about it.
  public var excerpt: String?
  /// The time that the line carries, RFC 3339 in UTC.
  public var time: String?

  /// Points at a place.
  public init(
    path: String, line: Int?, pointer: String? = nil, excerpt: String? = nil, time: String? = nil
  ) {
    self.path = path
    self.line = line
    self.pointer = pointer
    self.excerpt = excerpt
    self.time = time
  }

  /// The place in one word: `path:line`, `path#pointer` or the path.
  public var location: String {
    if let line { return "\(path):\(line)" }
    if let pointer { return "\(path)#\(pointer)" }
    return path
  }
}
