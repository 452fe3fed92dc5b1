extension Manifest.ToolVersion {
  /// The version of this program, which also stands in every bundle and report it writes.
  public static let current = Manifest.ToolVersion(name: "cnitriage", version: "0.1.0")
}
