import BundleModel
import Facts

/// A sentence with `{column}` in the places of values.
public struct MessageTemplate: Sendable, Hashable {
  /// The sentence as it was written.
  public let text: String
  private let parts: [Part]

  private enum Part: Sendable, Hashable {
    case literal(String)
    case value(String)
  }

  /// Reads a template; `nil` when braces don't match. `{{` stands for one brace.
  public init?(_ text: String) {
    self.text = text
    var parts: [Part] = []
    var literal = ""
    var rest = text[...]
    while let next = rest.first {
      rest = rest.dropFirst()
      if next == "{" || next == "}", rest.first == next {
        literal.append(next)
        rest = rest.dropFirst()
      } else if next == "{" {
        guard let end = rest.firstIndex(of: "}"), end > rest.startIndex else { return nil }
        parts.append(.literal(literal))
        literal = ""
        parts.append(.value(String(rest[..<end])))
        rest = rest[end...].dropFirst()
      } else if next == "}" {
        return nil
      } else {
        literal.append(next)
      }
    }
    parts.append(.literal(literal))
    self.parts = parts
  }

  /// The columns that it wants, each once, in order.
  public var placeholders: [String] {
    var names: [String] = []
    for case .value(let name) in parts where !names.contains(name) { names.append(name) }
    return names
  }

  /// The sentence with values. What is not known reads "unknown".
  func filled(with values: [String: FactValue]) -> String {
    parts.reduce(into: "") { sentence, part in
      switch part {
      case .literal(let text): sentence += text
      case .value(let name): sentence += Self.shown(values[name] ?? .null, name: name)
      }
    }
  }

  private static func shown(_ value: FactValue, name: String) -> String {
    if name.hasSuffix("_us"), case .integer(let time) = value { return Timestamp.spaced(time) }
    return switch value {
    case .null: "unknown"
    case .integer(let number): grouped(number)
    case .real(let number): "\(number)"
    case .text(let text): text
    }
  }

  /// A number with comma groups.
  static func grouped(_ number: Int64) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(digits, at: 0)
    return (number < 0 ? "-" : "") + groups.joined(separator: ",")
  }
}

/// Times of facts as reports write them: whole seconds, which is what their readers compare.
public enum Timestamp {
  /// `2026-03-12T13:41:07Z`, from microseconds since 1970 UTC.
  public static func rfc3339(_ microseconds: Int64) -> String {
    RFC3339.string(microseconds: microseconds).prefix(19) + "Z"
  }

  /// `2026-03-12 13:41:07Z`, from microseconds since 1970 UTC.
  public static func spaced(_ microseconds: Int64) -> String {
    let text = RFC3339.string(microseconds: microseconds)
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
  }
}
