public import ArgumentParser
public import BundleModel
import NodeCollector
import SystemPackage

/// The flags that say what a bundle conceals.
struct RedactionOptions: ParsableArguments {
  @Option(
    help: """
      none, secrets, names (also pods, namespaces, images) or addresses (also addresses, hosts, \
      ids).
      """)
  var redact: RedactionLevel = .secrets

  @Option(
    help: ArgumentHelp(
      "Where the map of the pseudonyms goes; beside the bundle by default.", valueName: "FILE"))
  var map: String?

  @Flag(
    name: .customLong("yes-include-secrets"),
    help: "Confirm --redact none: passwords and keys will be in the bundle.")
  var includesSecrets = false

  /// Refuses flags that don't go together.
  func check(isStreamed: Bool) throws {
    guard redact != .none || includesSecrets else {
      throw ValidationError(
        """
        --redact none puts passwords, tokens and keys into the bundle; confirm it with \
        --yes-include-secrets.
        """)
    }
    guard map == nil || redact >= .names else {
      throw ValidationError(
        "--map goes with --redact names or addresses; other levels have no pseudonyms.")
    }
    guard map != "-" else { throw ValidationError("--map needs a file, not standard output.") }
    guard redact < .names || !isStreamed || map != nil else {
      throw ValidationError(
        "a bundle on standard output has no place for its map; name one with --map FILE.")
    }
  }

  /// Where the map goes; `nil` at levels without one.
  func mapPath(beside output: BundleOutput) throws(CollectError) -> FilePath? {
    guard redact >= .names else { return nil }
    let path: FilePath
    if let map {
      path = FilePath(map)
    } else {
      guard case .file(let bundle) = output else { return nil }
      path = MapFile.standardPath(beside: bundle)
    }
    try MapFile.check(path)
    return path
  }
}

extension RedactionLevel: ExpressibleByArgument {}

/// What a user reads about the masks of a bundle.
enum MaskedText {
  static func lines(_ manifest: Manifest, map: FilePath?) -> String {
    let counts = manifest.totals.redactions
    let names = counts["R7"] ?? 0
    let addresses = counts["R8"] ?? 0
    let secrets = counts.values.reduce(0, +) - names - addresses
    let text =
      switch manifest.redaction ?? .secrets {
      case .none: "nothing: passwords, tokens and keys are in clear"
      case .secrets: "\(secrets) secrets; addresses and names are in clear (see --redact)"
      case .names: "\(secrets) secrets, \(names) names; addresses are in clear"
      case .addresses: "\(secrets) secrets, \(names) names, \(addresses) addresses and ids"
      }
    let place = map.map { "Map      \($0), mode 0600: keep it, don't send it\n" } ?? ""
    return "Masked   \(text)\n\(place)"
  }
}
