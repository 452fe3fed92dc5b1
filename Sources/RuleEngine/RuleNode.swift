import BundleModel
import Yams

/// A place in a rule's YAML: a value, the file and the line, so that every complaint has an address.
struct RuleNode {
  let node: Node
  let file: String

  /// Parses a document. YAML's own complaints become rule errors.
  static func document(_ text: String, file: String) throws(RuleError) -> RuleNode {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw RuleError(
          file: file, line: 1, what: "the file is empty", why: "a rule is a YAML mapping",
          remedy: "see any built-in rule: cnitriage rules list")
      }
      return RuleNode(node: node, file: file)
    } catch let error as RuleError {
      throw error
    } catch let error as YamlError {
      throw yamlError(error, file: file)
    } catch {
      throw RuleError(
        file: file, line: 1, what: "the YAML cannot be read: \(error)",
        why: "a rule is a YAML mapping", remedy: "correct the file")
    }
  }

  private static func yamlError(_ error: YamlError, file: String) -> RuleError {
    let (problem, mark): (String, Mark?) =
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        (problem, mark)
      case .duplicatedKeysInMapping(let duplicates, let context):
        ("\(duplicates.map { "\($0)" }.joined(separator: ", ")) stands twice", context.mark)
      default: ("\(error)", nil)
      }
    return RuleError(
      file: file, line: mark?.line ?? 1, what: "this is not YAML: \(problem)",
      why: "indentation, quotes or a repeated key",
      remedy: "quote texts that hold `: ` or ` #`, or use a block after `|`")
  }

  /// The three shapes of YAML values.
  enum Kind {
    case text
    case list
    case mapping
  }

  var kind: Kind {
    switch node {
    case .sequence: .list
    case .mapping: .mapping
    default: .text
    }
  }

  var line: Int { node.mark?.line ?? 1 }

  func error(_ what: String, why: String, remedy: String) -> RuleError {
    RuleError(file: file, line: line, what: what, why: why, remedy: remedy)
  }

  /// The pairs of a mapping, in order, after checking that every key is known.
  func mapping(
    of name: String, keys: [String]
  ) throws(RuleError) -> [String: RuleNode] {
    var found: [String: RuleNode] = [:]
    for (key, value) in try pairs(of: name) {
      guard keys.contains(key.text) else {
        let near = NearestName.to(key.text, among: keys)
        throw key.node.error(
          "`\(key.text)` is not a key of \(name)",
          why: "known keys: " + keys.joined(separator: ", "),
          remedy: near.map { "nearest: `\($0)`" } ?? "remove it")
      }
      found[key.text] = value
    }
    return found
  }

  /// The pairs of a mapping with any keys, in order.
  func pairs(
    of name: String
  ) throws(RuleError) -> [(key: (text: String, node: RuleNode), value: RuleNode)] {
    guard case .mapping(let mapping) = node else {
      throw error(
        "\(name) is not a mapping", why: "it is written as `key: value` lines",
        remedy: "compare with a built-in rule: cnitriage rules list")
    }
    var pairs: [(key: (text: String, node: RuleNode), value: RuleNode)] = []
    for (key, value) in mapping {
      let keyNode = RuleNode(node: key, file: file)
      pairs.append(
        ((try keyNode.text("a key of \(name)"), keyNode), RuleNode(node: value, file: file)))
    }
    return pairs
  }

  /// The text of a scalar, without white space at its ends.
  func text(_ name: String) throws(RuleError) -> String {
    let text = try rawText(name)
    var trimmed = text[...]
    while let last = trimmed.last, last.isWhitespace { trimmed = trimmed.dropLast() }
    while let first = trimmed.first, first.isWhitespace { trimmed = trimmed.dropFirst() }
    guard !trimmed.isEmpty else {
      throw error(
        "\(name) is empty", why: "a text is expected", remedy: "write it, or drop the key")
    }
    return String(trimmed)
  }

  /// The text of a scalar as it stands.
  func rawText(_ name: String) throws(RuleError) -> String {
    guard case .scalar(let scalar) = node else {
      throw error(
        "\(name) is not a text", why: "a list or a mapping stands there",
        remedy: "write one text; quote it when it begins with [ or {")
    }
    return scalar.string
  }

  /// The entries of a list.
  func list(_ name: String) throws(RuleError) -> [RuleNode] {
    guard case .sequence(let sequence) = node else {
      throw error(
        "\(name) is not a list", why: "a single value stands there", remedy: "write `[…]`")
    }
    return sequence.map { RuleNode(node: $0, file: file) }
  }

  /// The texts of a list.
  func texts(_ name: String) throws(RuleError) -> [String] {
    var texts: [String] = []
    for entry in try list(name) { texts.append(try entry.text("an entry of \(name)")) }
    return texts
  }

  /// One of the words of an enumeration.
  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Word.Type
  ) throws(RuleError) -> Word where Word.RawValue == String {
    let text = try text(name)
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue)
      let near = NearestName.to(text, among: words)
      throw error(
        "`\(text)` is not a \(name)", why: "one of " + words.joined(separator: ", "),
        remedy: near.map { "nearest: `\($0)`" } ?? "choose one of them")
    }
    return word
  }

  /// SQL with the line of its first line: a block's text begins below its mark.
  func sql(_ name: String) throws(RuleError) -> SQLText {
    let text = try rawText(name)
    var isBlock = false
    if case .scalar(let scalar) = node {
      isBlock = scalar.style == .literal || scalar.style == .folded
    }
    return SQLText(text: text, line: line + (isBlock ? 1 : 0))
  }
}
