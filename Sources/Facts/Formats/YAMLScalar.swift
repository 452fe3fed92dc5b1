/// The scalars of YAML: what a word means, and where a quoted text ends.
enum YAMLScalar {
  /// A plain word as a value of JSON.
  static func plain(_ text: Bytes) -> JSONValue {
    if text.isEmpty || text.equals("~") || text.equals("null") || text.equals("Null") {
      return .null
    }
    if text.equals("true") || text.equals("True") { return .bool(true) }
    if text.equals("false") || text.equals("False") { return .bool(false) }
    return isNumber(text) ? .number(String(text)) : .string(String(text))
  }

  /// Whether a word is a number as JSON writes one.
  private static func isNumber(_ text: Bytes) -> Bool {
    guard let first = text.first, first.isASCIIDigit || first == UInt8(ascii: "-"),
      text.count <= 64
    else { return false }
    var reader = JSONReader(text)
    guard let value = try? reader.value(), case .number = value else { return false }
    let digits = first == UInt8(ascii: "-") ? text.dropFirst() : text
    let hasLeadingZero =
      digits.count > 1 && digits.first == UInt8(ascii: "0")
      && digits[digits.startIndex + 1].isASCIIDigit
    return reader.index == text.endIndex && !hasLeadingZero
  }

  /// The text without a comment that follows a blank.
  static func withoutComment(_ text: Bytes) -> Bytes {
    var index = text.startIndex
    while index + 1 < text.endIndex {
      if text[index].isBlank, text[index + 1] == UInt8(ascii: "#") {
        return text[..<index].trimmed
      }
      index += 1
    }
    return text
  }

  /// The text inside the quotes with which `text` starts, and the place behind them; nil if they
  /// are not closed. Line ends inside become blanks, empty lines line ends.
  static func quoted(_ text: Bytes) -> (value: String, end: Int)? {
    guard let quote = text.first else { return nil }
    var value: [UInt8] = []
    var index = text.startIndex + 1
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      if byte == quote {
        if quote == UInt8(ascii: "'"), index < text.endIndex, text[index] == quote {
          value.append(quote)
          index += 1
          continue
        }
        return (String(value[...]), index)
      }
      switch byte {
      case 0x0a: fold(text, &index, &value)
      case UInt8(ascii: "\\") where quote == UInt8(ascii: "\"") && index < text.endIndex:
        escape(text, &index, &value)
      default: value.append(byte)
      }
    }
    return nil
  }

  private static func fold(_ text: Bytes, _ index: inout Int, _ value: inout [UInt8]) {
    while value.last?.isBlank == true { value.removeLast() }
    var breaks = 1
    while index < text.endIndex, text[index].isWhitespace {
      if text[index] == 0x0a { breaks += 1 }
      index += 1
    }
    value.append(
      contentsOf: breaks == 1 ? [0x20] : Array(repeating: 0x0a, count: breaks - 1))
  }

  private static func escape(_ text: Bytes, _ index: inout Int, _ value: inout [UInt8]) {
    let byte = text[index]
    index += 1
    switch byte {
    case 0x0a:
      while index < text.endIndex, text[index].isBlank { index += 1 }
    case UInt8(ascii: "n"): value.append(0x0a)
    case UInt8(ascii: "t"): value.append(0x09)
    case UInt8(ascii: "r"): value.append(0x0d)
    case UInt8(ascii: "e"): value.append(0x1b)
    case UInt8(ascii: "x"): character(text, &index, digits: 2, &value)
    case UInt8(ascii: "u"): character(text, &index, digits: 4, &value)
    case UInt8(ascii: "U"): character(text, &index, digits: 8, &value)
    case UInt8(ascii: "0"): value.append(contentsOf: "\u{fffd}".utf8)
    default: value.append(byte)
    }
  }

  private static func character(
    _ text: Bytes, _ index: inout Int, digits: Int, _ value: inout [UInt8]
  ) {
    var code: UInt32 = 0
    var count = 0
    while count < digits, index < text.endIndex, let digit = text[index].hexDigit {
      code = code << 4 | UInt32(digit)
      index += 1
      count += 1
    }
    let scalar = code == 0 || count < digits ? nil : Unicode.Scalar(code)
    value.append(contentsOf: String(Character(scalar ?? "\u{fffd}")).utf8)
  }
}

/// Counts brackets outside of quotes, to find the last line of a flow collection.
struct FlowBalance {
  private var depth = 0
  private var quote: UInt8?

  var isOpen: Bool { depth > 0 }

  mutating func add(_ text: Bytes) {
    var isEscaped = false
    for byte in text {
      if let open = quote {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") {
          isEscaped = true
        } else if byte == open {
          quote = nil
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
    // An apostrophe inside a plain word opens nothing that a next line could close.
    quote = nil
  }
}

/// `{a: b, c: [d, "e"]}`: collections on one line, as YAML takes over from JSON.
struct YAMLFlow {
  private let bytes: Bytes
  private var index: Int
  private let line: Int
  private let depthLimit: Int
  private let valueLimit: Int
  /// How many values were read.
  private(set) var values = 0
  /// What was wrong first.
  private(set) var problem: String?

  init(_ bytes: Bytes, line: Int, depthLimit: Int, values: Int) {
    self.bytes = bytes
    index = bytes.startIndex
    self.line = line
    self.depthLimit = depthLimit
    valueLimit = values
  }

  /// The collection that takes up the text.
  mutating func document() -> JSONValue {
    let value = value(0)
    skipBlanks()
    if index < bytes.endIndex, bytes[index] != UInt8(ascii: "#") {
      problem = problem ?? "text behind a collection"
    }
    return value
  }

  private mutating func skipBlanks() {
    while index < bytes.endIndex, bytes[index].isWhitespace { index += 1 }
  }

  private mutating func value(_ depth: Int) -> JSONValue {
    skipBlanks()
    values += 1
    guard depth < depthLimit, values < valueLimit else {
      problem = problem ?? "too deep or too many values"
      index = bytes.endIndex
      return .null
    }
    guard index < bytes.endIndex else { return .null }
    switch bytes[index] {
    case UInt8(ascii: "{"): return map(depth)
    case UInt8(ascii: "["): return sequence(depth)
    default: return scalar()
    }
  }

  private mutating func scalar() -> JSONValue {
    if bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'"),
      let (text, end) = YAMLScalar.quoted(bytes[index...])
    {
      index = end
      return .string(text)
    }
    let start = index
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
        break
      }
      if byte == UInt8(ascii: ":"),
        index + 1 == bytes.endIndex || bytes[index + 1].isBlank || bytes[index + 1] == 0x2c
      {
        break
      }
      index += 1
    }
    return YAMLScalar.plain(bytes[start..<index].trimmed)
  }

  private mutating func sequence(_ depth: Int) -> JSONValue {
    index += 1
    var items: [JSONValue] = []
    while true {
      skipBlanks()
      if isEnd(UInt8(ascii: "]")) { return .array(items) }
      items.append(value(depth + 1))
      if !goesOn(UInt8(ascii: "]")) { return .array(items) }
    }
  }

  private mutating func map(_ depth: Int) -> JSONValue {
    index += 1
    var object = JSONObject(line: line)
    while true {
      skipBlanks()
      if isEnd(UInt8(ascii: "}")) { return .object(object) }
      let key = scalar().scalarText ?? ""
      skipBlanks()
      if index < bytes.endIndex, bytes[index] == UInt8(ascii: ":") {
        index += 1
        object.members.append((key, value(depth + 1)))
      } else {
        object.members.append((key, .null))
      }
      if !goesOn(UInt8(ascii: "}")) { return .object(object) }
    }
  }

  private mutating func isEnd(_ close: UInt8) -> Bool {
    guard index < bytes.endIndex else {
      problem = problem ?? "a collection is not closed"
      return true
    }
    guard bytes[index] == close else { return false }
    index += 1
    return true
  }

  /// Whether a comma follows; behind anything else the collection ends.
  private mutating func goesOn(_ close: UInt8) -> Bool {
    skipBlanks()
    if isEnd(close) { return false }
    if bytes[index] == UInt8(ascii: ",") {
      index += 1
      return true
    }
    problem = problem ?? "a comma is missing"
    index = bytes.endIndex
    return false
  }
}
