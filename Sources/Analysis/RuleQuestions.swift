import BundleModel
public import RuleEngine

extension RuleSet {
  /// The rule with this id.
  public func rule(_ id: String) throws(AnalysisError) -> RuleDefinition {
    if let rule = rules.first(where: { $0.id == id }) { return rule }
    let near = NearestName.to(id, among: rules.map(\.id))
    throw AnalysisError(
      code: "E103", what: "unknown rule `\(id)`", why: "no rule has this id",
      remedy: (near.map { "nearest: \($0); " } ?? "") + "cnitriage rules list", exitCode: 2)
  }
}

extension Analyzer {
  /// What the examples of rules got wrong, and the damage to rules that no example notices; one line
  /// each.
  public static func failedExamples(
    of set: RuleSet, fixtures: String
  ) throws(AnalysisError) -> [String] {
    let tester = RuleTester(fixtures: fixtures, conclusions: Conclusions.self)
    do {
      return try set.rules.flatMap { try tester.failures(of: $0) }
    } catch {
      throw AnalysisError(
        code: "E401", what: "an example cannot be run: \(error)",
        why: "a file that it names is missing", remedy: "name it relative to the folder",
        exitCode: 2)
    }
  }
}
