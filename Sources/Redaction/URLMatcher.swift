/// Finds what URLs carry beside an address. A password is a secret in any text; the rest of the
/// user information and the query go under R2 only.
struct URLMatcher: Sendable {
  let rules: RedactionRules

  /// Everything of one URL that is masked, in order. `wordEnd` stands behind `://`.
  func matches(_ window: Window, wordEnd: Int) -> [Match] {
    var found: [Match] = []
    let end = window.runEnd(from: wordEnd, limit: 8192) { byte in
      !byte.isSpace && !byte.isQuote && byte != Byte.less && byte != Byte.greater
        && byte != Byte.backslash
    }
    var authorityEnd = window.runEnd(from: wordEnd, limit: end - wordEnd) { byte in
      byte != Byte.slash && byte != Byte.question && byte != Byte.hash && byte != Byte.comma
    }
    if let at = credentialsEnd(window, wordEnd, authorityEnd, end) { authorityEnd = at + 1 }
    // The last @ counts: a password may hold one that is not encoded.
    if let at = window.bytes[wordEnd..<authorityEnd].lastIndex(of: Byte.at) {
      let colon = window.bytes[wordEnd..<at].firstIndex(of: Byte.colon)
      if rules.contains(.urls) {
        append(Match(wordEnd, at, rule: .urls), window, to: &found)
      } else if let colon {
        append(Match(colon + 1, at), window, to: &found)
      }
    }
    if rules.contains(.urls) {
      let question = window.runEnd(from: authorityEnd, limit: end - authorityEnd) {
        $0 != Byte.question && $0 != Byte.comma
      }
      if window[question] == Byte.question {
        append(Match(question + 1, end, rule: .urls), window, to: &found)
      }
    }
    return found
  }

  /// A password with a slash that is not encoded seems to end the authority: then what stands behind
  /// the colon is no port, and an @ follows.
  private func credentialsEnd(
    _ window: Window, _ start: Int, _ authorityEnd: Int, _ end: Int
  ) -> Int? {
    let authority = window.bytes[start..<authorityEnd]
    guard let colon = authority.firstIndex(of: Byte.colon), !authority.contains(Byte.at),
      authority.first != Byte.openBracket,
      !window.bytes[(colon + 1)..<authorityEnd].allSatisfy(\.isDigit)
    else { return nil }
    return window.bytes[authorityEnd..<end].lastIndex(of: Byte.at)
  }

  /// Skips empty parts and parts that are masked already.
  private func append(_ match: Match, _ window: Window, to found: inout [Match]) {
    guard match.end > match.start, !window.has("<redacted", at: match.start) else { return }
    found.append(match)
  }
}
