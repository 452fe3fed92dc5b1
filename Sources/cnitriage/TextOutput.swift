import Analysis
import ArgumentParser
import CollectCommand
import FoundationEssentials
import Glibc
import ReportRendering

/// Where the text of a verb goes, and how it looks on a terminal.
struct TextOutput: ParsableArguments {
  @Option(name: [.short, .long], help: "A file, or - for standard output.")
  var output = "-"

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  @Flag(help: "Write nothing but ASCII.")
  var ascii = false

  /// Width, colours and characters of the text.
  var style: TextStyle {
    let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    let isTerminal = output == "-" && isatty(STDOUT_FILENO) == 1
    return TextStyle(
      width: columns ?? (isTerminal ? Console.columns : nil) ?? 80,
      isColoured: output == "-" && color.isOn, isASCII: ascii || !ColorChoice.isUTF8)
  }

  /// Writes the text.
  func write(_ text: String) throws(AnalysisError) {
    guard output != "-" else { return Console.output(text) }
    try ReportOutput.write(text, to: output)
  }

  /// The text of a document; that it can't be made is a bug.
  static func document(_ text: () throws -> String) throws(AnalysisError) -> String {
    do {
      return try text()
    } catch {
      throw AnalysisError(
        code: "E901", what: "internal error: the report is no JSON (\(error))",
        why: "a bug in cnitriage", remedy: "use another format and report it", exitCode: 70)
    }
  }
}
