import BundleModel

/// An iptables program of the node and the backend that it drives.
public struct IptablesProgram: FactTable {
  var name: String
  var path: String?
  var target: String?
  var version: String?
  var backend: String?

  /// The declaration of `iptables_program`.
  public static let schema = Schema<Self>(
    "iptables_program", "The iptables programs of the node.", from: [.iptablesInfo],
    columns: [
      Column("name", \.name, "Name of the program."),
      Column("path", \.path, "Where it was found; NULL if it was not."),
      Column("target", \.target, "What the path leads to in the end."),
      Column("version", \.version, "What the program says about itself."),
      Column("backend", \.backend, "nft or legacy; NULL if the program does not say."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for program in document["programs"]?.array ?? [] {
      guard let name = program["name"]?.string else { continue }
      rows.append(
        Self(
          name: name, path: program["path"]?.string, target: program["target"]?.string,
          version: program["version"]?.string, backend: program["backend"]?.string), line: nil)
    }
  }
}
