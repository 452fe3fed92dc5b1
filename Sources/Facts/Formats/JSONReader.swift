/// A strict reader of JSON on bytes, bounded in depth and number of values. Written here because
/// this target imports nothing, and because log lines need more speed than a general reader has.
struct JSONReader {
  /// Why a document could not be read.
  struct Failure: Error {
    var reason: String
    var line: Int
  }

  let bytes: Bytes
  private(set) var index: Int
  private(set) var line: Int
  /// What ended a document early, if its whole parts were kept.
  private(set) var damage: Failure?
  private var valuesLeft: Int
  private let depthLimit: Int
  private let keepsWholeParts: Bool

  /// - Parameter keepsWholeParts: whether a damaged document is kept without the member or item
  ///   that is damaged.
  init(
    _ bytes: Bytes, line: Int = 1, depthLimit: Int = FactLimits.jsonDepth,
    valueLimit: Int = FactLimits.jsonValues, keepsWholeParts: Bool = false
  ) {
    self.bytes = bytes
    self.line = line
    index = bytes.startIndex
    self.depthLimit = depthLimit
    valuesLeft = valueLimit
    self.keepsWholeParts = keepsWholeParts
  }

  /// Every document of a file: collectors that append leave several behind each other. What
  /// follows the last readable one is returned as a failure.
  static func documents(_ bytes: Bytes) -> (values: [JSONValue], failure: Failure?) {
    var reader = JSONReader(bytes)
    var values: [JSONValue] = []
    while true {
      reader.skipWhitespace()
      guard reader.index < bytes.endIndex else { return (values, nil) }
      do throws(Failure) {
        values.append(try reader.value())
      } catch {
        return (values, error)
      }
    }
  }

  /// Hands on the elements of one array of the outermost object, one after the other, so that a
  /// document that is cut gives what stands before the cut. The bound of values holds for each
  /// element.
  mutating func forEachElement(
    of wanted: String, _ body: (JSONValue, Int) -> Void
  ) throws(Failure) {
    skipWhitespace()
    guard consume(UInt8(ascii: "{")) else { throw failure("not an object") }
    while true {
      skipWhitespace()
      guard index < bytes.endIndex else { throw failure("the text ends inside an object") }
      guard bytes[index] == UInt8(ascii: "\"") else { throw failure("a key is missing") }
      let key = try string()
      skipWhitespace()
      guard consume(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
      skipWhitespace()
      if key == wanted, consume(UInt8(ascii: "[")) {
        try elements(body)
      } else {
        _ = try value(depth: 1)
      }
      skipWhitespace()
      if consume(UInt8(ascii: "}")) { return }
      guard consume(UInt8(ascii: ",")) else { throw failure("a comma is missing") }
    }
  }

  private mutating func elements(_ body: (JSONValue, Int) -> Void) throws(Failure) {
    skipWhitespace()
    if consume(UInt8(ascii: "]")) { return }
    let bound = valuesLeft
    while true {
      skipWhitespace()
      let line = line
      valuesLeft = bound
      body(try value(depth: 2), line)
      skipWhitespace()
      if consume(UInt8(ascii: "]")) { return }
      guard consume(UInt8(ascii: ",")) else { throw failure("a comma is missing") }
    }
  }

  mutating func skipWhitespace() {
    while index < bytes.endIndex, bytes[index].isWhitespace {
      if bytes[index] == 0x0a { line += 1 }
      index += 1
    }
  }

  /// The next value.
  mutating func value(depth: Int = 0) throws(Failure) -> JSONValue {
    skipWhitespace()
    guard depth < depthLimit else { throw failure("nested more than \(depthLimit) deep") }
    guard valuesLeft > 0 else { throw failure("too many values") }
    valuesLeft -= 1
    guard index < bytes.endIndex else { throw failure("the text ends inside a document") }
    switch bytes[index] {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private func failure(_ reason: String) -> Failure {
    Failure(reason: reason, line: line)
  }

  private mutating func object(_ depth: Int) throws(Failure) -> JSONObject {
    var object = JSONObject(line: line)
    index += 1
    skipWhitespace()
    if consume(UInt8(ascii: "}")) { return object }
    while true {
      do throws(Failure) {
        object.members.append(try member(depth))
        if damage != nil { return object }
        skipWhitespace()
        if consume(UInt8(ascii: "}")) { return object }
        guard consume(UInt8(ascii: ",")) else { throw failure("a comma is missing") }
      } catch {
        try keep(error)
        return object
      }
    }
  }

  private mutating func member(_ depth: Int) throws(Failure) -> (String, JSONValue) {
    skipWhitespace()
    guard index < bytes.endIndex else { throw failure("the text ends inside an object") }
    guard bytes[index] == UInt8(ascii: "\"") else { throw failure("a key is missing") }
    let key = try string()
    skipWhitespace()
    guard consume(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
    return (key, try value(depth: depth + 1))
  }

  /// Goes on with the whole parts in front of a failure, if that is wanted.
  private mutating func keep(_ failure: Failure) throws(Failure) {
    guard keepsWholeParts else { throw failure }
    damage = failure
  }

  private mutating func array(_ depth: Int) throws(Failure) -> [JSONValue] {
    var array: [JSONValue] = []
    index += 1
    skipWhitespace()
    if consume(UInt8(ascii: "]")) { return array }
    while true {
      do throws(Failure) {
        let item = try value(depth: depth + 1)
        // An item that lacks its end would look like one that lacks what it should have.
        if damage != nil { return array }
        array.append(item)
        skipWhitespace()
        if consume(UInt8(ascii: "]")) { return array }
        guard consume(UInt8(ascii: ",")) else { throw failure("a comma is missing") }
      } catch {
        try keep(error)
        return array
      }
    }
  }

  private mutating func consume(_ byte: UInt8) -> Bool {
    guard index < bytes.endIndex, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(Failure) -> JSONValue {
    guard bytes[index...].starts(text) else { throw failure("not a value of JSON") }
    index += text.utf8.count
    return value
  }

  private mutating func number() throws(Failure) -> String {
    let start = index
    while index < bytes.endIndex {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        index += 1
        continue
      default: break
      }
      break
    }
    let text = String(bytes[start..<index])
    guard index > start, index - start <= 64, let value = Double(text), value.isFinite else {
      throw failure("not a value of JSON")
    }
    return text
  }

  /// The string at `index`, which stands on its opening quote.
  mutating func string() throws(Failure) -> String {
    let start = index + 1
    guard let (end, hasEscapes) = Self.endOfString(bytes, from: start) else {
      throw failure("the text ends inside a string")
    }
    index = end + 1
    guard hasEscapes else { return String(bytes[start..<end]) }
    return String(Self.unescaped(bytes[start..<end]))
  }

  /// The place of the closing quote, and whether there are escapes before it.
  static func endOfString(_ bytes: Bytes, from start: Int) -> (end: Int, hasEscapes: Bool)? {
    let span = bytes.span
    let base = bytes.startIndex
    var at = start - base
    var hasEscapes = false
    while at < span.count {
      let byte = span[at]
      if byte == UInt8(ascii: "\"") { return (base + at, hasEscapes) }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        at += 1
      }
      at += 1
    }
    return nil
  }

  /// The bytes that an escaped string stands for. Unknown escapes stay as they are: they occur in
  /// text that people edited.
  static func unescaped(_ text: Bytes) -> Bytes {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var at = text.startIndex
    while at < text.endIndex {
      let byte = text[at]
      at += 1
      guard byte == UInt8(ascii: "\\"), at < text.endIndex else {
        result.append(byte)
        continue
      }
      let escape = text[at]
      at += 1
      switch escape {
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "u"): appendUnicode(text, &at, &result)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
      default:
        result.append(byte)
        result.append(escape)
      }
    }
    return result[...]
  }

  private static func appendUnicode(_ text: Bytes, _ at: inout Int, _ result: inout [UInt8]) {
    guard var code = hex4(text, at) else {
      result.append(contentsOf: "\\u".utf8)
      return
    }
    at += 4
    if (0xd800..<0xdc00).contains(code), at + 6 <= text.endIndex, text[at...].starts("\\u"),
      let low = hex4(text, at + 2), (0xdc00..<0xe000).contains(low)
    {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      at += 6
    }
    // U+0000 would end the text inside SQLite, and lone surrogates are no characters.
    let scalar = code == 0 ? nil : Unicode.Scalar(code)
    result.append(contentsOf: Array(String(Character(scalar ?? "\u{fffd}")).utf8))
  }

  private static func hex4(_ text: Bytes, _ at: Int) -> UInt32? {
    guard at + 4 <= text.endIndex else { return nil }
    var code: UInt32 = 0
    for offset in 0..<4 {
      guard let digit = text[at + offset].hexDigit else { return nil }
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
