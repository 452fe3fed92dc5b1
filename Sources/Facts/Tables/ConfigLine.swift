import BundleModel

/// A line of a copied configuration file whose format has no table of its own.
public struct ConfigLine: FactTable {
  var path: String
  var text: String

  /// Lines of one file that are kept.
  static let mostLines = 5000
  /// Characters of a line that are kept.
  static let mostCharacters = 1000

  /// The declaration of `config_line`.
  public static let schema = Schema<Self>(
    "config_line",
    "Lines of copied configuration files that no other table reads: saved firewall rules, resolvers, container runtimes, network scripts. Empty lines are left out.",
    from: [
      .firewallManagers, .resolver, .runtimeConfiguration, .interfaceConfiguration,
      .runtimeConfigurationInEffect,
    ],
    columns: [
      Column("path", \.path, "Absolute path on the node."),
      Column("text", \.text, "The line without white space at its ends."),
    ])

  /// Reads a text file.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let path = input.nodePath
    while let line = try input.nextLine() {
      guard input.lineNumber <= mostLines else {
        rows.unreadable("lines beyond the first \(mostLines) are not kept", line: input.lineNumber)
        return
      }
      let words = line.trimmed
      guard !words.isEmpty else { continue }
      rows.append(
        Self(path: path, text: String(String(words).prefix(mostCharacters))),
        line: input.lineNumber)
    }
  }
}
