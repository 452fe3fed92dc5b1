import BundleModel

/// What an iptables program said about its work besides printing rules.
public struct IptablesNotice: FactTable {
  var family: String
  var program: String
  var kind: String
  var message: String

  /// The declaration of `iptables_notice`.
  public static let schema = Schema<Self>(
    "iptables_notice", "Warnings and errors of iptables programs.", from: .iptablesDumps,
    columns: [
      Column("family", \.family, "Address family: ipv4 or ipv6."),
      Column("program", \.program, "Which of the node's programs said it: default, nft, legacy."),
      Column(
        "kind", \.kind,
        "legacy-present (rules live in the other backend too), incompatible (a table that only nft can print), lock, or other."
      ),
      Column("message", \.message, "The words of the program."),
    ])

  /// Reads the lines that are no rules.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    var dump = IptablesDump(input)
    while let entry = try dump.next(&input) {
      guard case .notice(let message) = entry.item else { continue }
      rows.append(
        Self(
          family: dump.family, program: dump.program, kind: kind(message), message: message),
        line: entry.line)
    }
  }

  private static func kind(_ message: String) -> String {
    if message.utf8Contains("legacy tables present") { return "legacy-present" }
    if message.utf8Contains("is incompatible") { return "incompatible" }
    return message.utf8Contains("xtables lock") ? "lock" : "other"
  }
}
