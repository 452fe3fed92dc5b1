import BundleModel

/// A policy that forwarded packets meet.
public struct ForwardPolicy: FactTable {
  var value: JSONValue

  /// The declaration of `forward_policy`.
  public static let schema = Schema<Self>(
    "forward_policy", "Every policy at the forward hook, as the kernel has it.",
    from: [.forwardPolicy],
    columns: [
      Column(
        "backend", { $0.value["backend"]?.string },
        "legacy, iptables-nft, or nft for chains that no iptables program made."),
      Column("family", { $0.value["family"]?.string }, "ip, ip6 or inet."),
      Column("tbl", { $0.value["table"]?.string }, "Table that holds the chain."),
      Column("chain", { $0.value["chain"]?.string }, "Name of the chain."),
      Column("priority", { $0.value["priority"]?.integer }, "Place among the chains of the hook."),
      Column("policy", { $0.value["policy"]?.string }, "ACCEPT or DROP."),
      Column("packets", { $0.value["packets"]?.integer }, "Packets that fell through to it."),
      Column("bytes", { $0.value["bytes"]?.integer }, "Bytes that fell through to it."),
    ])

  /// Reads the collector's list.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for chain in document["chains"]?.array ?? [] where chain["chain"]?.string != nil {
      rows.append(Self(value: chain), line: chain.object?.line)
    }
    for reason in document["unknown"]?.array?.compactMap(\.string) ?? [] {
      rows.unreadable("not asked: \(reason)", line: nil)
    }
  }
}
