/// ipamd's own rules for reading a variable's text (Go's `strconv`).
public enum EnvironmentParsing {
  /// A base-10 integer with an optional sign; nil for blanks, fractions, units or overflow.
  public static func int(_ text: String) -> Int? {
    var digits = Substring(text)
    if let sign = digits.first, sign == "+" || sign == "-" { digits = digits.dropFirst() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  /// One of the twelve spellings Go accepts for a truth value; nil for anything else.
  public static func bool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "TRUE", "true", "True": true
    case "0", "f", "F", "FALSE", "false", "False": false
    default: nil
    }
  }

  /// A JSON object whose values are all strings, in the order of its keys; nil for anything else.
  public static func tags(_ text: String) -> [ENITag]? {
    var reader = JSONStringMapReader(text)
    return reader.read()
  }
}

/// Reads `{"key": "value", …}`: the only JSON among ipamd's variables.
private struct JSONStringMapReader {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func read() -> [ENITag]? {
    var tags: [ENITag] = []
    guard take("{") else { return nil }
    if !take("}") {
      repeat {
        guard let key = string(), take(":"), let value = string() else { return nil }
        tags.removeAll { $0.key == key }
        tags.append(ENITag(key: key, value: value))
      } while take(",")
      guard take("}") else { return nil }
    }
    skipBlanks()
    guard position == scalars.count else { return nil }
    return tags.sorted { $0.key < $1.key }
  }

  private mutating func skipBlanks() {
    while position < scalars.count, " \t\r\n".unicodeScalars.contains(scalars[position]) {
      position += 1
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < scalars.count, scalars[position] == scalar else { return false }
    position += 1
    return true
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var units: [UInt16] = []
    while position < scalars.count {
      let scalar = scalars[position]
      position += 1
      switch scalar {
      case "\"": return String(decoding: units, as: UTF16.self)
      case "\\":
        guard let unit = escape() else { return nil }
        units.append(unit)
      case _ where scalar.value < 0x20: return nil
      default: units += Array(String(scalar).utf16)
      }
    }
    return nil
  }

  private mutating func escape() -> UInt16? {
    guard position < scalars.count else { return nil }
    let scalar = scalars[position]
    position += 1
    switch scalar {
    case "\"", "\\", "/": return UInt16(scalar.value)
    case "b": return 8
    case "f": return 12
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "u":
      guard position + 4 <= scalars.count else { return nil }
      let digits = scalars[position..<position + 4]
      guard digits.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
      position += 4
      return UInt16(digits.map(String.init).joined(), radix: 16)
    default: return nil
    }
  }
}
