import ArgumentParser
import BundleModel
import NodeCollector

/// Which items are gathered.
struct SelectionOptions: ParsableArguments {
  @Option(help: "minimal, default or full.")
  var profile: Profile = .default

  @Option(
    help: ArgumentHelp(
      "Item ids, groups or patterns, comma-separated; only these are gathered.",
      valueName: "list"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Item ids, groups or patterns, comma-separated, that are left out.", valueName: "list"))
  var skip: [String] = []

  @Flag(name: .customLong("no-imds"), help: "Make no calls to the instance metadata service.")
  var noMetadata = false

  @Flag(name: .customLong("no-probes"), help: "Leave out the timed probes.")
  var noProbes = false

  @Option(help: "Longest time that one probe may sample, in seconds.")
  var probeSeconds: Double = 45

  @Option(
    name: .customLong("pod-logs"),
    help: ArgumentHelp(
      "Also the logs of these pods, as namespace/pattern; repeatable.", valueName: "ns/glob"))
  var podLogs: [String] = []

  @Flag(help: "Also the instance's user data, masked; it often holds secrets.")
  var includeUserData = false

  @Flag(help: "Allow items that make a service write diagnostics of its own.")
  var allowSideEffects = false

  @Option(
    name: .customLong("items"),
    help: ArgumentHelp(
      "Items of your own: a JSON file, owned by you or root and writable by its owner only.",
      valueName: "file"))
  var customItems: String?

  @Option(
    name: .customLong("plan"),
    help: ArgumentHelp("A plan.json from --dry-run --json, perhaps edited.", valueName: "file"))
  var planFile: String?

  /// The profiles, smallest first.
  enum Profile: String, ExpressibleByArgument, CaseIterable {
    case minimal, `default`, full

    var tier: Artifact.Tier {
      switch self {
      case .minimal: .minimum
      case .default: .standard
      case .full: .full
      }
    }
  }

  func validate() throws {
    guard (1...600).contains(probeSeconds) else {
      throw ValidationError("--probe-seconds must be between 1 and 600.")
    }
    for pattern in podLogs where !pattern.contains("/") {
      throw ValidationError("--pod-logs `\(pattern)` must have the form namespace/pattern.")
    }
  }

  static func split(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map(String.init) }
  }
}
