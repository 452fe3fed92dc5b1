import BundleModel

/// The line that decides a kernel parameter at boot.
public struct SysctlEffectiveSetting: DerivedTable {
  var reader: String
  var key: String
  var value: String
  var path: String

  /// The declaration of `sysctl_effective_setting`.
  public static let schema = Schema<Self>(
    "sysctl_effective_setting", "The line that wins for each kernel parameter, by reader.",
    from: [.sysctlFiles],
    columns: [
      Column(
        "reader", \.reader,
        "systemd, which reads /etc/sysctl.conf only through a link, or procps, which reads it last."
      ),
      Column("key", \.key, "Name with dots; aliases have the name that the kernel documents."),
      Column("value", \.value, "Value in force after boot."),
      Column("path", \.path, "Absolute path of the file that wins."),
    ])

  /// The settings, and the files that shadow others by their mere presence.
  public static var sources: [any FactRow.Type] { [SysctlSetting.self, ConfigFile.self] }

  private static let mainFile = "/etc/sysctl.conf"

  /// Applies the files in the order of their names; of one name only the first folder counts.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let settings = facts.rows(SysctlSetting.self)
    let files = facts.rows(ConfigFile.self).map(\.row.path).filter { $0.hasSuffix(".conf") }
    let paths = Set(settings.map(\.row.path) + files)
    let byPath = Dictionary(grouping: settings, by: \.row.path)
    let order = SystemdFile.effective(
      paths.filter { $0 != mainFile && Path.directory($0).hasSuffix("sysctl.d") })
    let readers = [("systemd", order), ("procps", order + [mainFile])]
    for (reader, order) in readers {
      var winners: [String: Located<SysctlSetting>] = [:]
      for path in order {
        for found in byPath[path] ?? [] {
          winners[canonical(found.row.key)] = found
        }
      }
      for (key, found) in winners.sorted(by: { $0.key < $1.key }) {
        rows.append(
          Self(reader: reader, key: key, value: found.row.value, path: found.row.path),
          path: found.path, line: found.line)
      }
    }
  }

  /// Two names of one parameter.
  private static func canonical(_ key: String) -> String {
    key == "net.ipv4.conf.all.forwarding" ? "net.ipv4.ip_forward" : key
  }
}
