import ArgumentParser

/// What is shown and how.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Show every item and what it reads, and gather nothing.")
  var list = false

  @Flag(name: .customLong("dry-run"), help: "Print the resolved plan and gather nothing.")
  var dryRun = false

  @Flag(help: "Print the manifest, path, size and SHA-256 as one JSON document.")
  var json = false

  @Option(help: "text, or json: one line of JSON for each item on standard error.")
  var progress: ProgressForm = .text

  @Flag(name: .shortAndLong, help: "Print only the path of the bundle.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Show more: each item's path, and skipped items too.")
  var verbose: Int

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  @Flag(help: "Use ASCII characters only.")
  var ascii = false

  /// The forms of progress.
  enum ProgressForm: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  /// When colours are used.
  enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }
}
