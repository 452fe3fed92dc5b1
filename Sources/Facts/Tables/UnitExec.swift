import BundleModel

/// A command that a unit really runs: fragments and drop-ins merged as systemd merges them.
public struct UnitExec: DerivedTable {
  var unit: String
  var key: String
  var position: Int
  var command: String
  var prefix: String

  /// The declaration of `unit_exec`.
  public static let schema = Schema<Self>(
    "unit_exec", "Commands of units after all drop-ins and resets.", from: [.unitFiles],
    columns: [
      Column("unit", \.unit, "Name of the unit."),
      Column("key", \.key, "When it runs: ExecStartPre, ExecStart, ExecStartPost and so on."),
      Column("position", \.position, "Place among the unit's commands of that key, from 1."),
      Column("command", \.command, "The command without its prefix."),
      Column("prefix", \.prefix, "Leading signs such as `-`, which ignores failure; else empty."),
    ])

  /// Directives, and the files that shadow others by their mere presence.
  public static var sources: [any FactTable.Type] { [UnitDirective.self, ConfigFile.self] }

  /// Merges each unit: its main file of the highest rank, then its drop-ins by file name.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let directives = facts.rows(UnitDirective.self)
    let files = facts.rows(ConfigFile.self).map(\.row.path).filter {
      $0.hasSuffix(".service") || Path.directory($0).hasSuffix(".service.d")
    }
    let paths = Set(directives.map(\.row.path) + files).sorted()
    let byPath = Dictionary(grouping: directives, by: \.row.path)
    let byUnit = Dictionary(grouping: paths, by: UnitDirective.unit)
    for (unit, own) in byUnit.sorted(by: { $0.key < $1.key }) {
      let isDropIn = { (path: String) in Path.directory(path).hasSuffix(".d") }
      let order =
        SystemdFile.effective(own.filter { !isDropIn($0) })
        + SystemdFile.effective(own.filter(isDropIn))
      var commands: [String: [Located<UnitDirective>]] = [:]
      for path in order {
        for found in byPath[path] ?? []
        where found.row.section == "Service" && found.row.key.hasPrefix("Exec") {
          if found.row.value.isEmpty {
            commands[found.row.key] = []
          } else {
            commands[found.row.key, default: []].append(found)
          }
        }
      }
      for (key, list) in commands.sorted(by: { $0.key < $1.key }) {
        for (index, found) in list.enumerated() {
          let prefix = found.row.value.prefix { "-+!@:".contains($0) }
          rows.append(
            Self(
              unit: unit, key: key, position: index + 1,
              command: String(found.row.value.dropFirst(prefix.count)), prefix: String(prefix)),
            path: found.path, line: found.line)
        }
      }
    }
  }
}
