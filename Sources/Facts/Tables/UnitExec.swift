import BundleModel

/// A command that a unit really runs: fragments and drop-ins merged as systemd merges them.
public struct UnitExec: DerivedTable {
  var unit: String
  var key: String
  var position: Int
  var command: String
  var prefix: String
  var program: String?

  /// The declaration of `unit_exec`.
  public static let schema = Schema<Self>(
    "unit_exec", "Commands of units after all drop-ins and resets.", from: [.unitFiles],
    columns: [
      Column("unit", \.unit, "Name of the unit."),
      Column("key", \.key, "When it runs: ExecStartPre, ExecStart, ExecStartPost and so on."),
      Column("position", \.position, "Place among the unit's commands of that key, from 1."),
      Column("command", \.command, "The command without its prefix."),
      Column("prefix", \.prefix, "Leading signs such as `-`, which ignores failure; else empty."),
      Column("program", \.program, "Name of its program without folders; NULL if it has none."),
    ])

  /// Directives, and the files that shadow others by their mere presence.
  public static var sources: [any FactRow.Type] { [UnitDirective.self, ConfigFile.self] }

  /// Merges each unit: its main file of the highest rank, then its drop-ins by file name.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    for merged in MergedUnit.all(facts) {
      let keys = merged.lists.filter { $0.key.hasPrefix("Exec") }.sorted { $0.key < $1.key }
      for (key, list) in keys {
        for (index, found) in list.enumerated() {
          let prefix = found.row.value.prefix { "-+!@:".contains($0) }
          let command = String(found.row.value.dropFirst(prefix.count))
          let program = CommandLine.words(Array(command.utf8)[...]).first
          rows.append(
            Self(
              unit: merged.unit, key: key, position: index + 1, command: command,
              prefix: String(prefix), program: program.map { Path.name($0) }),
            path: found.path, line: found.line)
        }
      }
    }
  }
}

/// A file or an assignment that a unit's commands get their environment from.
public struct UnitEnvironment: DerivedTable {
  var unit: String
  var kind: String
  var position: Int
  var value: String
  var isOptional: Bool

  /// The declaration of `unit_environment`.
  public static let schema = Schema<Self>(
    "unit_environment", "Where units take the environment of their commands from.",
    from: [.unitFiles],
    columns: [
      Column("unit", \.unit, "Name of the unit."),
      Column("kind", \.kind, "file or assignment."),
      Column("position", \.position, "Place among the unit's entries of that kind, from 1."),
      Column("value", \.value, "Absolute path of the file, or NAME=value as it stands."),
      Column("is_optional", \.isOptional, "1 if the file may be absent; else 0."),
    ])

  /// Directives, and the files that shadow others by their mere presence.
  public static var sources: [any FactRow.Type] { [UnitDirective.self, ConfigFile.self] }

  /// Merges each unit; an empty assignment drops what came before it.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    for merged in MergedUnit.all(facts) {
      for (key, kind) in [("EnvironmentFile", "file"), ("Environment", "assignment")] {
        for (index, found) in (merged.lists[key] ?? []).enumerated() {
          let isOptional = kind == "file" && found.row.value.hasPrefix("-")
          rows.append(
            Self(
              unit: merged.unit, kind: kind, position: index + 1,
              value: isOptional ? String(found.row.value.dropFirst()) : found.row.value,
              isOptional: isOptional), path: found.path, line: found.line)
        }
      }
    }
  }
}

/// The `[Service]` section of a unit as systemd puts it together.
struct MergedUnit {
  var unit: String
  /// The values of each key, after resets by empty assignments.
  var lists: [String: [Located<UnitDirective>]] = [:]

  /// Every unit, by name.
  static func all(_ facts: DerivedInput) -> [MergedUnit] {
    let directives = facts.rows(UnitDirective.self)
    let files = facts.rows(ConfigFile.self).map(\.row.path).filter {
      $0.hasSuffix(".service") || Path.directory($0).hasSuffix(".service.d")
        || Path.name(Path.directory($0)) == "service.d"
    }
    let paths = Set(directives.map(\.row.path) + files).sorted()
    let byPath = Dictionary(grouping: directives, by: \.row.path)
    let byUnit = Dictionary(grouping: paths, by: UnitDirective.unit)
    let common = byUnit["service"] ?? []
    return byUnit.sorted { $0.key < $1.key }.compactMap { unit, own in
      if unit == "service" { return nil }
      return MergedUnit(unit, own + (unit.hasSuffix(".service") ? common : []), byPath)
    }
  }

  private init(
    _ unit: String, _ paths: [String], _ byPath: [String: [Located<UnitDirective>]]
  ) {
    self.unit = unit
    let isDropIn = { (path: String) in Path.directory(path).hasSuffix(".d") }
    // Drop-ins for every service are weaker than those of the unit that have the same name.
    let own = Set(paths.filter { UnitDirective.unit(of: $0) == unit }.map(Path.name))
    let dropIns = paths.filter(isDropIn).filter {
      UnitDirective.unit(of: $0) == unit || !own.contains(Path.name($0))
    }
    let order =
      SystemdFile.effective(paths.filter { !isDropIn($0) }) + SystemdFile.effective(dropIns)
    for path in order {
      for found in byPath[path] ?? [] where found.row.section == "Service" {
        if found.row.value.isEmpty {
          lists[found.row.key] = []
        } else {
          lists[found.row.key, default: []].append(found)
        }
      }
    }
  }
}
