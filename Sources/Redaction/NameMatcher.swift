/// Finds secrets by the name in front of them.
struct NameMatcher: Sendable {
  let rules: RedactionRules

  /// Looks at the name around a trigger word that ends at `wordEnd`.
  func match(_ window: Window, wordEnd: Int) -> Match? {
    // `user=` carries its separator along.
    let inside = window[wordEnd - 1] == Byte.equals ? wordEnd - 1 : wordEnd
    let start = Self.nameStart(window, before: inside)
    let end = window.runEnd(from: inside, limit: 64) { $0.isNameByte }
    guard let name = SecretName(window, start, end) else {
      return looseSecret(window, from: end, wordEnd: wordEnd)
    }
    if let match = valueOnNextLine(window, name, start, end) { return match }
    guard let value = ValueExtent(window, nameStart: start, nameEnd: end) else {
      if case .password = name, let match = PasswordProse.match(window, from: end) { return match }
      return looseSecret(window, from: end, wordEnd: wordEnd)
    }
    if let block = block(window, name, start, value) { return block }
    guard value.end > value.start, !isComment(window, name, start, value) else { return nil }
    return judge(window, name, start, value)
  }

  private func judge(
    _ window: Window, _ name: SecretName, _ start: Int, _ value: ValueExtent
  ) -> Match? {
    var match = Match(value.start, value.end, tail: value.isQuoted ? .quoted : .word)
    switch name {
    case .authorization:
      return authorization(window, value)
    case .registryAuth:
      let isBlob = ShapeMatcher.isUserAndPassword(window, value.start, value.end)
      return isBlob ? match : nil
    case .signature:
      let end = window.runEnd(from: value.start) { $0.isHex }
      return end - value.start >= 32 ? Match(value.start, end) : nil
    case .mountOption:
      guard rules.contains(.urls), value.separator == .equals else { return nil }
      match.rule = .urls
    case .password, .key, .word:
      let judge = ValueJudge(window: window, value: value, name: name, nameStart: start)
      if judge.isHarmless { return nil }
      if judge.coversLine { match.end = judge.lineValueEnd }
    }
    if value.isNameQuoted, !value.isQuoted {
      // A bare number in JSON must stay one.
      let isNumber = window.bytes[match.start..<match.end].allSatisfy { $0.isDigit }
      if isNumber {
        if match.end - match.start == 1, window[match.start] == Byte.zero { return nil }
        match.replacement = [Byte.zero]
      }
    }
    return match
  }

  /// The first byte of the name in which a position stands.
  static func nameStart(_ window: Window, before position: Int) -> Int {
    var start = position
    while position - start < 64, window[start - 1].isNameByte, !window.isEscapeEnd(start - 1) {
      start -= 1
    }
    return start
  }

  /// A scheme stays, the credentials behind it go; without a scheme the one word goes.
  private func authorization(_ window: Window, _ value: ValueExtent) -> Match? {
    let word = window.runEnd(from: value.start) { $0.isAlphanumeric || $0 == Byte.dash }
    if window.has("aws4-hmac-sha256", at: value.start) { return nil }
    if word < value.end || window[word] == Byte.space {
      let next = window.runEnd(from: word, limit: 8) { $0.isBlank }
      if window.has("<redacted", at: next) { return nil }
      if next > word, !window[next].isSpace, isScheme(window, value.start, word) {
        let end = value.isQuoted ? value.end : ValueExtent.unquotedEnd(window, from: next)
        return end > next ? Match(next, end) : nil
      }
    }
    if window.has("<redacted", at: value.start) { return nil }
    let text = window.bytes[value.start..<value.end]
    let isWord = text.allSatisfy { $0.isLetter || $0 == Byte.dash || $0 == Byte.underscore }
    let isStructure = text.first == Byte.openBrace || text.first == Byte.openBracket
    return isWord || isStructure || text.count < 8 ? nil : Match(value.start, value.end)
  }

  private func isScheme(_ window: Window, _ start: Int, _ end: Int) -> Bool {
    ["bearer", "basic", "digest", "negotiate", "token", "apikey"].contains {
      end - start == $0.utf8.count && window.has($0, at: start)
    }
  }

  /// `secret access key wJalr…` and other text between the word and forty typical characters.
  private func looseSecret(_ window: Window, from end: Int, wordEnd: Int) -> Match? {
    guard window.has("secret", at: wordEnd - 6) else { return nil }
    for start in end..<end + 24 {
      if window[start] == Byte.newline { return nil }
      let before = window[start - 1]
      guard before.isBlank || before.isQuote || before == Byte.equals || before == Byte.colon,
        let match = ShapeMatcher.accessKeySecret(window, at: start)
      else { continue }
      return match
    }
    return nil
  }

  /// `- name: DB_PASSWORD` as the whole rest of a line: the value follows on the next one.
  private func valueOnNextLine(
    _ window: Window, _ name: SecretName, _ start: Int, _ end: Int
  ) -> Match? {
    var rest = end
    if window[rest].isQuote { rest += 1 }
    if window[rest] == Byte.comma { rest += 1 }
    rest = window.runEnd(from: rest, limit: 8) { $0.isBlank || $0 == Byte.carriageReturn }
    guard window[rest] == Byte.newline else { return nil }
    switch name {
    case .password, .key, .word: break
    default: return nil
    }
    var before = start
    if window[before - 1].isQuote { before -= 1 }
    while window[before - 1].isBlank { before -= 1 }
    guard window[before - 1] == Byte.colon else { return nil }
    before -= 1
    if window[before - 1].isQuote { before -= 1 }
    guard window.has("name", at: before - 4) || window.has("key", at: before - 3) else {
      return nil
    }
    var match = Match(end, end)
    match.following = .value
    return match
  }

  /// A YAML block: `password: |` and deeper lines.
  private func block(
    _ window: Window, _ name: SecretName, _ start: Int, _ value: ValueExtent
  ) -> Match? {
    guard value.separator == .colon, !value.isQuoted,
      window[value.start] == Byte.pipe || window[value.start] == Byte.greater
    else { return nil }
    let end = window.runEnd(from: value.start, limit: 8) { !$0.isSpace }
    let rest = window.runEnd(from: end, limit: 8) { $0.isBlank || $0 == Byte.carriageReturn }
    guard window[rest] == Byte.newline, end - value.start <= 3 else { return nil }
    switch name {
    case .password, .key, .word: break
    default: return nil
    }
    guard let indent = lineIndent(window, before: start) else { return nil }
    var match = Match(end, end)
    match.following = .block(indent: indent, isCounted: false)
    return match
  }

  /// The number of blanks before a name that begins its line, `- ` included; nil for other names.
  private func lineIndent(_ window: Window, before start: Int) -> Int? {
    var index = start
    if window[index - 1].isQuote { index -= 1 }
    while window[index - 1].isBlank || window[index - 1] == Byte.dash {
      index -= 1
    }
    guard window[index - 1] == Byte.newline else { return nil }
    return window.runEnd(from: index) { $0.isBlank } - index
  }

  /// Whether the name stands in a firewall rule: a service's name with its port (`shop/token:http`).
  private func isComment(
    _ window: Window, _ name: SecretName, _ start: Int, _ value: ValueExtent
  ) -> Bool {
    guard value.separator == .tightColon, !value.isNameQuoted else { return false }
    if name == .word, window[start - 1] == Byte.slash { return true }
    let lineStart = lineStart(window, before: start, limit: 512)
    var first = lineStart
    if window[first] == Byte.openBracket {
      first = window.runEnd(from: first, limit: 48) { $0 != Byte.space } + 1
    }
    return window.has("-a ", at: first) || window.has("-i ", at: first)
  }

  private func lineStart(_ window: Window, before position: Int, limit: Int) -> Int {
    var start = position
    while position - start < limit, window[start - 1] != Byte.newline {
      start -= 1
    }
    return start
  }
}
