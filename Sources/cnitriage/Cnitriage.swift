import ArgumentParser
import BundleModel
import CollectCommand

/// The program's root: every verb is a subcommand.
struct Cnitriage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cnitriage",
    abstract: "Support bundles and diagnosis for nodes with the Amazon VPC CNI.",
    version: Manifest.ToolVersion.current.version,
    subcommands: [
      CollectCommand<CheckOptions>.self, RedactCommand.self, AnalyzeCommand.self,
      ReplayCommand.self, PathCommand.self, QueryCommand.self, ExportCommand.self,
      ExplainCommand.self, RulesCommand.self,
    ])
}

@main
enum Main {
  static func main() async {
    await Program.run(Cnitriage.self)
  }
}
