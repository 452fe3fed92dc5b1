public import BundleModel
import FoundationEssentials

/// Items of the user's own, from a JSON file: a program with its arguments, files, or a page of a
/// loopback server. YAML is not read on nodes.
public enum CustomItems {
  /// The category of their ids, and their folder in a bundle.
  static let category = "custom"

  private struct Entry: Decodable {
    var id: String
    var argv: [String]?
    var path: String?
    var http: String?
    var timeout: Double?
    var cap: Int?
    var redact: String?
  }

  /// Reads the items of a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - owners: user ids that may own it.
  public static func read(_ path: String, owners: Set<UInt32>) throws(CollectError) -> [Artifact] {
    let bytes = try TrustedFile.read(path, option: "--items", owners: owners)
    return try parse(bytes, path: path)
  }

  static func parse(_ bytes: [UInt8], path: String) throws(CollectError) -> [Artifact] {
    let entries: [Entry]
    do {
      entries = try JSONDecoder().decode([Entry].self, from: Data(bytes))
    } catch {
      throw wrong(
        path, "it is no JSON list of items",
        #"[{"id": "custom.x", "argv": ["/usr/bin/x"], "timeout": 5, "cap": 65536}]"#)
    }
    var seen: Set<String> = []
    var items: [Artifact] = []
    for entry in entries {
      guard seen.insert(entry.id).inserted else {
        throw wrong(
          path, "the id \(entry.id) stands there twice", "give each item an id of its own")
      }
      items.append(try artifact(entry, path))
    }
    return items
  }

  /// Where the bytes of an item of the user's own stand; `nil` for other ids.
  static func path(of id: ArtifactID) -> String? {
    guard id.category == category, let name = name(of: id.rawValue) else { return nil }
    return "\(category)/\(name)"
  }

  private static func artifact(_ entry: Entry, _ path: String) throws(CollectError) -> Artifact {
    guard let name = name(of: entry.id) else {
      throw wrong(
        path, "`\(entry.id)` is no id of an own item",
        "use custom. and lower-case letters, digits, _")
    }
    let timeout = entry.timeout ?? 30
    let cap = entry.cap ?? 1 << 20
    guard timeout > 0, timeout <= 600, cap > 0, cap <= 4 << 30 else {
      throw wrong(
        path, "\(entry.id) has no usable bounds", "timeout: up to 600 s; cap: up to 4 GiB, in bytes"
      )
    }
    let source = try source(entry, path)
    var artifactPath = "\(category)/\(name)"
    if case .files = source {} else { artifactPath += ".txt" }
    return Artifact(
      ArtifactID(rawValue: entry.id), "An item of the user's own.", source: source,
      path: artifactPath, tier: .minimum, timeoutSeconds: timeout, capBytes: cap,
      keeps: entry.path == nil ? .head : .headAndTail, redaction: try rule(entry, path))
  }

  private static func source(_ entry: Entry, _ path: String) throws(CollectError)
    -> Artifact.Source
  {
    switch (entry.argv, entry.path, entry.http) {
    case (let argv?, nil, nil):
      guard let program = argv.first, program.hasPrefix("/"), !argv.contains(where: hasZero) else {
        throw wrong(
          path, "the program of \(entry.id) has no absolute path", "name it as in /usr/bin/dig")
      }
      return .command(program, Array(argv.dropFirst()))
    case (nil, let pattern?, nil):
      let parts = pattern.split(separator: "/")
      guard pattern.hasPrefix("/"), !parts.contains(".."), !hasZero(pattern) else {
        throw wrong(
          path, "the path of \(entry.id) is not absolute", "name it as in /var/log/x*.log")
      }
      return .files([pattern])
    case (nil, nil, let url?):
      guard let (port, page) = loopback(url) else {
        throw wrong(
          path, "\(entry.id) asks \(url), which is no loopback address",
          "only http://127.0.0.1:PORT/… is asked")
      }
      return .http(port: port, path: page)
    default:
      throw wrong(path, "\(entry.id) has no source", "give it exactly one of argv, path and http")
    }
  }

  private static func rule(_ entry: Entry, _ path: String) throws(CollectError)
    -> Artifact.RedactionRule
  {
    // Whatever a user's item holds, secrets are looked for; it can only be said what else it is.
    let known = [
      "scan", "log", "environment", "configuration", "kubernetesObjects", "commandLines",
    ]
    guard let word = entry.redact else { return entry.path == nil ? .scan : .log }
    guard known.contains(word), let rule = Artifact.RedactionRule(rawValue: word) else {
      throw wrong(
        path, "\(entry.id) names the unknown redaction `\(word)`",
        "one of \(known.joined(separator: ", "))")
    }
    return rule
  }

  private static func loopback(_ url: String) -> (port: Int, page: String)? {
    for host in ["http://127.0.0.1", "http://localhost"] where url.hasPrefix(host) {
      let rest = url.dropFirst(host.utf8.count)
      let authority = rest.prefix { $0 != "/" }
      let page = rest.dropFirst(authority.utf8.count)
      let port = authority.isEmpty ? 80 : authority.first == ":" ? Int(authority.dropFirst()) : nil
      guard let port, (1...65535).contains(port),
        page.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else { return nil }
      return (port, page.isEmpty ? "/" : String(page))
    }
    return nil
  }

  private static func name(of id: String) -> String? {
    guard id.hasPrefix("custom."), id.utf8.count <= 64 else { return nil }
    let name = id.dropFirst(7)
    let isPlain = name.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
    }
    return isPlain && !name.isEmpty ? String(name) : nil
  }

  private static func hasZero(_ text: String) -> Bool { text.utf8.contains(0) }

  private static func wrong(_ path: String, _ what: String, _ remedy: String) -> CollectError {
    CollectError(
      code: "E104", kind: .usage, what: "\(path): \(what)",
      why: "items of your own are a JSON list; each has an id and one source", remedy: remedy)
  }
}
