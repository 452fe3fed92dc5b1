import BundleModel
import FoundationEssentials

extension RuleDefinition {
  static let exampleKeys = ["name", "given", "status", "collected_at", "expect"]

  static func examples(_ node: RuleNode) throws(RuleError) -> [RuleExample] {
    var examples: [RuleExample] = []
    for entry in try node.list("examples") {
      let fields = try entry.mapping(of: "an example", keys: exampleKeys)
      guard let name = fields["name"], let given = fields["given"], let expect = fields["expect"]
      else {
        throw entry.error(
          "an example lacks `name`, `given` or `expect`",
          why: "it states an input and what must come out", remedy: "add what is missing")
      }
      examples.append(
        RuleExample(
          name: try name.text("name"), line: entry.line, given: try members(given),
          statuses: try statuses(fields["status"]), collectedAtUs: try time(fields["collected_at"]),
          expect: try expectation(expect)))
    }
    return examples
  }

  private static func members(_ node: RuleNode) throws(RuleError) -> [RuleExample.Member] {
    var members: [RuleExample.Member] = []
    for (key, value) in try node.pairs(of: "given") {
      guard let artifact = Catalog.artifact(ArtifactID(rawValue: key.text)) else {
        let near = NearestName.to(key.text, among: Catalog.all.map(\.id.rawValue))
        throw key.node.error(
          "no item is called `\(key.text)`", why: "an example gives items of the collector",
          remedy: near.map { "nearest: \($0)" } ?? "see: cnitriage collect --list")
      }
      guard value.kind == .mapping else {
        members.append(
          RuleExample.Member(
            artifact: artifact.id, origin: try defaultOrigin(artifact, value),
            content: .text(try value.rawText(key.text))))
        continue
      }
      for (name, text) in try value.pairs(of: key.text) {
        if name.text == "file" {
          members.append(
            RuleExample.Member(
              artifact: artifact.id, origin: try defaultOrigin(artifact, value),
              content: .file(try text.text("file"))))
        } else if name.text.hasPrefix("/") {
          members.append(
            RuleExample.Member(
              artifact: artifact.id, origin: name.text, content: .text(try text.rawText(name.text)))
          )
        } else {
          throw name.node.error(
            "`\(name.text)` is neither `file` nor an absolute path",
            why: "a copied file is given by its path on the node", remedy: "write `/etc/…: text`")
        }
      }
    }
    return members
  }

  /// The path on the node of an item that is one file, or of a log's newest file.
  private static func defaultOrigin(
    _ artifact: Artifact, _ node: RuleNode
  ) throws(RuleError) -> String? {
    switch artifact.source {
    case .file(let paths): return paths.first
    case .files(let all):
      let patterns = all.filter { !$0.hasPrefix("{") }
      guard let first = patterns.first, patterns.count == 1,
        first.contains("*") || first.hasSuffix(".json")
      else {
        throw node.error(
          "\(artifact.id) is a group of files", why: "each file is given by its path on the node",
          remedy: "write `{/etc/…: text}`")
      }
      return first.filter { $0 != "*" }
    default: return nil
    }
  }

  private static func statuses(_ node: RuleNode?) throws(RuleError) -> [ArtifactID: ItemStatus] {
    var statuses: [ArtifactID: ItemStatus] = [:]
    guard let node else { return statuses }
    for (key, value) in try node.pairs(of: "status") {
      let id = ArtifactID(rawValue: key.text)
      guard Catalog.artifact(id) != nil else {
        throw key.node.error(
          "no item is called `\(key.text)`", why: "a status belongs to an item of the collector",
          remedy: "see: cnitriage collect --list")
      }
      statuses[id] = try value.word("status", ItemStatus.self)
    }
    return statuses
  }

  private static func time(_ node: RuleNode?) throws(RuleError) -> Int64 {
    guard let node else { return RuleExample.defaultCollectedAtUs }
    let text = try node.text("collected_at")
    guard let date = try? Date(text, strategy: .iso8601) else {
      throw node.error(
        "`\(text)` is not a time", why: "a time is written as RFC 3339 in UTC",
        remedy: "such as \"2031-04-02T09:20:11Z\"")
    }
    return Int64(date.timeIntervalSince1970) * 1_000_000
  }

  private static func expectation(
    _ node: RuleNode
  ) throws(RuleError) -> RuleExample.Expectation {
    switch node.kind {
    case .list:
      var rows: [[String: String]] = []
      for entry in try node.list("expect") {
        var row: [String: String] = [:]
        for (key, value) in try entry.pairs(of: "expect") {
          row[key.text] = try value.rawText(key.text)
        }
        rows.append(row)
      }
      return .findings(rows)
    case .mapping:
      let fields = try node.mapping(of: "expect", keys: ["unknown"])
      return .unknown(naming: try fields["unknown"]?.text("unknown"))
    default:
      switch try node.text("expect") {
      case "unknown": return .unknown(naming: nil)
      case "not_applicable": return .notApplicable
      case let other:
        throw node.error(
          "`\(other)` is no outcome", why: "a list of findings, `unknown` or `not_applicable`",
          remedy: "write one of them; `[]` is quiet")
      }
    }
  }
}

extension RuleExample {
  /// When an example's bundle was made, unless it says so: 2031-04-02T09:20:11Z.
  static let defaultCollectedAtUs: Int64 = 1_932_888_011_000_000
}
