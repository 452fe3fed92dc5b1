import Analysis
import ArgumentParser

/// The flags that say which rules are asked.
struct RuleSelection: ParsableArguments {
  @Option(help: "Rule ids, groups or patterns, comma-separated; only these are asked.")
  var select: [String] = []

  @Option(help: "Rule ids, groups or patterns, comma-separated, that are left out.")
  var ignore: [String] = []

  @Option(help: ArgumentHelp("A folder with rules of your own.", valueName: "DIR"))
  var rules: [String] = []

  @Option(help: ArgumentHelp("A folder whose rules replace the built-in ones.", valueName: "DIR"))
  var rulesOnly: String?

  mutating func validate() throws {
    if rulesOnly != nil, !rules.isEmpty {
      throw ValidationError("--rules adds to the built-in rules, --rules-only replaces them.")
    }
  }

  /// The choices of the analysis that these flags make.
  var options: AnalysisOptions {
    AnalysisOptions(
      select: Self.words(select), ignore: Self.words(ignore),
      ruleFolders: rules + [rulesOnly].compactMap { $0 }, usesOnlyOwnRules: rulesOnly != nil)
  }

  private static func words(_ lists: [String]) -> [String] {
    lists.flatMap { $0.split(separator: ",").map(String.init) }
  }
}
