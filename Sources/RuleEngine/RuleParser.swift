public import BuiltinRules
import BundleModel
import ReportModel

extension RuleDefinition {
  static let keys = [
    "title", "severity", "confidence", "status", "scopes", "needs", "query", "evidence", "applies",
    "unless", "subject", "message", "resolved", "why", "fix", "causes", "quiet_if", "related",
    "references", "absorbs", "examples",
  ]

  /// Reads a rule.
  ///
  /// - Parameters:
  ///   - source: its text; the path gives the id.
  ///   - folder: the folder that the path is below, as the user named it.
  public init(_ source: RuleFile, in folder: String) throws(RuleError) {
    let file = "\(folder)/\(source.path)"
    let document = try RuleNode.document(source.text, file: file)
    let fields = try document.mapping(of: "a rule", keys: Self.keys)
    func required(_ key: String) throws(RuleError) -> RuleNode {
      guard let node = fields[key] else {
        throw document.error(
          "`\(key)` is missing", why: "every rule needs it", remedy: "add `\(key): …`")
      }
      return node
    }
    func optional<Value>(
      _ key: String, _ read: (RuleNode) throws(RuleError) -> Value
    ) throws(RuleError) -> Value? {
      guard let node = fields[key] else { return nil }
      return try read(node)
    }

    id = try Self.id(of: source.path, at: document)
    self.file = file
    title = try required("title").text("title")
    severity = try required("severity").word("severity", Severity.self)
    confidence = try required("confidence").word("confidence", Confidence.self)
    status = try required("status").word("status", Status.self)
    scopes = try Self.scopes(required("scopes"))
    needs = try optional("needs", Self.needs)
    query = try required("query").sql("query")
    evidence = try optional("evidence") { (node) throws(RuleError) in try node.sql("evidence") }
    applies = try optional("applies") { (node) throws(RuleError) in try node.sql("applies") }
    unless = try optional("unless") { (node) throws(RuleError) in try node.sql("unless") }
    subject =
      try optional("subject") { (node) throws(RuleError) in try node.text("subject") } ?? "node"
    message = try Self.template(required("message"), "message")
    resolved = try optional("resolved") { (node) throws(RuleError) in
      try Self.template(node, "resolved")
    }
    why = try required("why").text("why")
    fix = try Self.fix(required("fix"))
    causes = try optional("causes", Self.causes) ?? []
    quietIf = try optional("quiet_if") { (node) throws(RuleError) in try node.text("quiet_if") }
    related =
      try optional("related") { (node) throws(RuleError) in try node.texts("related") } ?? []
    references = try required("references").texts("references")
    absorbs = try optional("absorbs", Self.edges) ?? []
    examples = try Self.examples(required("examples"))
    try requireExamples(document)
  }

  private func requireExamples(_ document: RuleNode) throws(RuleError) {
    guard examples.contains(where: \.fires), examples.contains(where: \.isQuiet) else {
      throw document.error(
        "no example shows the rule \(examples.contains(where: \.fires) ? "quiet" : "firing")",
        why: "a rule proves both: `expect: [{…}]` and `expect: []`", remedy: "add an example")
    }
  }

  private static func id(of path: String, at document: RuleNode) throws(RuleError) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard path.hasSuffix(".yaml"), parts.count == 2,
      parts.allSatisfy({ $0.dropLast($0.hasSuffix(".yaml") ? 5 : 0).utf8.allSatisfy(isKebab) })
    else {
      throw document.error(
        "the file's place is no rule id", why: "a rule stands at GROUP/SLUG.yaml, in small letters",
        remedy: "move it, such as site/dns-on-host.yaml")
    }
    return String(path.dropLast(5))
  }

  private static func isKebab(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }

  private static func scopes(_ node: RuleNode) throws(RuleError) -> [Scope] {
    var scopes: [Scope] = []
    for entry in try node.list("scopes") { scopes.append(try entry.word("scope", Scope.self)) }
    return scopes
  }

  private static func needs(_ node: RuleNode) throws(RuleError) -> [Need] {
    var needs: [Need] = []
    for entry in try node.list("needs") {
      let text = try entry.text("an entry of needs")
      let isOptional = text.hasSuffix("?")
      let items = text.dropLast(isOptional ? 1 : 0).split(separator: "|").map(String.init)
      for item in items where Catalog.artifact(ArtifactID(rawValue: item)) == nil {
        let near = NearestName.to(item, among: Catalog.all.map(\.id.rawValue))
        throw entry.error(
          "no item is called `\(item)`", why: "needs name items of the collector",
          remedy: near.map { "nearest: \($0)" } ?? "see: cnitriage collect --list")
      }
      needs.append(Need(items.map { ArtifactID(rawValue: $0) }, isOptional: isOptional))
    }
    return needs
  }

  private static func template(
    _ node: RuleNode, _ name: String
  ) throws(RuleError) -> MessageTemplate {
    guard let template = MessageTemplate(try node.text(name)) else {
      throw node.error(
        "the braces of \(name) don't match", why: "`{column}` stands for a value",
        remedy: "write `{{` for a brace itself")
    }
    return template
  }

  private static func fix(_ node: RuleNode) throws(RuleError) -> Finding.Fix {
    if node.kind == .text {
      return Finding.Fix(text: joined(try node.text("fix")), commands: [])
    }
    let fields = try node.mapping(of: "fix", keys: ["text", "commands"])
    guard let text = fields["text"] else {
      throw node.error("`text` is missing", why: "a fix says what to do", remedy: "add `text: …`")
    }
    return Finding.Fix(
      text: joined(try text.text("text")), commands: try fields["commands"]?.texts("commands") ?? []
    )
  }

  private static func causes(_ node: RuleNode) throws(RuleError) -> [Cause] {
    var causes: [Cause] = []
    for (key, value) in try node.pairs(of: "causes") {
      let fields = try value.mapping(of: "a cause", keys: ["text", "fix"])
      guard let text = fields["text"] else {
        throw value.error(
          "`text` is missing", why: "a cause says what it means", remedy: "add `text: …`")
      }
      var remedy: Finding.Fix?
      if let node = fields["fix"] { remedy = try fix(node) }
      causes.append(Cause(code: key.text, text: joined(try text.text("text")), fix: remedy))
    }
    return causes
  }

  private static func edges(_ node: RuleNode) throws(RuleError) -> [AbsorbEdge] {
    var edges: [AbsorbEdge] = []
    for entry in try node.list("absorbs") {
      let text = try entry.text("an entry of absorbs")
      guard let edge = AbsorbEdge(text) else {
        throw entry.error(
          "`\(text)` is no rule", why: "an edge is GROUP/SLUG, GROUP/* or GROUP/SLUG:CAUSE",
          remedy: "write the rule's id")
      }
      edges.append(edge)
    }
    return edges
  }

  /// Prose is written in lines of a file and shown in lines of a screen.
  private static func joined(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
