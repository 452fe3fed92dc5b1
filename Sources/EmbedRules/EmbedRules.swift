import Foundation
import PackagePlugin

/// Compiles every YAML file below a target's folder into the target, so that the rules travel
/// inside the binary.
@main
struct EmbedRules: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let module = target as? SwiftSourceModuleTarget else { return [] }
    let rules = module.sourceFiles.map(\.url).filter { $0.pathExtension == "yaml" }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedRules.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(rules.count) rules",
        executable: try context.tool(named: "RuleEmbedder").url,
        arguments: [output.path, module.directoryURL.path] + rules.map(\.path),
        inputFiles: rules, outputFiles: [output])
    ]
  }
}
