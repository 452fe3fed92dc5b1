public import Analysis
public import ArgumentParser
import CollectCommand
public import FactRendering
import FoundationEssentials

/// The verb `export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write facts as SQLite, JSON Lines or CSV.",
    usage: """
      cnitriage export [OPTIONS] BUNDLE... --to sqlite=FILE|jsonl=DIR|csv=DIR
      cnitriage export --ddl athena|duckdb|clickhouse|spark [--location PATH]
      """,
    discussion: """
      Every row says which bundle, cluster and node it is from and when the bundle was gathered. A \
      folder gets DIR/v1/TABLE/cluster=C/dt=YYYY-MM-DD/BUNDLE.jsonl.zst, which Athena, DuckDB, \
      ClickHouse and Spark query where it lies; --ddl prints the definitions for that. Files appear \
      under their names only when they are whole.

      Examples:

        cnitriage export bundles/ --to sqlite=fleet.db
        cnitriage query fleet.db "SELECT cluster, count(*) FROM pod GROUP BY 1"
        cnitriage export bundles/ --to jsonl=facts
        cnitriage export --ddl duckdb --location facts > tables.sql

      Exit codes: 0 done, 2 wrong usage, 3 no input is a readable bundle, 4 --strict and one is not, \
      6 the output cannot be written.
      """)

  @Argument(help: "Bundles, folders of bundles, or - for standard input.")
  var bundles: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where to; can be repeated.", valueName: "sqlite=FILE|jsonl=DIR|csv=DIR"))
  var to: [ExportTarget] = []

  @Option(
    help: "Print table definitions and five example queries: athena, duckdb, clickhouse, spark.")
  var ddl: QueryEngine?

  @Option(
    help: ArgumentHelp(
      "Where the definitions look for the files of --to jsonl=DIR.", valueName: "PATH"))
  var location: String?

  @Flag(help: "Replace files of earlier exports.")
  var overwrite = false

  @Flag(help: "Leave the files of a folder uncompressed.")
  var uncompressed = false

  @Flag(help: "Read damaged archives as far as they go.")
  var partial = false

  @Flag(help: "Exit 4 if a bundle is unreadable.")
  var strict = false

  @Flag(help: "Print a JSON document at the end.")
  var json = false

  @Flag(name: [.short, .long], help: "Print nothing but errors.")
  var quiet = false

  mutating func validate() throws {
    if ddl != nil {
      guard bundles.isEmpty, to.isEmpty else {
        throw ValidationError("--ddl prints definitions and exports nothing: leave the rest out.")
      }
      return
    }
    guard location == nil else { throw ValidationError("--location belongs to --ddl.") }
    guard !bundles.isEmpty else { throw ValidationError("Name a bundle, or --ddl ENGINE.") }
    guard !to.isEmpty else {
      throw ValidationError("Say where to: --to sqlite=FILE, jsonl=DIR or csv=DIR.")
    }
    guard Set(to.map(\.path)).count == to.count else {
      throw ValidationError("Every --to needs a place of its own.")
    }
  }

  mutating func run() throws {
    let interruption = Interruption()
    let code: Int32
    do throws(AnalysisError) {
      if let ddl {
        let script = ddl.script(
          for: try BundleFacts.tables(), location: location ?? ddl.defaultLocation)
        _ = try ResultOutput("-").write(Array(script.utf8))
        return
      }
      code = try export(interruption)
    } catch {
      let error = interruption.signal.map { AnalysisError.interrupted($0) } ?? error
      Console.report(error, json: json)
      throw ExitCode(error.exitCode)
    }
    if code != 0 { throw ExitCode(code) }
  }

  private func export(_ interruption: Interruption) throws(AnalysisError) -> Int32 {
    guard case .bundles(let inputs) = try FactInputs(bundles) else {
      throw AnalysisError(
        code: "E309", what: "\(bundles[0]) is an export already", why: "export reads bundles",
        remedy: "cnitriage query \(bundles[0]) \"SELECT ...\"", exitCode: 3)
    }
    var export = try FactExport(to: to, replaces: overwrite, isCompressed: !uncompressed)
    let summary = try FactInputs.read(
      inputs, acceptsDamage: partial, isCancelled: interruption.isCancelled,
      report: { Console.report($0, json: false) }
    ) { bundle throws(AnalysisError) in
      for note in bundle.notes { Console.error("note: \(bundle.name): \(note)\n") }
      try export.add(bundle, isCancelled: interruption.isCancelled)
    }
    if let signal = interruption.signal { throw AnalysisError.interrupted(signal) }
    if summary.read > 0 { try export.finish() }
    if json {
      _ = try ResultOutput("-").write(
        ExportSummary(summary, rows: export.rows, targets: to).json())
    } else if !quiet, summary.read > 0 {
      let text = to.map { target in
        "\(target.path)  \(counted(summary.read, "bundle"))  \(counted(export.rows, "row"))\n"
      }
      _ = try ResultOutput("-").write(Array(text.joined().utf8))
    }
    return summary.exitCode(strict: strict)
  }

  private func counted(_ count: Int, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
  }
}

/// What `export --json` prints.
private struct ExportSummary: Encodable {
  let schema = "cnitriage.export/1"
  let bundles: Int
  let unreadable: Int
  let rows: Int
  let targets: [Target]

  struct Target: Encodable {
    let form: String
    let path: String
  }

  init(_ summary: FactInputs.Summary, rows: Int, targets: [ExportTarget]) {
    bundles = summary.read
    unreadable = summary.failed
    self.rows = rows
    self.targets = targets.map { Target(form: $0.form.rawValue, path: $0.path) }
  }

  func json() throws(AnalysisError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self)) + [0x0A]
    } catch {
      throw AnalysisError(
        code: "E901", what: "the summary cannot be written: \(error)", why: "a bug in cnitriage",
        remedy: "run without --json, and report it", exitCode: 70)
    }
  }
}

extension ExportTarget: ExpressibleByArgument {
  /// Reads `FORM=PATH`.
  public init?(argument: String) {
    self.init(argument)
  }
}

extension QueryEngine: ExpressibleByArgument {}
