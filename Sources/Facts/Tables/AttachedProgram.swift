import BundleModel

/// A program that sees packets of an interface before the rest of the kernel does.
public struct AttachedProgram: FactTable {
  var value: JSONValue
  var hook: String

  /// The declaration of `attached_program`.
  public static let schema = Schema<Self>(
    "attached_program", "XDP programs and filters at the interfaces.", from: [.attachedPrograms],
    columns: [
      Column("device", { $0.value["dev"]?.string }, "Interface."),
      Column("ifindex", { $0.value["ifindex"]?.integer }, "Index of the interface."),
      Column("hook", \.hook, "xdp, ingress or egress."),
      Column("kind", { $0.value["kind"]?.string }, "Kind of filter, such as bpf; NULL for XDP."),
      Column("priority", { $0.value["priority"]?.integer }, "Place among the filters of a hook."),
      Column("program", { $0.value["program"]?.string }, "Name of the program."),
      Column("program_id", { $0.value["program_id"]?.integer }, "Id of the program."),
      Column("tag", { $0.value["tag"]?.string }, "Digest of the program, in hexadecimal."),
    ])

  /// Reads the collector's document.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for program in document["xdp"]?.array ?? [] where program.object != nil {
      rows.append(Self(value: program, hook: "xdp"), line: program.object?.line)
    }
    for filter in document["filters"]?.array ?? [] {
      guard let hook = filter["hook"]?.string else { continue }
      rows.append(Self(value: filter, hook: hook), line: filter.object?.line)
    }
  }
}
