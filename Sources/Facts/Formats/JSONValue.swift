/// A value of a JSON document.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A number as it was written: whole numbers beyond 2^53 must not lose digits.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// A JSON object with its members in the order of the document.
struct JSONObject: Sendable {
  /// The line on which the object starts, counted from 1.
  var line: Int
  var members: [(key: String, value: JSONValue)] = []

  /// The last value of a key, as other readers of JSON take it.
  subscript(key: String) -> JSONValue? {
    members.last { $0.key == key }?.value
  }
}

extension JSONValue {
  var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  var array: [JSONValue]? {
    if case .array(let array) = self { array } else { nil }
  }

  var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The text of a string that says something.
  var filledString: String? {
    guard let string, !string.isEmpty else { return nil }
    return string
  }

  var bool: Bool? {
    switch self {
    case .bool(let bool): bool
    case .string("true"): true
    case .string("false"): false
    default: nil
    }
  }

  var integer: Int64? {
    switch self {
    case .number(let text), .string(let text):
      Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) }
    default: nil
    }
  }

  var double: Double? {
    switch self {
    case .number(let text), .string(let text): Double(text)
    default: nil
    }
  }

  /// A scalar as plain text; nil for null, arrays and objects.
  var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }

  subscript(key: String) -> JSONValue? {
    object?[key]
  }

  /// The value behind several keys.
  func at(_ keys: String...) -> JSONValue? {
    var value: JSONValue? = self
    for key in keys { value = value?[key] }
    return value
  }

  /// The items of an array; empty for anything else.
  var items: [JSONValue] { array ?? [] }

  /// An object of members that are there.
  static func made(line: Int, _ members: [(String, JSONValue?)]) -> JSONValue {
    var object = JSONObject(line: line)
    for case (let key, let value?) in members { object.members.append((key, value)) }
    return .object(object)
  }

  /// The value as compact JSON.
  var json: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .string(let text): Self.quoted(text)
    case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
    case .object(let object):
      "{"
        + object.members.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ",")
        + "}"
    }
  }

  /// A string literal of JSON.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
