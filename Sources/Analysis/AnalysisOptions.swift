public import ReportModel

/// What a user may choose about an analysis.
public struct AnalysisOptions: Sendable {
  /// Rules to ask: ids, groups or patterns; empty for all.
  public var select: [String]
  /// Rules to leave out.
  public var ignore: [String]
  /// Folders with rules of the user.
  public var ruleFolders: [String]
  /// Whether only the user's rules are asked.
  public var usesOnlyOwnRules: Bool
  /// From which severity on the run fails.
  public var failOn: FailOn
  /// Whether missing evidence fails the run.
  public var strict: Bool
  /// Where the fact database is kept; `nil` for memory.
  public var database: String?
  /// Whether a damaged archive is read as far as it goes.
  public var acceptsDamage: Bool
  /// Whether the history of the address pool is replayed.
  public var replays = true
  /// What the user accepts.
  public var waivers: Waivers?

  /// The choices of a user who chooses nothing.
  public init(
    select: [String] = [], ignore: [String] = [], ruleFolders: [String] = [],
    usesOnlyOwnRules: Bool = false, failOn: FailOn = .none, strict: Bool = false,
    database: String? = nil, acceptsDamage: Bool = false
  ) {
    self.select = select
    self.ignore = ignore
    self.ruleFolders = ruleFolders
    self.usesOnlyOwnRules = usesOnlyOwnRules
    self.failOn = failOn
    self.strict = strict
    self.database = database
    self.acceptsDamage = acceptsDamage
  }
}
