/// The judgement over one or more inputs. Every output format is a view of this value; a format
/// never changes content or exit code.
public struct Report: Sendable, Codable, Equatable {
  /// The name and version of the JSON form.
  public static let schemaName = "cnitriage.report/1"

  /// Always ``schemaName`` in reports of this version.
  public var schema: String
  /// What judged.
  public var tool: Tool
  /// What was judged.
  public var inputs: [Input]
  /// Counts.
  public var summary: Summary
  /// The causes that explain most, at most one for each input.
  public var rootCauses: [RootCause]
  /// Everything found, worst first, then by rule and subject.
  public var findings: [Finding]
  /// Rules without a judgement, by id.
  public var notEvaluated: [NotEvaluated]
  /// Rules that the node's kind excludes, by id.
  public var notApplicable: [NotApplicable]
  /// Rules that looked and found nothing, by id.
  public var passed: [Passed]
  /// What the node's kernel does with the packets of the standard set; nil if that was not asked.
  public var packets: Packets?
  /// What a reader should know about the evidence and that is no finding.
  public var notices: [String]
  /// What went wrong while judging.
  public var errors: [Problem]
  /// What the process ends with.
  public var exit: Exit

  enum CodingKeys: String, CodingKey {
    case schema, tool, inputs, summary, findings, passed, packets, notices, errors, exit
    case rootCauses = "root_causes"
    case notEvaluated = "not_evaluated"
    case notApplicable = "not_applicable"
  }
}

extension Report {
  /// What judged.
  public struct Tool: Sendable, Codable, Equatable {
    /// Always `cnitriage`.
    public var name: String
    /// Semantic version.
    public var version: String
    /// Version of the built-in rules.
    public var rules: String
    /// Version of the address manager's model.
    public var engine: String
    /// How many rules were asked.
    public var ruleCount: Int

    /// Names the program.
    public init(
      name: String = "cnitriage", version: String, rules: String, engine: String, ruleCount: Int
    ) {
      self.name = name
      self.version = version
      self.rules = rules
      self.engine = engine
      self.ruleCount = ruleCount
    }

    enum CodingKeys: String, CodingKey {
      case name, version, rules, engine
      case ruleCount = "rule_count"
    }
  }

  /// Counts of findings and rules. Folded and suppressed findings count only as such.
  public struct Summary: Sendable, Codable, Equatable {
    /// Findings of this severity.
    public var critical = 0
    /// Findings of this severity.
    public var error = 0
    /// Findings of this severity.
    public var warning = 0
    /// Findings of this severity.
    public var info = 0
    /// Rules that found nothing.
    public var passed = 0
    /// Findings that another one explains.
    public var absorbed = 0
    /// Rules without a judgement.
    public var notEvaluated = 0
    /// Rules that don't concern the node.
    public var notApplicable = 0
    /// Findings that a user suppressed.
    public var suppressed = 0
    /// Findings that a baseline knows.
    public var baseline = 0

    enum CodingKeys: String, CodingKey {
      case critical, error, warning, info, passed, absorbed, suppressed, baseline
      case notEvaluated = "not_evaluated"
      case notApplicable = "not_applicable"
    }

    /// The count of one severity.
    public subscript(severity: Severity) -> Int {
      get {
        switch severity {
        case .critical: critical
        case .error: error
        case .warning: warning
        case .info: info
        }
      }
      set {
        switch severity {
        case .critical: critical = newValue
        case .error: error = newValue
        case .warning: warning = newValue
        case .info: info = newValue
        }
      }
    }
  }

  /// The finding that explains most.
  public struct RootCause: Sendable, Codable, Equatable {
    /// How sure that is.
    public var confidence: Confidence
    /// The cause as a sentence.
    public var text: String
    /// The findings that state it.
    public var findings: [String]
    /// The rules of what it explains, in the order of the report.
    public var chain: [String]
  }

  /// A rule without a judgement.
  public struct NotEvaluated: Sendable, Codable, Equatable {
    /// The rule.
    public var rule: String
    /// A stable word, such as `item-timeout`.
    public var reason: String
    /// The item that would have told.
    public var item: String?
    /// The same for a person.
    public var text: String
  }

  /// A rule that doesn't concern the node.
  public struct NotApplicable: Sendable, Codable, Equatable {
    /// The rule.
    public var rule: String
    /// The switch that is off.
    public var text: String
  }

  /// A rule that found nothing.
  public struct Passed: Sendable, Codable, Equatable {
    /// The rule.
    public var rule: String
    /// What it looked for.
    public var title: String
  }

  /// Something that went wrong while judging, without ending the run.
  public struct Problem: Sendable, Codable, Equatable {
    /// The stable code that documentation names.
    public var code: String
    /// What happened.
    public var message: String

    /// Describes a problem.
    public init(code: String, message: String) {
      self.code = code
      self.message = message
    }
  }
}
