import ArgumentParser
import BundleModel
import CollectCommand

/// The small binary for nodes: it gathers, and leaves judging to the laptop.
struct CnitriageNode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cnitriage-node",
    abstract: "Gather support bundles from nodes with the Amazon VPC CNI.",
    version: Manifest.ToolVersion.current.version,
    subcommands: [CollectCommand<NoFollowUp>.self, RedactCommand.self])
}

@main
enum Main {
  static func main() async {
    await Program.run(CnitriageNode.self)
  }
}
