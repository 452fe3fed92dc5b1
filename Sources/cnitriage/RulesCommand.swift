import Analysis
import ArgumentParser
import CollectCommand
import RuleEngine

/// The verb `rules`.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List rules, show one, or write and test your own.",
    subcommands: [List.self, Show.self, New.self, Validate.self, Test.self])

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

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a rule to begin with: it is complete, and its examples hold.")

    @Argument(help: "The folder of your rules; it is made if it does not exist.")
    var folder: String

    @Option(help: ArgumentHelp("The rule's id.", valueName: "GROUP/SLUG"))
    var id = "site/example"

    mutating func run() throws {
      do throws(AnalysisError) {
        let path = try RuleFolder(folder).add(id)
        Console.output("\(path)\nTry it: cnitriage rules test \(folder)\n")
      } catch {
        Console.report(error, json: false)
        throw ExitCode(error.exitCode)
      }
    }
  }

  struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every rule of a folder against the tables, without running it.")

    @Argument(help: "The folder.")
    var folder: String

    mutating func run() throws {
      do throws(AnalysisError) {
        let count = try RuleFolder(folder).rules().rules.count
        Console.output("\(count) rules, all valid.\n")
      } catch {
        Console.report(error, json: false)
        throw ExitCode(error.exitCode)
      }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every rule of a folder and prove it by its examples.",
      discussion: """
        Runs every example. Then removes and negates the condition of the query: an example has to \
        notice either.
        """)

    @Argument(help: "The folder.")
    var folder: String

    mutating func run() throws {
      let failures: [String]
      let count: Int
      do throws(AnalysisError) {
        let set = try RuleFolder(folder).rules()
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
