import BundleModel

/// What udev does to the MAC address of a new pod interface: the file that wins, drop-ins applied.
public struct NewVethLinkPolicy: DerivedTable {
  var linkFile: String
  var policy: String?
  var policyPath: String?
  var isCertain: Bool

  /// The declaration of `new_veth_link_policy`.
  public static let schema = Schema<Self>(
    "new_veth_link_policy", "The rule for the MAC address of a new pod interface, in one row.",
    from: [.networkdFiles],
    columns: [
      Column("link_file", \.linkFile, "Path of the file that applies to a new veth."),
      Column(
        "mac_address_policy", \.policy,
        "Policy in force: persistent and random change the address; NULL if none is set."),
      Column("policy_path", \.policyPath, "Path of the file that sets the policy."),
      Column(
        "is_certain", \.isCertain,
        "0 if an earlier file might apply under conditions that a bundle does not show; else 1."),
    ])

  /// The link files, masked ones included.
  public static var sources: [any FactRow.Type] { [LinkFile.self] }

  /// Takes the first file, by name, that fits; then its drop-ins by name.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let files = facts.rows(LinkFile.self)
    let mains = SystemdFile.effective(files.filter { !$0.row.isDropIn }.map(\.row.path))
    var isCertain = true
    for path in mains {
      guard let main = files.first(where: { $0.row.path == path }), !main.row.isMasked else {
        continue
      }
      guard let matches = main.row.matchesNewVeth else {
        isCertain = false
        continue
      }
      guard matches else { continue }
      let dropIns = files.filter { $0.row.dropInOf == main.row.name }
      var winner = main
      for path in SystemdFile.effective(dropIns.map(\.row.path)) {
        if let dropIn = dropIns.first(where: { $0.row.path == path }), dropIn.row.policy != nil {
          winner = dropIn
        }
      }
      let policy = winner.row.policy.flatMap { $0.isEmpty ? nil : $0 }
      rows.append(
        Self(
          linkFile: main.row.path, policy: policy,
          policyPath: winner.row.policy == nil ? nil : winner.row.path, isCertain: isCertain),
        path: winner.path, line: winner.line)
      return
    }
  }
}
