import Analysis
public import ArgumentParser
import BundleReader
import CollectCommand
import IPAMReplay
public import ReplayRendering

/// The verb `replay`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Show how the address pool changed over time.",
    discussion: """
      Replays ipamd's logs second by second and compares its numbers with an exact model of its \
      warm pool. With --what-if the recorded pod starts and stops are fed to the model under other \
      settings; --advise looks for the settings that need the fewest addresses without a failed \
      start. What logs can't tell is in docs/replay.md.

      Examples:

        cnitriage replay BUNDLE --from 12:00 --events errors
        cnitriage replay BUNDLE --what-if WARM_IP_TARGET=2 --what-if MINIMUM_IP_TARGET=10
        cnitriage replay BUNDLE --what-if ENABLE_PREFIX_DELEGATION=true --max-pods 110
        cnitriage replay BUNDLE --advise
        cnitriage replay BUNDLE --format html -o pool.html

      Exit codes: 0 done, 2 wrong usage, 3 the input is no readable bundle, 4 it holds no log of \
      ipamd, 6 the output cannot be written.
      """)

  @Argument(help: "A bundle, the folder that it was unpacked into, or - for standard input.")
  var bundle: String

  @Option(help: "text, json, csv or html.")
  var format: ReplayFormat = .text

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Begin: HH:MM[:SS] on the log's last day, or 2031-04-02T12:00Z.", valueName: "TIME"))
  var from: String?

  @Option(help: ArgumentHelp("End, in the same form.", valueName: "TIME"))
  var to: String?

  @Option(help: ArgumentHelp("One sample every so many seconds.", valueName: "SECONDS"))
  var step: Int?

  @Option(help: "all or errors.")
  var events: ReplayReport.EventChoice = .all

  @Flag(help: "List every line that differs from the replay.")
  var differences = false

  @Option(
    help: ArgumentHelp(
      "Try a setting, such as WARM_IP_TARGET=2; several make one try. An empty value unsets it.",
      valueName: "NAME=VALUE"))
  var whatIf: [String] = []

  @Option(help: ArgumentHelp("Try another type of instance.", valueName: "TYPE"))
  var instanceType: String?

  @Option(help: ArgumentHelp("Try another pod capacity.", valueName: "NUMBER"))
  var maxPods: Int?

  @Flag(help: "Search the settings that need the fewest addresses without a failed start.")
  var advise = false

  @Flag(help: "Read a damaged archive as far as it goes.")
  var partial = false

  @OptionGroup var target: TextOutput

  mutating func validate() throws {
    if let step, step < 1 || step > 86_400 {
      throw ValidationError("--step is a number of seconds from 1 to 86400.")
    }
    if let maxPods, maxPods < 1 { throw ValidationError("--max-pods is a number of pods.") }
    for text in whatIf {
      guard let name = text.split(separator: "=", maxSplits: 1).first, text.contains("=") else {
        throw ValidationError("--what-if wants NAME=VALUE, not `\(text)`.")
      }
      guard PoolTrial.settings.contains(String(name)) else {
        throw ValidationError(
          "--what-if can't try `\(name)`; it knows \(PoolTrial.settings.joined(separator: ", ")).")
      }
    }
  }

  mutating func run() throws {
    do throws(AnalysisError) {
      let history = try PoolHistory(
        bundle == "-" ? .standardInput : .path(bundle), acceptsDamage: partial)
      var report = history.report
      report.window = try ReplayTime.window(from: from, to: to, of: report.result)
      report.events = events
      report.stepSeconds = step
      report.showsDifferences = differences
      if advise || !whatIf.isEmpty || instanceType != nil || maxPods != nil {
        report.comparison = try PoolTrial(
          changes: changes, instanceType: instanceType, maxPods: maxPods, advises: advise
        ).comparison(history)
      }
      try write(report)
    } catch {
      Console.report(error, json: json || format == .json)
      throw ExitCode(error.exitCode)
    }
  }

  private var changes: [String: String] {
    var changes: [String: String] = [:]
    for text in whatIf {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      changes[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    return changes
  }

  private func write(_ report: ReplayReport) throws(AnalysisError) {
    switch json ? .json : format {
    case .text: try target.write(ReplayTextRenderer(target.style).text(report))
    case .csv: try target.write(ReplayCSVRenderer().text(report))
    case .html: try target.write(ReplayHTMLRenderer().text(report))
    case .json:
      try target.write(TextOutput.document { try ReplayJSONRenderer().text(report) })
    }
  }
}

/// How a replay is written.
enum ReplayFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv, html
}

extension ReplayReport.EventChoice: ExpressibleByArgument {}
