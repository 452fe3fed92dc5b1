import FoundationEssentials

/// An answer of which a few values are wanted, whatever else it holds.
enum JSONTree: Decodable, Sendable {
  case object([String: JSONTree])
  case list([JSONTree])
  case text(String)
  /// A number, a truth value or nothing.
  case other

  /// Reads a document; `nil` if it is none.
  init?(_ bytes: [UInt8]) {
    // Answers of another form hold no values; that they exist is told by their item.
    guard let tree = try? JSONDecoder().decode(JSONTree.self, from: Data(bytes)) else { return nil }
    self = tree
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Name.self) {
      var members: [String: JSONTree] = [:]
      for name in container.allKeys {
        members[name.stringValue] = try container.decode(JSONTree.self, forKey: name)
      }
      self = .object(members)
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [JSONTree] = []
      while !container.isAtEnd { elements.append(try container.decode(JSONTree.self)) }
      self = .list(elements)
    } else {
      let text = try? decoder.singleValueContainer().decode(String.self)
      self = text.map { .text($0) } ?? .other
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The texts at a path; `*` stands for every element of a list.
  func strings(at path: ArraySlice<String>) -> [String] {
    guard let step = path.first else {
      guard case .text(let text) = self else { return [] }
      return [text]
    }
    switch self {
    case .object(let members): return members[step]?.strings(at: path.dropFirst()) ?? []
    case .list(let elements) where step == "*":
      return elements.flatMap { $0.strings(at: path.dropFirst()) }
    case .list, .text, .other: return []
    }
  }
}
