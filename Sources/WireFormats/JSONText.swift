/// The little of JSON that is needed to put foreign documents together without understanding them.
public enum JSONText {
  /// How deep a foreign document may be.
  static let depthLimit = 128

  /// Appends a text as a JSON string.
  public static func append(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): output += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): output += Array("\\n".utf8)
      case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        output += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  /// An object with one more member, whose value is JSON already; `nil` if it is no object.
  public static func adding(_ name: String, _ value: [UInt8], to object: [UInt8]) -> [UInt8]? {
    guard isDocument(object[...]), isDocument(value[...]),
      let first = object.firstIndex(where: { !isSpace($0) }),
      let end = object.lastIndex(where: { !isSpace($0) }),
      object[first] == UInt8(ascii: "{"), object[end] == UInt8(ascii: "}")
    else { return nil }
    let body = object[(first + 1)..<end]
    var result = [UInt8(ascii: "{")] + body
    if body.contains(where: { !isSpace($0) }) { result.append(UInt8(ascii: ",")) }
    append(name, to: &result)
    result += [UInt8(ascii: ":")] + value + [UInt8(ascii: "}")]
    return result
  }

  /// Whether bytes are one whole JSON value, so that they may stand inside another document.
  public static func isDocument(_ bytes: ArraySlice<UInt8>) -> Bool {
    var checker = Checker(rest: bytes)
    return checker.value(depth: 0) && checker.isAtEnd()
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private struct Checker {
    var rest: ArraySlice<UInt8>

    mutating func isAtEnd() -> Bool {
      skipSpace()
      return rest.isEmpty
    }

    mutating func value(depth: Int) -> Bool {
      guard depth < JSONText.depthLimit else { return false }
      skipSpace()
      switch rest.first {
      case UInt8(ascii: "{"): return members(UInt8(ascii: "}"), isObject: true, depth: depth)
      case UInt8(ascii: "["): return members(UInt8(ascii: "]"), isObject: false, depth: depth)
      case UInt8(ascii: "\""): return string()
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return number()
      }
    }

    private mutating func members(_ end: UInt8, isObject: Bool, depth: Int) -> Bool {
      rest = rest.dropFirst()
      skipSpace()
      if take(end) { return true }
      while true {
        if isObject {
          skipSpace()
          guard string() else { return false }
          skipSpace()
          guard take(UInt8(ascii: ":")) else { return false }
        }
        guard value(depth: depth + 1) else { return false }
        skipSpace()
        if take(end) { return true }
        guard take(UInt8(ascii: ",")) else { return false }
      }
    }

    private mutating func string() -> Bool {
      guard take(UInt8(ascii: "\"")) else { return false }
      while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "\""): return true
        case UInt8(ascii: "\\"): if rest.popFirst() == nil { return false }
        case 0..<0x20: return false
        default: break
        }
      }
      return false
    }

    private mutating func number() -> Bool {
      let digits = rest.prefix { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || "+-.eE".utf8.contains(byte)
      }
      rest = rest.dropFirst(digits.count)
      return Double(String(decoding: digits, as: UTF8.self)) != nil
    }

    private mutating func word(_ text: String) -> Bool {
      guard rest.starts(with: text.utf8) else { return false }
      rest = rest.dropFirst(text.utf8.count)
      return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      return true
    }

    private mutating func skipSpace() {
      rest = rest.drop { JSONText.isSpace($0) }
    }
  }
}
