import Analysis
public import ArgumentParser
import BundleModel
import CollectCommand
import FoundationEssentials
import ReportModel
public import ReportRendering

/// The flags that say how a report looks and where it goes.
struct ReportOutput: ParsableArguments {
  @Option(help: "text, json or html.")
  var format: ReportFormat = .text

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(name: [.short, .long], help: "A file, or - for standard output.")
  var output = "-"

  @Option(help: ArgumentHelp("A further report from the same run.", valueName: "FORMAT=FILE"))
  var also: [Further] = []

  @Flag(help: "Show every finding in full.")
  var details = false

  @Option(help: "Further lists, comma-separated: passed, suppressed, not-applicable.")
  var show: [String] = []

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  @Flag(help: "Write nothing but ASCII.")
  var ascii = false

  /// One `FORMAT=FILE`.
  struct Further: ExpressibleByArgument {
    let format: ReportFormat
    let path: String

    init?(argument: String) {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let format = ReportFormat(rawValue: parts[0]) else { return nil }
      self.format = format
      path = parts[1]
    }
  }

  mutating func validate() throws {
    for word in shown where !["passed", "suppressed", "not-applicable"].contains(word) {
      throw ValidationError("--show knows passed, suppressed and not-applicable, not `\(word)`.")
    }
  }

  /// What standard output gets.
  var chosenFormat: ReportFormat { json ? .json : format }

  private var shown: [String] { show.flatMap { $0.split(separator: ",").map(String.init) } }

  /// Writes every wanted report.
  func write(_ report: Report) throws(AnalysisError) {
    let toTerminal = output == "-"
    let text = chosenFormat.renderer(style(colours: toTerminal && color.isOn)).text(report)
    if toTerminal {
      Console.output(text)
    } else {
      try Self.write(text, to: output)
    }
    for further in also {
      try Self.write(further.format.renderer(style(colours: false)).text(report), to: further.path)
    }
  }

  private func style(colours: Bool) -> TextStyle {
    let environment = ProcessInfo.processInfo.environment
    return TextStyle(
      width: environment["COLUMNS"].flatMap { Int($0) } ?? 80, isColoured: colours,
      isASCII: ascii || !ColorChoice.isUTF8, showsDetails: details,
      showsPassed: shown.contains("passed"), showsSuppressed: shown.contains("suppressed"),
      showsNotApplicable: shown.contains("not-applicable"))
  }

  /// Writes a text to a file.
  static func write(_ text: String, to path: String) throws(AnalysisError) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw AnalysisError(
        code: "E203", what: "cannot create \(path)",
        why: "the folder doesn't exist, is not writable, or the disk is full",
        remedy: "name a file in a folder of your own", exitCode: 6)
    }
  }
}

extension ReportFormat: ExpressibleByArgument {}
