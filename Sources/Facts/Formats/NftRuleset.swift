import BundleModel

/// What `nft list ruleset` prints, as JSON or as text.
struct NftRuleset {
  enum Item {
    case table(Table)
    case chain(Chain)
    case rule(Rule)
    case set(Set)
  }

  struct Table {
    var family: String
    var name: String
    var handle: Int64?
  }

  struct Chain {
    var family: String
    var table: String
    var name: String
    var handle: Int64?
    var type: String?
    var hook: String?
    var priority: Int64?
    var policy: String?
  }

  struct Rule {
    var family: String
    var table: String
    var chain: String
    var position = 0
    var handle: Int64?
    var comment: String?
    var expression: NftExpression
  }

  struct Set {
    var family: String
    var table: String
    var name: String
    var isMap: Bool
    var type: String?
    var elements: Int64
  }

  /// Every item with its line. `complain` hears what cannot be read.
  static func read(
    _ input: inout ArtifactInput, _ complain: (String, Int?) -> Void,
    _ found: (Item, Int?) -> Void
  ) throws(ParseError) {
    var text = NftText()
    var positions = Positions()
    while true {
      if !text.isOpen, try input.isAtDocument() {
        readJSON(try input.rest(), complain, found)
        return
      }
      guard let bytes = try input.nextLine() else { break }
      let line = bytes.trimmed
      guard !line.isEmpty, !ShellPrompt.matches(line), line.first != UInt8(ascii: "#") else {
        continue
      }
      switch text.read(line, input.lineNumber) {
      case .nothing: break
      case .unreadable: complain("not a line of nft list ruleset", input.lineNumber)
      case .item(.rule(var rule), let number):
        rule.position = positions.next(rule)
        found(.rule(rule), number)
      case .item(let item, let number): found(item, number)
      }
    }
    if text.isOpen { complain("the ruleset ends inside a table", input.lineNumber) }
  }

  /// Counts the rules of each chain. Rules of one chain stand behind each other.
  private struct Positions {
    private var counts: [String: Int] = [:]

    mutating func next(_ rule: Rule) -> Int {
      let key = "\(rule.family) \(rule.table) \(rule.chain)"
      counts[key, default: 0] += 1
      return counts[key] ?? 1
    }
  }

  private static func readJSON(
    _ bytes: Bytes, _ complain: (String, Int?) -> Void, _ found: (Item, Int?) -> Void
  ) {
    var positions = Positions()
    var reader = JSONReader(bytes)
    do throws(JSONReader.Failure) {
      try reader.forEachElement(of: "nftables") { value, line in
        guard let (kind, body) = value.object?.members.first, let item = item(kind, body) else {
          return
        }
        if case .rule(var rule) = item {
          rule.position = positions.next(rule)
          found(.rule(rule), line)
        } else {
          found(item, line)
        }
      }
    } catch {
      complain("not JSON: \(error.reason)", error.line)
    }
  }

  private static func item(_ kind: String, _ body: JSONValue) -> Item? {
    guard let family = body["family"]?.string else { return nil }
    let handle = body["handle"]?.integer
    let name = body["name"]?.string
    let table = body["table"]?.string ?? ""
    switch kind {
    case "table":
      return name.map { .table(Table(family: family, name: $0, handle: handle)) }
    case "chain":
      return name.map {
        .chain(
          Chain(
            family: family, table: table, name: $0, handle: handle, type: body["type"]?.string,
            hook: body["hook"]?.string,
            priority: body["prio"].flatMap { priority($0.scalarText ?? "", family: family) },
            policy: body["policy"]?.string))
      }
    case "rule":
      guard let chain = body["chain"]?.string else { return nil }
      return .rule(
        Rule(
          family: family, table: table, chain: chain, handle: handle,
          comment: body["comment"]?.string,
          expression: NftExpression(body["expr"]?.array ?? [])))
    case "set", "map":
      return name.map {
        .set(
          Set(
            family: family, table: table, name: $0, isMap: kind == "map",
            type: body["type"]?.scalarText
              ?? body["type"]?.array?.compactMap(\.string)
              .joined(separator: " . "), elements: Int64(body["elem"]?.array?.count ?? 0)))
      }
    default: return nil
    }
  }

  /// A number, a name, or a name with an offset: `filter - 10`.
  static func priority(_ text: String, family: String) -> Int64? {
    let words = text.split(separator: " ").map { String($0) }
    guard let first = words.first else { return nil }
    if words.count == 1, let number = Int64(first) { return number }
    let names: [String: Int64] =
      family == "bridge"
      ? ["dstnat": -300, "filter": -200, "out": 100, "srcnat": 300]
      : [
        "raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100,
      ]
    guard let base = names[first] else { return nil }
    guard words.count == 3, let offset = Int64(words[2]) else {
      return words.count == 1 ? base : nil
    }
    return words[1] == "-" ? base - offset : base + offset
  }
}

/// The text form of a ruleset, line by line.
struct NftText {
  enum Reading {
    case item(NftRuleset.Item, Int)
    case nothing
    case unreadable
  }

  private var table: NftRuleset.Table?
  private var chain: NftRuleset.Chain?
  private var set: NftRuleset.Set?
  /// Depth of braces inside something that no table of facts is about.
  private var skipped = 0
  /// The line on which the open chain or set begins.
  private var start = 0

  /// Whether a table is open.
  var isOpen: Bool { table != nil }

  mutating func read(_ line: Bytes, _ number: Int) -> Reading {
    let (body, handle) = Self.withoutHandle(line)
    let words = body.words
    guard let first = words.first else { return .nothing }
    let opens = body.last == UInt8(ascii: "{")
    if skipped > 0 {
      skipped += opens ? 1 : first.equals("}") ? -1 : 0
      return .nothing
    }
    if set != nil { return readSet(body, words) }
    if first.equals("}") { return close() }
    guard let table else {
      guard opens, words.count >= 4, first.equals("table") else { return .unreadable }
      let opened = NftRuleset.Table(
        family: String(words[1]), name: String(words[2]), handle: handle)
      self.table = opened
      return .item(.table(opened), number)
    }
    guard let chain else {
      start = number
      return open(words, opens: opens, handle, in: table)
    }
    if first.equals("type"), body.contains(" hook ") {
      self.chain = Self.based(chain, String(body))
      return .nothing
    }
    return .item(.rule(Self.rule(body, handle, in: chain)), number)
  }

  private mutating func close() -> Reading {
    if let chain {
      self.chain = nil
      return .item(.chain(chain), start)
    }
    table = nil
    return .nothing
  }

  private mutating func open(
    _ words: [Bytes], opens: Bool, _ handle: Int64?, in table: NftRuleset.Table
  ) -> Reading {
    guard opens, words.count >= 3 else { return .nothing }
    let name = String(words[1])
    switch String(words[0]) {
    case "chain":
      chain = NftRuleset.Chain(
        family: table.family, table: table.name, name: name, handle: handle)
    // The chain is whole at its end: a line with its hook and its policy may follow.
    case "set", "map":
      set = NftRuleset.Set(
        family: table.family, table: table.name, name: name, isMap: words[0].equals("map"),
        elements: 0)
    default: skipped = 1
    }
    return .nothing
  }

  private mutating func readSet(_ body: Bytes, _ words: [Bytes]) -> Reading {
    guard var open = set else { return .nothing }
    if words[0].equals("}") {
      set = nil
      return .item(.set(open), start)
    }
    if words[0].equals("type"), words.count > 1 { open.type = String(words[1]) }
    if words[0].equals("elements") || open.elements > 0 {
      // Every element but the last has a comma behind it.
      let commas = body.reduce(0) { $0 + ($1 == UInt8(ascii: ",") ? 1 : 0) }
      open.elements += Int64(commas) + (words[0].equals("elements") ? 1 : 0)
    }
    set = open
    return .nothing
  }

  private static func rule(
    _ body: Bytes, _ handle: Int64?, in chain: NftRuleset.Chain
  ) -> NftRuleset.Rule {
    var text = String(body)
    var comment: String?
    if let at = body.firstRange(of: Array(" comment \"".utf8)), body.last == UInt8(ascii: "\"") {
      comment = String(body[at.upperBound...].dropLast())
      text = String(body[..<at.lowerBound])
    }
    return NftRuleset.Rule(
      family: chain.family, table: chain.table, chain: chain.name, handle: handle,
      comment: comment, expression: NftExpression(text: text))
  }

  /// `type filter hook forward priority filter + 10; policy drop;`.
  private static func based(_ chain: NftRuleset.Chain, _ text: String) -> NftRuleset.Chain {
    var chain = chain
    for part in text.split(separator: ";") {
      let words = part.split(separator: " ").map { String($0) }
      for (word, next) in zip(words, words.dropFirst()) {
        switch word {
        case "type": chain.type = next
        case "hook": chain.hook = next
        case "policy": chain.policy = next
        default: break
        }
      }
      if let at = words.firstIndex(of: "priority") {
        chain.priority = NftRuleset.priority(
          words[(at + 1)...].joined(separator: " "), family: chain.family)
      }
    }
    return chain
  }

  private static func withoutHandle(_ line: Bytes) -> (Bytes, Int64?) {
    guard let at = line.firstRange(of: Array(" # handle ".utf8)),
      let handle = line[at.upperBound...].trimmed.integer
    else { return (line, nil) }
    return (line[..<at.lowerBound].trimmed, handle)
  }
}
