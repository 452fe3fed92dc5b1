import Analysis
import ArgumentParser
import BundleReader
import CollectCommand
import FoundationEssentials
import Glibc
import ReportModel
import ReportRendering
import SystemPackage

/// `collect --check`: the analysis of the bundle, on the node, right after gathering.
struct CheckOptions: CollectFollowUp {
  @Flag(help: "Analyze the bundle afterwards, on this node, and print the summary.")
  var check = false

  var isWanted: Bool { check }

  func follow(_ bundle: FilePath, isQuiet: Bool) async {
    do throws(AnalysisError) {
      let report = try Analyzer.run(.path(bundle.string), options: AnalysisOptions())
      guard !isQuiet else { return }
      let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
      let style = TextStyle(width: columns ?? 80, isASCII: isatty(STDOUT_FILENO) != 1)
      Console.output("\n" + ReportFormat.text.renderer(style).text(report))
    } catch {
      // The bundle is whole; that it could not be judged here is told, and changes nothing else.
      Console.report(error, json: false)
    }
  }
}
