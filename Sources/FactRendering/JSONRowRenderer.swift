public import Facts
import ReportRendering

/// Rows as JSON objects, in one array or one on each line.
public struct JSONRowRenderer: RowRenderer {
  private let isDocument: Bool
  /// The keys as they are written, with comma and colon.
  private var keys: [[UInt8]] = []
  private var isFirst = true

  /// Writes one document, or JSON Lines.
  public init(isDocument: Bool) {
    self.isDocument = isDocument
  }

  /// Starts the array.
  public mutating func begin(_ columns: [String], to out: inout [UInt8]) {
    keys = Self.unique(columns).enumerated().map { index, name in
      var key: [UInt8] = index == 0 ? [] : [UInt8(ascii: ",")]
      JSONBytes.append(name, to: &key)
      key.append(UInt8(ascii: ":"))
      return key
    }
    if isDocument { out.append(UInt8(ascii: "[")) }
  }

  /// Writes an object.
  public mutating func add(_ row: [FactValue], to out: inout [UInt8]) {
    if isDocument { out += isFirst ? "\n".utf8 : ",\n".utf8 }
    isFirst = false
    out.append(UInt8(ascii: "{"))
    for (key, value) in zip(keys, row) {
      out += key
      JSONBytes.append(value, to: &out)
    }
    out.append(UInt8(ascii: "}"))
    if !isDocument { out.append(0x0A) }
  }

  /// Ends the array.
  public mutating func end(to out: inout [UInt8]) {
    if isDocument { out += isFirst ? "]\n".utf8 : "\n]\n".utf8 }
  }

  /// Names that differ: readers of JSON keep only one of two equal keys.
  static func unique(_ names: [String]) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    return names.map { name in
      if seen.insert(name).inserted { return name }
      var number = 2
      while !taken.insert("\(name)_\(number)").inserted { number += 1 }
      return "\(name)_\(number)"
    }
  }
}

/// JSON, byte by byte.
enum JSONBytes {
  static func append(_ value: FactValue, to out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .integer(let number): out += String(number).utf8
    // JSON has no infinity, and something that reads as another number would be worse than nothing.
    case .real(let number): out += (ValueText.finite(number) ?? "null").utf8
    case .text(let text): append(text, to: &out)
    }
  }

  /// A string; everything that could drive a terminal is escaped, so that it is harmless there too.
  static func append(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\"".utf8
      case "\\": out += "\\\\".utf8
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      default:
        if scalar.isHarmless {
          out += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        } else {
          escape(scalar.value, to: &out)
        }
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func escape(_ value: UInt32, to out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    out += "\\u".utf8
    for shift: UInt32 in [12, 8, 4, 0] { out.append(digits[Int(value >> shift & 15)]) }
  }
}
