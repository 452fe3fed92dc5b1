import Analysis
import ArgumentParser
import FoundationEssentials
import ReportModel

/// The flags that say which findings are accepted.
struct WaiverOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Findings that are accepted, with reasons: a YAML list of rule, path, subject, until, reason, by.",
      valueName: "FILE"))
  var suppressions: [String] = []

  @Flag(help: "A suppression without a last day does nothing.")
  var requireExpiry = false

  @Option(help: ArgumentHelp("Findings that are known don't count.", valueName: "FILE"))
  var baseline: String?

  @Option(help: ArgumentHelp("Write down what is found as known.", valueName: "FILE"))
  var writeBaseline: String?

  @Option(
    help: ArgumentHelp(
      "The time against which last days are held, instead of the clock's.", valueName: "TIME"))
  var now: String?

  mutating func validate() throws {
    guard let now else { return }
    guard (try? Date(now, strategy: .iso8601)) != nil else {
      throw ValidationError("--now is a time such as 2026-09-30T12:00:00Z, not `\(now)`.")
    }
  }

  /// What they accept; nil if nothing is named.
  func waivers() throws(AnalysisError) -> Waivers? {
    guard !suppressions.isEmpty || baseline != nil else { return nil }
    let day = now.map { String($0.prefix(10)) } ?? Date().formatted(.iso8601.year().month().day())
    return try Waivers(
      suppressionFiles: suppressions, baselineFile: baseline, today: day,
      requiresExpiry: requireExpiry)
  }

  /// Writes the baseline that is wanted.
  func finish(_ report: Report) throws(AnalysisError) {
    guard let writeBaseline else { return }
    try ReportOutput.write(Baseline.text(report), to: writeBaseline)
  }
}
