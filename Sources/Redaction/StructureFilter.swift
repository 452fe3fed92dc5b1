/// The rules that follow the structure of a document: R4, R5, R10. What it writes still passes R1.
/// The first byte that is no blank decides between JSON and lines.
struct StructureFilter: Sendable {
  private enum Shape: Sendable {
    case unknown
    case json(JSONFilter)
    case lines(LineFilter)
  }

  private let rules: RedactionRules
  private var shape = Shape.unknown
  /// Whether the text so far is a bracket, whose next byte decides.
  private var isBracketHeld = false

  /// Makes a filter if one of the rules needs it.
  init?(_ rules: RedactionRules) {
    guard !rules.isDisjoint(with: [.configuration, .commandLines, .kubernetesObjects]) else {
      return nil
    }
    self.rules = rules
    if rules.contains(.commandLines) { shape = .lines(LineFilter(rules)) }
  }

  var counts: RedactionCounts {
    switch shape {
    case .unknown: RedactionCounts()
    case .json(let filter): filter.counts
    case .lines(let filter): filter.counts
    }
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    var rest = bytes
    if case .unknown = shape {
      if !isBracketHeld {
        let start = rest.firstIndex { !$0.isSpace } ?? rest.endIndex
        output.append(contentsOf: rest[..<start])
        rest = rest[start...]
        isBracketHeld = rest.first == Byte.openBracket
        if isBracketHeld { rest = rest.dropFirst() }
      }
      guard let next = rest.first else { return }
      // `[Service]` begins a unit file, not a list.
      let isJSON = isBracketHeld ? !next.isLetter : next == Byte.openBrace
      shape = isJSON ? .json(JSONFilter(rules)) : .lines(LineFilter(rules))
      if isBracketHeld {
        isBracketHeld = false
        pass([Byte.openBracket], into: &output)
      }
    }
    pass(rest, into: &output)
  }

  private mutating func pass(_ rest: ArraySlice<UInt8>, into output: inout [UInt8]) {
    // The state is moved out and back, so that its buffers are not copied.
    switch shape {
    case .unknown: break
    case .json(var filter):
      shape = .unknown
      filter.feed(rest, into: &output)
      shape = .json(filter)
    case .lines(var filter):
      shape = .unknown
      filter.feed(rest, into: &output)
      shape = .lines(filter)
    }
  }

  mutating func finish(into output: inout [UInt8]) {
    if isBracketHeld { output.append(Byte.openBracket) }
    isBracketHeld = false
    guard case .lines(var filter) = shape else { return }
    filter.finish(into: &output)
    shape = .lines(filter)
  }
}

/// Names in configuration whose values R4 masks whatever they look like.
enum ConfigurationNames {
  static let secret = [
    "token", "password", "client-key-data", "client-certificate-data", "access-token",
    "refresh-token", "id-token", "client-secret", "secret", "passphrase",
  ]

  static func isSecret(_ name: [UInt8]) -> Bool {
    secret.contains { $0.utf8.elementsEqual(name) }
  }

  static let mark = Array("<redacted".utf8)
}
