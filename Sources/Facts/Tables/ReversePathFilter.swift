import BundleModel

/// Whether the kernel drops packets whose answer would leave through another interface.
public struct ReversePathFilter: DerivedTable {
  var ifname: String
  var own: Int64
  var all: Int64?
  var effective: Int64?

  /// The declaration of `reverse_path_filter`.
  public static let schema = Schema<Self>(
    "reverse_path_filter", "The reverse path filter in force on each interface.",
    from: [.networkSysctls],
    columns: [
      Column("ifname", \.ifname, "Name of the interface, as links have it."),
      Column("own_value", \.own, "Value of the interface: 0 off, 1 strict, 2 loose."),
      Column("all_value", \.all, "Value for all interfaces; NULL if not known."),
      Column(
        "effective", \.effective,
        "The larger of both, which the kernel uses; NULL if that for all is not known."),
    ])

  /// The kernel's parameters.
  public static var sources: [any FactRow.Type] { [Sysctl.self] }

  private static let prefix = "net.ipv4.conf."
  private static let suffix = ".rp_filter"

  /// Compares each interface's value with that for all.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let found = facts.rows(Sysctl.self).compactMap { located -> (String, Int64, Located<Sysctl>)? in
      let key = located.row.key
      guard key.hasPrefix(prefix), key.hasSuffix(suffix), let value = Int64(located.row.value)
      else { return nil }
      let name = key.dropFirst(prefix.count).dropLast(suffix.count)
      return (name.split(separator: "/").joined(separator: "."), value, located)
    }
    let all = found.last { $0.0 == "all" }?.1
    for (name, value, located) in found where name != "all" && name != "default" {
      rows.append(
        Self(ifname: name, own: value, all: all, effective: all.map { max($0, value) }),
        path: located.path, line: located.line)
    }
  }
}
