import BundleModel

/// A copied configuration file. Its presence is a fact of its own: an empty file shadows another.
public struct ConfigFile: FactTable {
  var path: String
  var directory: String
  var name: String
  var isEmpty: Bool

  /// The declaration of `config_file`.
  public static let schema = Schema<Self>(
    "config_file", "Configuration files that were copied.",
    from: [
      .unitFiles, .networkdFiles, .networkManager, .sysctlFiles, .firewallManagers, .resolver,
      .runtimeConfiguration, .interfaceConfiguration,
    ],
    columns: [
      Column("path", \.path, "Absolute path on the node."),
      Column("directory", \.directory, "Folder of the file."),
      Column("name", \.name, "Name of the file in its folder."),
      Column("is_empty", \.isEmpty, "1 if the file has no content, which masks others; else 0."),
    ])

  /// Adds one row for the member.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var isEmpty = true
    while isEmpty, let line = try input.nextLine() {
      isEmpty = line.allSatisfy(\.isWhitespace)
    }
    let path = input.nodePath
    rows.append(
      Self(
        path: path, directory: Path.directory(path), name: Path.name(path), isEmpty: isEmpty),
      line: nil)
  }
}
