import Analysis
import ArgumentParser
import CollectCommand
import RuleEngine

/// The verb `rules`.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List rules, show one, or test a folder of your own.",
    subcommands: [List.self, Show.self, Test.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One line for every rule.")

    @OptionGroup var selection: RuleSelection

    mutating func run() throws {
      do throws(AnalysisError) {
        let options = selection.options
        let all = try Analyzer.ruleSet(options).rules.count
        Console.output(RuleText.table(try Analyzer.rules(options), of: all))
      } catch {
        Console.report(error, json: false)
        throw ExitCode(error.exitCode)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Everything about one rule.")

    @Argument(help: "A rule's id, such as forwarding/policy-drop.")
    var rule: String

    @Option(help: ArgumentHelp("A folder with rules of your own.", valueName: "DIR"))
    var rules: [String] = []

    @Flag(help: "Only the SQL.")
    var sql = false

    mutating func run() throws {
      do throws(AnalysisError) {
        let rule = try Analyzer.ruleSet(AnalysisOptions(ruleFolders: rules)).rule(self.rule)
        Console.output(sql ? rule.query.text : RuleText.explanation(rule))
      } catch {
        Console.report(error, json: false)
        throw ExitCode(error.exitCode)
      }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every rule of a folder and run its examples.")

    @Argument(help: "The folder.")
    var folder: String

    mutating func run() throws {
      let failures: [String]
      let count: Int
      do throws(AnalysisError) {
        let options = AnalysisOptions(ruleFolders: [folder], usesOnlyOwnRules: true)
        let set = try Analyzer.ruleSet(options)
        count = set.rules.count
        failures = try Analyzer.failedExamples(of: set, fixtures: folder)
      } catch {
        Console.report(error, json: false)
        throw ExitCode(error.exitCode)
      }
      for failure in failures { Console.error(failure + "\n") }
      Console.output("\(count) rules, \(failures.count) failed examples.\n")
      if !failures.isEmpty { throw ExitCode(2) }
    }
  }
}
