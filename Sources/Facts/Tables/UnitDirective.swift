import BundleModel

/// A directive of a unit file or drop-in, as it stands in the file.
public struct UnitDirective: FactTable {
  var unit: String
  var path: String
  var section: String
  var key: String
  var value: String
  var position: Int
  var behindBlanks: String?

  /// The declaration of `unit_directive`.
  public static let schema = Schema<Self>(
    "unit_directive", "Directives of unit files and drop-ins, before they are merged.",
    from: [.unitFiles],
    columns: [
      Column("unit", \.unit, "Unit that the file belongs to."),
      Column("path", \.path, "Absolute path of the file on the node."),
      Column("section", \.section, "Section, such as Service."),
      Column("key", \.key, "Key, such as ExecStartPre."),
      Column("value", \.value, "Value, with continuation lines joined; empty resets a list."),
      Column("position", \.position, "Place of the directive in its file, counted from 1."),
      Column(
        "behind_blanks", \.behindBlanks,
        "What follows a backslash with blanks behind it: part of the value for new releases of systemd only; else NULL."
      ),
    ])

  /// Reads unit files, also as `systemctl cat` prints them.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var issues: [(String, Int)] = []
    for directive in try SystemdFile.read(&input, { issues.append(($0, $1)) }) {
      rows.append(
        Self(
          unit: unit(of: directive.path), path: directive.path, section: directive.section,
          key: directive.key, value: directive.value, position: directive.position,
          behindBlanks: directive.behindBlanks),
        line: directive.line)
    }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }

  /// The unit that a file belongs to: drop-ins stand in a folder named after it.
  static func unit(of path: String) -> String {
    let folder = Path.name(Path.directory(path))
    return folder.hasSuffix(".d") ? String(folder.dropLast(2)) : Path.name(path)
  }
}
