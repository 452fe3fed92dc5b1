import BundleModel

/// A directive of the configuration of networkd or NetworkManager, as it stands in the file.
public struct NetworkDirective: FactTable {
  var manager: String
  var path: String
  var section: String
  var key: String
  var value: String
  var position: Int

  /// The declaration of `network_directive`.
  public static let schema = Schema<Self>(
    "network_directive", "Directives of networkd and NetworkManager, before they are merged.",
    from: [.networkdFiles, .networkManager],
    columns: [
      Column("manager", \.manager, "networkd or NetworkManager."),
      Column("path", \.path, "Absolute path of the file on the node."),
      Column("section", \.section, "Section, such as Match or keyfile."),
      Column("key", \.key, "Key, such as Name, Unmanaged or unmanaged-devices."),
      Column("value", \.value, "Value; empty resets a list."),
      Column("position", \.position, "Place of the directive in its file, counted from 1."),
    ])

  /// Reads files of both; link files have a table of their own.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let manager = input.artifact == .networkManager ? "NetworkManager" : "networkd"
    var issues: [(String, Int)] = []
    for directive in try SystemdFile.read(&input, { issues.append(($0, $1)) }) {
      rows.append(
        Self(
          manager: manager, path: directive.path, section: directive.section,
          key: directive.key, value: directive.value, position: directive.position),
        line: directive.line)
    }
    for (reason, line) in issues { rows.unreadable(reason, line: line) }
  }
}

/// A setting of networkd or NetworkManager itself, after all files were merged.
public struct NetworkSetting: DerivedTable {
  var manager: String
  var section: String
  var key: String
  var value: String
  var path: String

  /// The declaration of `network_setting`.
  public static let schema = Schema<Self>(
    "network_setting",
    "Settings of networkd.conf and NetworkManager.conf after all drop-ins, such as"
      + " ManageForeignRoutingPolicyRules.",
    from: [.networkdFiles, .networkManager],
    columns: [
      Column("manager", \.manager, "networkd or NetworkManager."),
      Column("section", \.section, "Section of the setting."),
      Column("key", \.key, "Name of the setting."),
      Column("value", \.value, "Value in force; what has no row has the program's own default."),
      Column("path", \.path, "Path of the file that decides."),
    ])

  /// Directives, and the files that shadow others by their mere presence.
  public static var sources: [any FactRow.Type] { [NetworkDirective.self, ConfigFile.self] }

  /// Takes the files of each program in its order; later assignments win.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let directives = facts.rows(NetworkDirective.self)
    let byPath = Dictionary(grouping: directives, by: \.row.path)
    let paths = Array(Set(directives.map(\.row.path) + facts.rows(ConfigFile.self).map(\.row.path)))
    for (manager, order) in [("networkd", networkd(paths)), ("NetworkManager", keyFiles(paths))] {
      var settings: [[String]: Located<NetworkDirective>] = [:]
      for path in order {
        for found in byPath[path] ?? [] where found.row.manager == manager {
          merge(found, into: &settings)
        }
      }
      for (_, found) in settings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        rows.append(
          Self(
            manager: manager, section: found.row.section, key: found.row.key,
            value: found.row.value, path: found.row.path), path: found.path, line: found.line)
      }
    }
  }

  /// NetworkManager adds to a list with `key+=` and takes away with `key-=`.
  private static func merge(
    _ found: Located<NetworkDirective>, into settings: inout [[String]: Located<NetworkDirective>]
  ) {
    var row = found.row
    let sign = row.key.utf8.last
    let isChange = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    if isChange { row.key = String(row.key.dropLast()) }
    let place = [row.section, row.key]
    if isChange, let old = settings[place] {
      let items = row.value.split(whereSeparator: { $0 == ";" || $0 == "," }).map { String($0) }
      var list = old.row.value.split(whereSeparator: { $0 == ";" || $0 == "," })
        .map { String($0) }.filter { !items.contains($0) }
      if sign == UInt8(ascii: "+") { list += items }
      row.value = list.joined(separator: ";")
    }
    settings[place] = Located(path: found.path, line: found.line, row: row)
  }

  /// networkd.conf of the highest rank, then the drop-ins by name.
  private static func networkd(_ paths: [String]) -> [String] {
    let mains = paths.filter { $0.hasSuffix("/systemd/networkd.conf") }
    let dropIns = paths.filter {
      Path.directory($0).hasSuffix("/systemd/networkd.conf.d") && $0.hasSuffix(".conf")
    }
    return SystemdFile.effective(mains) + SystemdFile.effective(dropIns)
  }

  /// The distribution's and the running system's drop-ins, then the main file, then the
  /// administrator's drop-ins.
  private static func keyFiles(_ paths: [String]) -> [String] {
    let main = "/etc/NetworkManager/NetworkManager.conf"
    let dropIns = SystemdFile.effective(
      paths.filter {
        Path.directory($0).hasSuffix("/NetworkManager/conf.d") && $0.hasSuffix(".conf")
      })
    let isOwn = { (path: String) in path.hasPrefix("/etc/") }
    return dropIns.filter { !isOwn($0) } + paths.filter { $0 == main } + dropIns.filter(isOwn)
  }
}
