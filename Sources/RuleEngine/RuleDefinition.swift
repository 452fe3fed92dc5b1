public import BundleModel
public import ReportModel

/// One rule: the SELECT that returns what violates it, and everything a person needs to act.
public struct RuleDefinition: Sendable {
  /// `group/slug`, the path of its file.
  public let id: String
  /// The file as a user would name it.
  public let file: String
  /// What it states when it fires.
  public let title: String
  /// How bad a row is that doesn't say otherwise.
  public let severity: Severity
  /// How sure the claim is.
  public let confidence: Confidence
  /// Where it stands in its life.
  public let status: Status
  /// What it can be asked about.
  public let scopes: [Scope]
  /// The items it cannot do without; `nil` when they follow from the tables it reads.
  public let needs: [Need]?
  /// Returns the violating rows.
  public internal(set) var query: SQLText
  /// Returns further places to show when it fires.
  public let evidence: SQLText?
  /// Yields a reason when the rule doesn't concern the node.
  public let applies: SQLText?
  /// Yields a reason when a quiet answer would not be one.
  public let unless: SQLText?
  /// The kind of thing that `subject` names.
  public let subject: String
  /// The sentence of a finding.
  public let message: MessageTemplate
  /// The sentence of a finding whose condition has ended.
  public let resolved: MessageTemplate?
  /// Why it matters.
  public let why: String
  /// What to do, unless the cause says better.
  public let fix: Finding.Fix
  /// The cause codes that rows may carry.
  public let causes: [Cause]
  /// When it stays quiet although it looks as if it should fire, for `explain`.
  public let quietIf: String?
  /// Names of the same condition in other tools.
  public let related: [String]
  /// Where the claim can be looked up.
  public let references: [String]
  /// Which findings it explains when it fires.
  public let absorbs: [AbsorbEdge]
  /// Inputs with what the rule must say about them.
  public let examples: [RuleExample]
}

extension RuleDefinition {
  /// Where a rule stands in its life. Ids are never reused.
  public enum Status: String, Sendable, CaseIterable {
    /// New: wording and thresholds may change.
    case preview
    /// Relied upon.
    case stable
    /// To be removed.
    case deprecated
  }

  /// What a rule can be asked about.
  public enum Scope: String, Sendable, CaseIterable {
    /// A support bundle, or the node itself.
    case bundle
    /// A running node only.
    case live
    /// The root file system of an image.
    case rootfs
    /// A planned configuration.
    case plan
    /// Several bundles of one cluster.
    case fleet
  }

  /// What one of a rule's causes means.
  public struct Cause: Sendable {
    /// The code, such as `docker`.
    public let code: String
    /// What it says about the finding.
    public let text: String
    /// The remedy for this cause, if it has one of its own.
    public let fix: Finding.Fix?
  }

  /// A demand on the evidence: one of these items must be usable. An optional demand is also met
  /// when the node rightly doesn't have the item, but not when taking it failed.
  public struct Need: Sendable, Hashable, CustomStringConvertible {
    /// Any of these will do.
    public let items: [ArtifactID]
    /// Whether the node may lack all of them.
    public let isOptional: Bool

    /// States a demand.
    public init(_ items: [ArtifactID], isOptional: Bool = false) {
      self.items = items
      self.isOptional = isOptional
    }

    /// As it is written in a rule.
    public var description: String {
      items.map(\.rawValue).joined(separator: "|") + (isOptional ? "?" : "")
    }
  }
}

/// SQL of a rule and where it stands.
public struct SQLText: Sendable, Hashable {
  /// The statement.
  public let text: String
  /// The line of the file that holds the first line of the statement.
  public let line: Int

  /// The line of the file that holds a byte of the statement.
  func line(at byteOffset: Int) -> Int {
    line + text.utf8.prefix(max(0, byteOffset)).count { $0 == UInt8(ascii: "\n") }
  }
}

/// An input with what a rule must say about it.
public struct RuleExample: Sendable {
  /// What the example shows.
  public let name: String
  /// The line of the file where it begins.
  public let line: Int
  /// The members of the bundle.
  public let given: [Member]
  /// Items whose gathering did not go well.
  public let statuses: [ArtifactID: ItemStatus]
  /// When the bundle was made, in microseconds since 1970.
  public let collectedAtUs: Int64
  /// What must come out.
  public let expect: Expectation

  /// One member of the example's bundle.
  public struct Member: Sendable {
    /// The item.
    public let artifact: ArtifactID
    /// Where it stood on the node, for copied files.
    public let origin: String?
    /// Its content, or the file that holds it.
    public let content: Content
  }

  /// Where a member's text comes from.
  public enum Content: Sendable {
    /// From the rule.
    case text(String)
    /// From a file, relative to the package's folder.
    case file(String)
  }

  /// What must come out.
  public enum Expectation: Sendable {
    /// Findings with these fields, in any order; none: the rule is quiet.
    case findings([[String: String]])
    /// No judgement; the text must name this.
    case unknown(naming: String?)
    /// The node is not concerned.
    case notApplicable
  }

  /// Whether the example shows the rule firing.
  public var fires: Bool {
    if case .findings(let rows) = expect { return !rows.isEmpty }
    return false
  }

  /// Whether the example shows the rule staying quiet.
  public var isQuiet: Bool {
    if case .findings(let rows) = expect { return rows.isEmpty }
    return false
  }
}
