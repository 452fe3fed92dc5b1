import BundleModel

/// A plugin of a CNI configuration file.
public struct CNIConfig: FactTable {
  var file: String
  var name: String?
  var version: String?
  var position: Int
  var type: String?
  var settings: String

  /// The declaration of `cni_config`.
  public static let schema = Schema<Self>(
    "cni_config", "Plugins of the CNI configuration files; the first file by name is in force.",
    from: [.cniConfiguration],
    columns: [
      Column("file", \.file, "Name of the file."),
      Column("name", \.name, "Name of the network."),
      Column("cni_version", \.version, "Version of the CNI specification that the file asks for."),
      Column("plugin_position", \.position, "Place of the plugin in the chain, counted from 1."),
      Column("plugin_type", \.type, "Name of the plugin's program."),
      Column("settings", \.settings, "The plugin's whole configuration as JSON."),
    ])

  /// Reads `.conflist` files and single `.conf` files.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let file = input.fileName
    guard isCandidate(file), let document = try input.readJSON(&rows) else { return }
    guard document.object != nil else {
      return rows.unreadable("not a JSON object", line: nil)
    }
    for (index, plugin) in (document["plugins"]?.array ?? [document]).enumerated() {
      rows.append(
        Self(
          file: file, name: document["name"]?.string, version: document["cniVersion"]?.string,
          position: index + 1, type: plugin["type"]?.string, settings: plugin.json),
        line: plugin.object?.line)
    }
  }

  /// Whether runtimes take a file of this name for a configuration.
  static func isCandidate(_ name: String) -> Bool {
    [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
  }
}
