import Analysis
public import ArgumentParser
import BundleReader
import CollectCommand
public import FactRendering
import FactStore
import FoundationEssentials
import Glibc
import ReportRendering

/// The verb `query`.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Run SQL over the facts of a bundle.",
    usage: "cnitriage query [OPTIONS] BUNDLE... [SQL | .tables | .schema [TABLE] | .help [TABLE]]",
    discussion: """
      Nothing is written: one SELECT at a time, within bounds of time, memory and rows. Without SQL \
      it is read from standard input; on a terminal a prompt starts. Several bundles stand in the \
      same tables, told apart by bundle_id, cluster and node_id: join on bundle_id too.

      Examples:

        cnitriage query BUNDLE .tables
        cnitriage query BUNDLE ".help ip_rule"
        cnitriage query BUNDLE "SELECT priority, src, tbl FROM ip_rule"
        cnitriage query bundles/ "SELECT node_id, version FROM container_image"
        cnitriage rules show forwarding/policy-drop --sql | cnitriage query BUNDLE

      Exit codes: 0 done, 2 the statement is wrong, 3 an input is no readable bundle, 4 a bound was \
      met, so that the result is not complete (with --strict also if one of several bundles is \
      unreadable), 6 the output cannot be written.
      """)

  @Argument(
    help: ArgumentHelp(
      "Bundles, folders of bundles, - for standard input, or one database of export or --db; last "
        + "the SQL.", valueName: "BUNDLE... [SQL]"))
  var arguments: [String] = []

  @Option(
    help:
      "table, json, jsonl, csv or markdown; unless given, table on a terminal and csv elsewhere.")
  var format: RowFormat?

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(name: [.short, .long], help: "A file, or - for standard output.")
  var output = "-"

  @Option(help: ArgumentHelp("Longest run of a statement.", valueName: "SECONDS"))
  var timeout = 60

  @Option(help: ArgumentHelp("Most rows of a result; 0 for any number.", valueName: "ROWS"))
  var maxRows = 100_000

  @Flag(help: "Read damaged archives as far as they go.")
  var partial = false

  @Flag(help: "Exit 4 if one of several bundles is unreadable.")
  var strict = false

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  @Flag(help: "Write nothing but ASCII.")
  var ascii = false

  mutating func validate() throws {
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout is a number of seconds from 1 to 86400.")
    }
    guard maxRows >= 0 else { throw ValidationError("--max-rows is a number of rows.") }
  }

  mutating func run() throws {
    let interruption = Interruption()
    let code: Int32
    do throws(AnalysisError) {
      code = try answer(interruption)
      if let signal = interruption.signal { throw AnalysisError.interrupted(signal) }
    } catch {
      let error = interruption.signal.map { AnalysisError.interrupted($0) } ?? error
      Console.report(error, json: json || format == .json)
      throw ExitCode(error.exitCode)
    }
    if code != 0 { throw ExitCode(code) }
  }

  private func answer(_ interruption: Interruption) throws(AnalysisError) -> Int32 {
    let question = try QueryArguments(arguments)
    let isTerminal = output == "-" && isatty(STDOUT_FILENO) == 1
    let asks = question.sql == nil && isatty(STDIN_FILENO) == 1
    // Asked before anything is read: a bundle must not be read for nothing.
    let sql =
      if let given = question.sql { given } else if asks { "" } else {
        try Self.standardInput(besides: question.inputs)
      }
    let isCancelled = interruption.isCancelled
    let source = try FactSource(
      question.inputs, acceptsDamage: partial, isCancelled: isCancelled,
      report: { Console.report($0, json: false) })
    guard !isCancelled() else { return 0 }
    var code = source.summary.exitCode(strict: strict)
    if code == 3 { return code }
    let session = QuerySession(
      source.reader, limits: limits, format: shownFormat(isTerminal), style: style(isTerminal),
      isForTerminal: isTerminal, hasHints: !asks)
    let result = try ResultOutput(output)
    if asks {
      try QueryPrompt(session, interruption, maxRows: maxRows).run { bytes throws(AnalysisError) in
        try result.write(bytes)
      }
    } else {
      let ending = try session.answer(sql, isCancelled: isCancelled) {
        bytes throws(AnalysisError) in try result.write(bytes)
      }
      if ending == .rowLimit {
        Console.report(AnalysisError.rowLimit(maxRows), json: false)
        code = 4
      }
    }
    try result.finish()
    return code
  }

  private var limits: QueryLimits {
    QueryLimits(time: .seconds(timeout), rows: maxRows == 0 ? Int.max : maxRows)
  }

  private func shownFormat(_ isTerminal: Bool) -> RowFormat {
    json ? .json : format ?? (isTerminal ? .table : .csv)
  }

  private func style(_ isTerminal: Bool) -> TextStyle {
    let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    return TextStyle(
      width: columns ?? Console.columns ?? 80, isColoured: output == "-" && color.isOn,
      isASCII: ascii || !ColorChoice.isUTF8)
  }

  /// The statement on standard input, unless a bundle is read from there.
  private static func standardInput(besides inputs: FactInputs) throws(AnalysisError) -> String {
    if case .bundles(let bundles) = inputs, bundles.contains(.standardInput) {
      throw AnalysisError(
        code: "E101", what: "no SQL was given", why: "standard input holds the bundle already",
        remedy: "pass the SQL as the last argument", exitCode: 2)
    }
    return try StatementReader.standardInput()
  }
}

extension RowFormat: ExpressibleByArgument {}
