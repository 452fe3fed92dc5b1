import BundleModel

/// The resolver configuration of a pod's sandbox.
public struct SandboxResolver: FactTable {
  var sandbox: String
  var digest: String?
  var nameservers: [String] = []
  var search: [String] = []
  var options: [String] = []

  private static func joined(_ words: [String]) -> String? {
    words.isEmpty ? nil : words.joined(separator: ",")
  }

  /// The declaration of `sandbox_resolver`.
  public static let schema = Schema<Self>(
    "sandbox_resolver", "The resolver configuration that each pod was given.",
    from: [.sandboxResolvers],
    columns: [
      Column("sandbox_id", \.sandbox, "Id of the sandbox."),
      Column("sha256", \.digest, "Digest of the file; NULL if it could not be read."),
      Column(
        "nameservers", { joined($0.nameservers) }, "Servers that are asked, separated by commas."),
      Column("search", { joined($0.search) }, "Domains that are searched, separated by commas."),
      Column("options", { joined($0.options) }, "Options such as ndots:5, separated by commas."),
    ])

  /// Reads the collector's document.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for entry in document["sandboxes"]?.array ?? [] {
      guard let id = entry["id"]?.string else { continue }
      var row = Self(sandbox: id, digest: entry["sha256"]?.string)
      if let digest = row.digest, let text = document["contents"]?[digest]?.string {
        row.read(text)
      }
      rows.append(row, line: entry.object?.line)
    }
  }

  private mutating func read(_ text: String) {
    for line in Array(text.utf8).split(separator: 0x0a) {
      let words = line.words.map { String($0) }
      switch words.first {
      case "nameserver": nameservers += words.dropFirst().prefix(1)
      // The last line of either kind counts.
      case "search", "domain": search = Array(words.dropFirst())
      case "options": options += words.dropFirst()
      default: break
      }
    }
  }
}
