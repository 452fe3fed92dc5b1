/// A tolerant reader of the part of YAML that kubectl, the kubelet and people who edit their files
/// write: block and flow collections, plain, quoted and block scalars, several documents. Aliases
/// and keys that are no scalars are refused. Written here because this target imports nothing.
///
/// Every line is looked at once, so that work grows with the text alone. A line that fits nothing is
/// left out and reported; the lines around it are read.
struct YAMLReader {
  /// Why a line was left out.
  struct Problem {
    var reason: String
    var line: Int
  }

  struct Line {
    var number: Int
    var indent: Int
    /// The text behind the blanks, without carriage return and trailing blanks.
    var text: Bytes
  }

  private(set) var lines: [Line] = []
  private(set) var at = 0
  private(set) var problems: [Problem] = []
  private var valuesLeft: Int
  private let depthLimit: Int

  /// Every document of a text, and what was left out.
  static func documents(
    _ bytes: Bytes, depthLimit: Int = FactLimits.jsonDepth,
    valueLimit: Int = FactLimits.jsonValues
  ) -> (values: [JSONValue], problems: [Problem]) {
    var reader = YAMLReader(bytes, depthLimit, valueLimit)
    var values: [JSONValue] = []
    while reader.at < reader.lines.count {
      if let line = reader.next(), !reader.isSeparator(line) {
        let before = reader.at
        values.append(reader.block(behind: -1, depth: 0))
        if reader.at == before { reader.skip("fits nothing around it") }
      } else {
        reader.at += 1
      }
    }
    return (values, reader.problems)
  }

  private init(_ bytes: Bytes, _ depthLimit: Int, _ valueLimit: Int) {
    self.depthLimit = depthLimit
    valuesLeft = valueLimit
    var number = 0
    for raw in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
      number += 1
      let indent = raw.prefix { $0 == 0x20 }.count
      var text = raw.dropFirst(indent)
      while let last = text.last, last.isWhitespace || last == 0 { text = text.dropLast() }
      lines.append(Line(number: number, indent: indent, text: text))
    }
  }

  // MARK: - Lines

  /// The next line that is neither empty nor a comment, which becomes the current one.
  private mutating func next() -> Line? {
    while at < lines.count {
      let line = lines[at]
      if let first = line.text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "%") {
        return line
      }
      at += 1
    }
    return nil
  }

  /// The next line inside a collection: none behind the end of the document.
  private mutating func nextInside() -> Line? {
    guard valuesLeft > 0, let line = next(), !isSeparator(line) else { return nil }
    return line
  }

  private func isSeparator(_ line: Line) -> Bool {
    line.indent == 0
      && (line.text.equals("---") || line.text.equals("...") || line.text.starts("--- "))
  }

  private mutating func skip(_ reason: String) {
    problem(reason, at: at)
    at += 1
  }

  private mutating func problem(_ reason: String, at index: Int) {
    guard problems.count < FactLimits.issuesPerMember, index < lines.count else { return }
    problems.append(Problem(reason: reason, line: lines[index].number))
  }

  private mutating func count() {
    valuesLeft -= 1
    if valuesLeft == 0 {
      problem("too many values: the rest is left out", at: min(at, lines.count - 1))
      at = lines.count
    }
  }

  // MARK: - Block collections

  /// The value whose lines stand further right than `indent`.
  private mutating func block(behind indent: Int, depth: Int) -> JSONValue {
    guard let line = nextInside(), line.indent > indent else { return .null }
    count()
    guard depth < depthLimit else {
      skip("nested more than \(depthLimit) deep")
      return .null
    }
    if Self.isItem(line.text) { return .array(sequence(line.indent, depth)) }
    if Self.key(line.text) != nil { return .object(map(line.indent, depth)) }
    at += 1
    return value(line.text, behind: indent, depth: depth, mayHoldItems: false)
  }

  private mutating func map(_ indent: Int, _ depth: Int) -> JSONObject {
    var object = JSONObject(line: lines[at].number)
    while let line = nextInside(), line.indent >= indent {
      guard line.indent == indent else {
        skip("stands further right than its neighbours")
        continue
      }
      if Self.isItem(line.text) { break }
      guard let (key, rest) = Self.key(line.text) else {
        skip("neither a key nor an item")
        continue
      }
      at += 1
      object.members.append(
        (key, value(rest, behind: indent, depth: depth + 1, mayHoldItems: true)))
    }
    return object
  }

  private mutating func sequence(_ indent: Int, _ depth: Int) -> [JSONValue] {
    var items: [JSONValue] = []
    while let line = nextInside(), line.indent == indent, Self.isItem(line.text) {
      let rest = line.text.dropFirst()
      let blanks = rest.prefix { $0.isBlank }.count
      let text = rest.dropFirst(blanks)
      if text.isEmpty || text.first == UInt8(ascii: "#") {
        at += 1
        items.append(block(behind: indent, depth: depth + 1))
      } else {
        // What stands behind the dash is read as if it stood on a line of its own.
        lines[at] = Line(number: line.number, indent: indent + 1 + blanks, text: text)
        items.append(block(behind: indent, depth: depth + 1))
      }
    }
    return items
  }

  /// `- x` or a dash alone.
  private static func isItem(_ text: Bytes) -> Bool {
    guard text.first == UInt8(ascii: "-") else { return false }
    return text.count == 1 || text[text.startIndex + 1].isBlank
  }

  /// The key of a line and what stands behind its colon.
  static func key(_ text: Bytes) -> (key: String, rest: Bytes)? {
    guard let first = text.first, first != UInt8(ascii: "?") || text.count > 1 else { return nil }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      guard let (key, end) = YAMLScalar.quoted(text), end < text.endIndex else { return nil }
      let rest = text[end...].trimmed
      guard rest.first == UInt8(ascii: ":"), rest.count == 1 || rest[rest.startIndex + 1].isBlank
      else { return nil }
      return (key, rest.dropFirst().trimmed)
    }
    guard first != UInt8(ascii: "{"), first != UInt8(ascii: "["), first != UInt8(ascii: "?")
    else { return nil }
    var index = text.startIndex
    while index < text.endIndex {
      let isLast = index + 1 == text.endIndex
      if text[index] == UInt8(ascii: ":"), isLast || text[index + 1].isBlank {
        return (String(text[..<index].trimmed), text[(index + 1)...].trimmed)
      }
      if text[index].isBlank, !isLast, text[index + 1] == UInt8(ascii: "#") { return nil }
      index += 1
    }
    return nil
  }

  // MARK: - Values

  /// What stands behind a key or a dash, with the lines that belong to it.
  private mutating func value(
    _ text: Bytes, behind indent: Int, depth: Int, mayHoldItems: Bool
  ) -> JSONValue {
    count()
    let text = Self.withoutProperties(text)
    switch text.first {
    case nil, UInt8(ascii: "#"):
      guard let line = nextInside() else { return .null }
      if line.indent > indent { return block(behind: indent, depth: depth) }
      if mayHoldItems, line.indent == indent, Self.isItem(line.text), depth < depthLimit {
        return .array(sequence(indent, depth))
      }
      return .null
    case UInt8(ascii: "|"), UInt8(ascii: ">"): return .string(blockScalar(text, behind: indent))
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(text, behind: indent)
    case UInt8(ascii: "{"), UInt8(ascii: "["): return flow(text, behind: indent, depth: depth)
    case UInt8(ascii: "*"):
      problem("aliases are not read", at: at - 1)
      return .null
    default: return plain(text, behind: indent)
    }
  }

  /// Without tags and anchors, which say nothing about the value here.
  private static func withoutProperties(_ text: Bytes) -> Bytes {
    var text = text
    while let first = text.first, first == UInt8(ascii: "!") || first == UInt8(ascii: "&") {
      text = text.drop { !$0.isBlank }.drop { $0.isBlank }
    }
    return text
  }

  private mutating func plain(_ text: Bytes, behind indent: Int) -> JSONValue {
    var all = Array(YAMLScalar.withoutComment(text))
    var isJoined = false
    while at < lines.count, all.count < FactLimits.lineBytes {
      let line = lines[at]
      guard !line.text.isEmpty, line.indent > indent, line.text.first != UInt8(ascii: "#"),
        !Self.isItem(line.text), Self.key(line.text) == nil
      else { break }
      isJoined = true
      all.append(0x20)
      all.append(contentsOf: YAMLScalar.withoutComment(line.text))
      at += 1
    }
    return isJoined ? .string(String(all[...])) : YAMLScalar.plain(all[...])
  }

  /// A quoted scalar; its lines stand further right than the key.
  private mutating func quoted(_ text: Bytes, behind indent: Int) -> JSONValue {
    let start = at - 1
    var all = Array(text)
    while true {
      if let (value, end) = YAMLScalar.quoted(all[...]) {
        let rest = all[end...].trimmed
        if let first = rest.first, first != UInt8(ascii: "#") {
          problem("text behind a closing quote", at: start)
        }
        return .string(value)
      }
      guard at < lines.count, all.count < FactLimits.lineBytes,
        lines[at].indent > indent || lines[at].text.isEmpty
      else { break }
      all.append(0x0a)
      all.append(contentsOf: lines[at].text)
      at += 1
    }
    problem("a quote is not closed", at: start)
    return .string(String(text.dropFirst()))
  }

  private mutating func flow(_ text: Bytes, behind indent: Int, depth: Int) -> JSONValue {
    let start = at - 1
    var all = Array(text)
    var balance = FlowBalance()
    balance.add(text)
    while balance.isOpen, at < lines.count, all.count < FactLimits.lineBytes {
      let line = lines[at]
      let isEnd = line.text.first == UInt8(ascii: "}") || line.text.first == UInt8(ascii: "]")
      guard line.indent > indent || line.text.isEmpty || isEnd else { break }
      all.append(0x20)
      all.append(contentsOf: YAMLScalar.withoutComment(line.text))
      balance.add(line.text)
      at += 1
    }
    var reader = YAMLFlow(
      all[...], line: lines[start].number, depthLimit: depthLimit - depth, values: valuesLeft)
    let value = reader.document()
    valuesLeft = max(1, valuesLeft - reader.values)
    if let reason = reader.problem { problem(reason, at: start) }
    return value
  }

  /// `|` and `>` with the lines that stand further right.
  private mutating func blockScalar(_ header: Bytes, behind indent: Int) -> String {
    let isFolded = header.first == UInt8(ascii: ">")
    let signs = header.dropFirst().prefix { !$0.isBlank && $0 != UInt8(ascii: "#") }
    let given = signs.first { $0.isASCIIDigit }.map { max(indent, 0) + Int($0 - UInt8(ascii: "0")) }
    var left = given
    var content: [UInt8] = []
    var wasText = false
    var size = 0
    while at < lines.count {
      let line = lines[at]
      if line.text.isEmpty {
        content.append(0x0a)
        wasText = false
      } else {
        guard line.indent > indent, line.indent >= left ?? 0, !isSeparator(line) else { break }
        let start = left ?? line.indent
        left = start
        if wasText {
          content.append(isFolded && line.indent == start ? 0x20 : 0x0a)
        } else if !content.isEmpty, !isFolded {
          content.append(0x0a)
        }
        content.append(contentsOf: Array(repeating: 0x20, count: min(line.indent - start, 4096)))
        content.append(contentsOf: line.text)
        wasText = true
      }
      size += line.text.count + 1
      at += 1
      if size > FactLimits.documentBytes { break }
    }
    if !signs.contains(UInt8(ascii: "+")) {
      while content.last == 0x0a { content.removeLast() }
    }
    if !signs.contains(UInt8(ascii: "-")), !content.isEmpty { content.append(0x0a) }
    return String(content[...])
  }
}
