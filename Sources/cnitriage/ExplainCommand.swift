import Analysis
import ArgumentParser
import CollectCommand
import ReportRendering

/// The verb `explain`.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a rule means and how to fix what it finds.")

  @Argument(help: "A rule's id, such as forwarding/policy-drop.")
  var rule: String

  @Option(help: ArgumentHelp("A folder with rules of your own.", valueName: "DIR"))
  var rules: [String] = []

  mutating func run() throws {
    do throws(AnalysisError) {
      let set = try Analyzer.ruleSet(AnalysisOptions(ruleFolders: rules))
      Console.output(RuleText.explanation(try set.rule(rule)))
    } catch {
      Console.report(error, json: false)
      throw ExitCode(error.exitCode)
    }
  }
}
