import Analysis
public import ArgumentParser
import BundleReader
import CollectCommand
public import ReportModel
import ReportRendering

/// The verb `analyze`.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Find problems in a bundle.",
    discussion: """
      Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 wrong usage or a \
      wrong rule, 3 the input is no readable bundle, 4 --strict and evidence is missing, 6 an \
      output cannot be written.
      """)

  @Argument(
    help: """
      A bundle or an archive of another collector, the folder that it was unpacked into, the root of \
      an image, or - for standard input.
      """)
  var bundle: String

  @OptionGroup var selection: RuleSelection

  @OptionGroup var report: ReportOutput

  @OptionGroup var accepted: WaiverOptions

  @Option(help: "Severity from which on the run fails: critical, error, warning, info, any, none.")
  var failOn: FailOn = .none

  @Flag(help: "Exit 4 if a rule could not be judged for lack of evidence.")
  var strict = false

  @Option(name: .customLong("db"), help: ArgumentHelp("Keep the facts.", valueName: "FILE"))
  var database: String?

  @Flag(help: "Read a damaged archive as far as it goes.")
  var partial = false

  @Flag(help: "Don't replay the history of the address pool: faster, and its tables stay empty.")
  var noReplay = false

  @Option(
    help: ArgumentHelp(
      "Translate the report of a masked bundle back with its map.", valueName: "FILE"))
  var unmask: String?

  mutating func run() throws {
    var options = selection.options
    options.failOn = failOn
    options.strict = strict
    options.database = database
    options.acceptsDamage = partial
    options.replays = !noReplay
    let code: Int
    do throws(AnalysisError) {
      options.waivers = try accepted.waivers()
      let unmasking = try unmask.map { file throws(AnalysisError) in try Unmasking(file: file) }
      var result = try Analyzer.run(
        bundle == "-" ? .standardInput : .path(bundle), options: options)
      if let unmasking { result = try unmasking.unmasked(result) }
      try report.write(result)
      try accepted.finish(result)
      code = result.exit.code
    } catch {
      Console.report(error, json: report.chosenFormat == .json)
      throw ExitCode(error.exitCode)
    }
    if code != 0 { throw ExitCode(Int32(code)) }
  }
}

extension FailOn: ExpressibleByArgument {
  /// Reads the word of the command line.
  public init?(argument: String) {
    self.init(argument)
  }
}
