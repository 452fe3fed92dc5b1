/// Tokens of services that begin with a fixed text of their maker's.
enum VendorToken {
  /// A beginning and how many token bytes follow it at least.
  struct Prefix: Sendable {
    let text: String
    let count: Int
    var allowsDashes = false
  }

  /// GitHub, GitLab, Slack, Stripe, Google, Hugging Face, npm, Docker Hub.
  static let prefixes = [
    Prefix(text: "ghp_", count: 36), Prefix(text: "gho_", count: 36),
    Prefix(text: "ghu_", count: 36), Prefix(text: "ghs_", count: 36),
    Prefix(text: "ghr_", count: 36), Prefix(text: "github_pat_", count: 22),
    Prefix(text: "glpat-", count: 20, allowsDashes: true),
    Prefix(text: "xoxb-", count: 10, allowsDashes: true),
    Prefix(text: "xoxp-", count: 10, allowsDashes: true),
    Prefix(text: "xoxa-", count: 10, allowsDashes: true),
    Prefix(text: "xoxr-", count: 10, allowsDashes: true),
    Prefix(text: "xoxs-", count: 10, allowsDashes: true),
    Prefix(text: "sk_live_", count: 16), Prefix(text: "rk_live_", count: 16),
    Prefix(text: "AIza", count: 35, allowsDashes: true), Prefix(text: "hf_", count: 30),
    Prefix(text: "npm_", count: 36), Prefix(text: "dckr_pat_", count: 20, allowsDashes: true),
  ]

  /// The token whose beginning ends at `wordEnd`.
  static func match(_ window: Window, wordEnd: Int) -> Match? {
    for prefix in prefixes {
      let start = wordEnd - prefix.text.utf8.count
      guard window.isWordStart(start),
        zip(start..<wordEnd, prefix.text.utf8).allSatisfy({ window[$0] == $1 })
      else { continue }
      let end = window.runEnd(from: wordEnd) { byte in
        byte.isAlphanumeric || byte == Byte.underscore
          || (prefix.allowsDashes && byte == Byte.dash)
      }
      guard end - wordEnd >= prefix.count else { continue }
      // Words joined by underscores, such as npm_config_cache, have no digits.
      let text = window.bytes[wordEnd..<end]
      if text.contains(where: \.isDigit) || text.contains(where: \.isUpper) {
        return Match(start, end)
      }
    }
    return nil
  }
}

/// `curl -u user:password`, with a blank, a quote or nothing before the user.
enum UserOption {
  private static let programs = ["curl", "wget", "http"]

  static func match(_ window: Window, wordEnd: Int) -> Match? {
    let isLong = window[wordEnd - 1] == 0x72
    var start = wordEnd
    if isLong {
      guard window[start] == Byte.equals || window[start].isBlank || window[start].isQuote else {
        return nil
      }
    }
    start = window.runEnd(from: start, limit: 8) { byte in
      byte.isBlank || byte.isQuote || byte == Byte.equals || byte == Byte.comma
        || byte == Byte.backslash
    }
    let colon = window.runEnd(from: start, limit: 256) { byte in
      !byte.isSpace && !byte.isQuote && byte != Byte.colon
    }
    guard colon > start, window[colon] == Byte.colon else { return nil }
    let value = colon + 1
    let isQuoted = window[start - 1].isQuote
    let quote = window[start - 1]
    let end = window.runEnd(from: value) { byte in
      isQuoted ? byte != quote && byte != Byte.newline : !byte.isSpace && !byte.isQuote
    }
    let last = isQuoted ? end - min(window.backslashes(before: end), end - value) : end
    // Numbers are a user and a group of a process.
    let isPair = window.bytes[value..<last].allSatisfy(\.isDigit)
    guard last > value, !isPair, !window.has("<redacted", at: value), !window.has("//", at: value),
      hasProgram(window, before: wordEnd)
    else { return nil }
    return Match(value, last, tail: isQuoted ? .quoted : .word)
  }

  /// Whether one of the programs that take such an option stands before it on the line.
  private static func hasProgram(_ window: Window, before position: Int) -> Bool {
    var index = position
    while position - index < 240, window[index - 1] != Byte.newline {
      index -= 1
      if programs.contains(where: { window.has($0, at: index) }) { return true }
    }
    return false
  }
}

/// `the password for admin is hunter2`.
enum PasswordProse {
  private static let verbs = [" is ", " was ", " is: ", " changed to ", " set to "]
  /// Words that say something about a password instead of giving it.
  private static let words = [
    "required", "incorrect", "wrong", "set", "not", "empty", "invalid", "expired", "missing", "too",
    "stored", "the", "a", "an", "in", "now", "no", "weak", "unset", "being", "read", "correct",
    "valid", "changed", "hidden", "redacted", "disabled", "enabled", "locked", "unknown", "used",
    "never", "different", "shorter", "longer", "only", "default", "accepted", "rejected", "ok",
  ]

  static func match(_ window: Window, from nameEnd: Int) -> Match? {
    guard window[nameEnd].isBlank else { return nil }
    var index = nameEnd
    // A few plain words may stand between the name and the verb.
    while index - nameEnd < 40 {
      if let verb = verbs.first(where: { window.has($0, at: index) }) {
        return value(window, from: index + verb.utf8.count)
      }
      let byte = window[index]
      guard byte.isNameByte || byte == Byte.space || byte.isQuote || byte == Byte.backslash else {
        return nil
      }
      index += 1
    }
    return nil
  }

  private static func value(_ window: Window, from position: Int) -> Match? {
    let value = ValueExtent(window, .blank, from: position, isNameQuoted: false)
    var end = value.end
    if !value.isQuoted {
      while end > value.start, [Byte.dot, Byte.comma, Byte.semicolon].contains(window[end - 1]) {
        end -= 1
      }
    }
    guard end > value.start, !window.has("<redacted", at: value.start) else { return nil }
    let text = window.bytes[value.start..<end]
    let isPlain = text.dropFirst().allSatisfy { $0.isLower } && text.allSatisfy(\.isLetter)
    if isPlain {
      let word = String(decoding: text.map(\.lowercased), as: UTF8.self)
      let next = window.runEnd(from: end, limit: 4) { !$0.isSpace && !$0.isAlphanumeric }
      guard window[next] == Byte.newline || value.isQuoted, !words.contains(word) else {
        return nil
      }
    }
    return Match(value.start, end, tail: value.isQuoted ? .quoted : .word)
  }
}
