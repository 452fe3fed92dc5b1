/// Masks configuration line by line: YAML by indentation, `Environment=` of unit files, and lists of
/// command lines. Lines that fit none of these pass as they are.
struct LineFilter: Sendable {
  private(set) var counts = RedactionCounts()
  private let rules: RedactionRules
  private var line: [UInt8] = []
  /// Whether the current line was too long to be looked at and passes as it comes.
  private var isPassing = false
  /// Deeper lines are masked.
  private var maskedIndent: Int?
  private var authProviderIndent: Int?
  private var environmentIndent: Int?
  private var isVariableAllowed = false

  init(_ rules: RedactionRules) {
    self.rules = rules
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    var rest = bytes
    while let newline = rest.firstIndex(of: Byte.newline) {
      take(rest[..<newline], into: &output)
      endLine(into: &output)
      output.append(Byte.newline)
      rest = rest[(newline + 1)...]
    }
    take(rest, into: &output)
  }

  mutating func finish(into output: inout [UInt8]) {
    endLine(into: &output)
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    var rest = bytes
    if !isPassing {
      let room = Redactor.lineLimit - line.count
      line.append(contentsOf: rest.prefix(room))
      rest = rest.dropFirst(room)
      guard !rest.isEmpty else { return }
      // Only the beginning of such a line decides; a masked value covers all of it.
      endLine(into: &output)
      isPassing = true
    }
    if !isDroppingRest { output.append(contentsOf: rest) }
  }

  /// Whether the rest of an overlong line belongs to a masked value.
  private var isDroppingRest = false

  private mutating func endLine(into output: inout [UInt8]) {
    if isPassing {
      isPassing = false
      isDroppingRest = false
      return
    }
    let window = Window(bytes: line, end: line.count)
    let masks = masks(window)
    var copied = 0
    for mask in masks where mask.start >= copied && mask.start < mask.end {
      guard !window.has("<redacted", at: mask.start) else { continue }
      output.append(contentsOf: line[copied..<mask.start])
      output.append(contentsOf: mask.replacement ?? mask.rule.mask)
      counts[mask.rule] += 1
      copied = mask.end
    }
    isDroppingRest = copied == line.count && copied > 0
    output.append(contentsOf: line[copied...])
    line.removeAll(keepingCapacity: true)
  }

  private mutating func masks(_ window: Window) -> [Match] {
    if rules.contains(.commandLines) { return CommandLineRedaction.masks(window) }
    let start = window.runEnd(from: 0) { $0.isBlank }
    if window.has("environment=", at: start) { return unitEnvironment(window, from: start + 12) }
    return yaml(window)
  }

  /// `Environment="A=b" C=d` of a unit file.
  private func unitEnvironment(_ window: Window, from position: Int) -> [Match] {
    var found: [Match] = []
    var index = position
    while index < window.end {
      index = window.runEnd(from: index) { $0.isBlank }
      guard index < window.end else { break }
      var start = index
      var end = ValueExtent.unquotedWordEnd(window, from: index)
      index = max(end, index + 1)
      if window[start].isQuote {
        let quote = window[start]
        start += 1
        end = ValueExtent.quotedEnd(window, from: start, quote: quote, depth: 0)
        index = end + 1
      }
      let equals = window.runEnd(from: start, limit: end - start) { $0 != Byte.equals }
      guard equals < end else { continue }
      if !EnvironmentRedaction.isAllowed(name: window.bytes[start..<equals]) {
        found.append(Match(equals + 1, end, rule: .environment))
      }
    }
    return found
  }

  private mutating func yaml(_ window: Window) -> [Match] {
    var index = window.runEnd(from: 0) { $0.isBlank }
    guard index < window.end, window[index] != Byte.hash else { return [] }
    let listIndent = window[index] == Byte.dash && window[index + 1].isSpace ? index : nil
    if listIndent != nil { index = window.runEnd(from: index + 1) { $0.isBlank } }
    let isQuoted = window[index].isQuote
    let nameStart = isQuoted ? index + 1 : index
    let nameEnd = window.runEnd(from: nameStart) {
      $0.isNameByte || $0 == Byte.dot || $0 == Byte.slash
    }
    let colon = isQuoted ? nameEnd + 1 : nameEnd
    let hasName = nameEnd > nameStart && window[colon] == Byte.colon && window[colon + 1].isSpace
    leave(indent: index, listIndent: listIndent)
    let value = value(window, from: hasName ? colon + 1 : index)
    if maskedIndent != nil {
      return value.isEmpty ? [] : [Match(value.lowerBound, value.upperBound, rule: .configuration)]
    }
    guard hasName else { return [] }
    return named(
      Array(window.bytes[nameStart..<nameEnd]), value, indent: index, listIndent: listIndent, window
    )
  }

  /// Forgets the parts of the tree that a line is no longer inside of.
  private mutating func leave(indent: Int, listIndent: Int?) {
    let outer = listIndent ?? indent
    if let masked = maskedIndent, outer <= masked { maskedIndent = nil }
    if let provider = authProviderIndent, outer <= provider { authProviderIndent = nil }
    // A list may stand at the indentation of its name.
    if let environment = environmentIndent,
      outer < environment || (outer == environment && listIndent == nil)
    {
      environmentIndent = nil
    }
  }

  private mutating func named(
    _ name: [UInt8], _ value: Range<Int>, indent: Int, listIndent: Int?, _ window: Window
  ) -> [Match] {
    func isNamed(_ text: String) -> Bool { name.elementsEqual(text.utf8) }
    let isBlock = window[value.lowerBound] == Byte.pipe || window[value.lowerBound] == Byte.greater
    var rule: RedactionRule?
    if environmentIndent != nil {
      if isNamed("name") {
        isVariableAllowed = EnvironmentRedaction.isAllowed(name: window.bytes[value])
      }
      if isNamed("value"), !isVariableAllowed { rule = .environment }
    } else if ConfigurationNames.isSecret(name) {
      rule = .configuration
    } else if value.isEmpty {
      if isNamed("auth-provider") { authProviderIndent = indent }
      if isNamed("config"), authProviderIndent != nil { maskedIndent = indent }
      if isNamed("env") { environmentIndent = indent }
    }
    guard let rule, !value.isEmpty else { return [] }
    if isBlock {
      maskedIndent = listIndent ?? indent
      return []
    }
    return [Match(value.lowerBound, value.upperBound, rule: rule)]
  }

  /// The value of a line without its quotes, a comment and blanks around it.
  private func value(_ window: Window, from position: Int) -> Range<Int> {
    let start = window.runEnd(from: position) { $0.isBlank }
    if window[start].isQuote {
      let quote = window[start]
      return start + 1..<ValueExtent.quotedEnd(window, from: start + 1, quote: quote, depth: 0)
    }
    var end = start
    var index = start
    while index < window.end {
      if window[index] == Byte.hash, window[index - 1].isBlank { break }
      index += 1
      if !window[index - 1].isSpace { end = index }
    }
    return start..<end
  }
}
