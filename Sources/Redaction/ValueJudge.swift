/// Decides whether the value behind a secret name is a secret or only looks like one. Masking too
/// much costs a diagnosis, so what is plainly no secret stays.
struct ValueJudge {
  let window: Window
  let value: ValueExtent
  let name: SecretName
  let nameStart: Int

  private var text: ArraySlice<UInt8> { window.bytes[value.start..<value.end] }

  /// Whether the value is a literal, a placeholder, a reference, a path or prose.
  var isHarmless: Bool {
    if isLiteral || isPlaceholder { return true }
    if !value.isQuoted, let first = text.first,
      first == Byte.openBrace || first == Byte.openBracket || first == Byte.hash
    {
      return true
    }
    if name == .password { return isNameService }
    if isReference { return true }
    guard name == .word, !value.isQuoted else { return false }
    if text.count <= 3, text.allSatisfy({ $0.isDigit }) { return true }
    return isProse
  }

  /// `passwd: files sss`, a line of `nsswitch.conf`.
  private var isNameService: Bool {
    window.has("passwd:", at: nameStart) && beginsLine
      && ["files", "compat", "systemd", "sss", "db", "nis", "ldap", "winbind"].contains {
        $0.utf8.elementsEqual(text)
      }
  }

  private var isLiteral: Bool {
    text.count <= 9 && Self.literals.contains { $0.utf8.elementsEqual(text.map(\.lowercased)) }
  }

  private static let literals = [
    "true", "false", "null", "nil", "none", "~", "yes", "no", "unset", "redacted", "***", "hidden",
    "[redacted", "<nil", "<none", "<unset", "<hidden",
  ]

  /// Values that are filled in elsewhere, or that somebody masked already.
  private var isPlaceholder: Bool {
    let start = value.start
    if window.has("<redacted", at: start) || window.has("<set to", at: start)
      || window.has("{{", at: start) || window.has("%s", at: start) || window.has("%v", at: start)
      || window.has("%q", at: start) || window.has("<nil>", at: start)
      || window.has("<none>", at: start) || window.has("[redacted", at: start)
    {
      return true
    }
    if window[start] == Byte.dollar {
      let next = window[start + 1]
      if next == Byte.openBrace || next == 0x28 { return true }
      return text.count > 2
        && text.dropFirst().allSatisfy { $0.isUpper || $0.isDigit || $0 == Byte.underscore }
    }
    return text.count >= 3 && (text.allSatisfy { $0 == Byte.asterisk || $0 == 0x2E })
      || (text.count >= 3 && text.allSatisfy { $0 | 0x20 == 0x78 })
  }

  /// Paths, addresses and names of cloud resources.
  private var isReference: Bool {
    if text.first == Byte.slash || window.has("./", at: value.start)
      || window.has("~/", at: value.start)
    {
      return isPath
    }
    return Self.schemes.contains { window.has($0, at: value.start) }
  }

  private static let schemes = [
    "http://", "https://", "unix://", "file://", "arn:aws", "secret://", "serviceaccount/",
  ]

  /// A secret may begin with a slash as well; a path begins with a known folder.
  private var isPath: Bool {
    let start = window[value.start] == Byte.slash ? value.start + 1 : value.start + 2
    if window[value.start] != Byte.slash { return true }
    let end = window.runEnd(from: start, limit: 16) { $0.isAlphanumeric || $0 == Byte.dash }
    return Self.folders.contains {
      end - start == $0.utf8.count && window.has($0, at: start)
    }
  }

  private static let folders = [
    "var", "etc", "run", "usr", "opt", "home", "root", "tmp", "host", "mnt", "srv", "proc", "sys",
    "dev", "lib", "lib64", "secrets", "api", "latest", "v1", "apis", "data", "config",
  ]

  /// `token: PUT status`, `to get a token: timeout`: words behind a word that ends a clause.
  private var isProse: Bool {
    guard value.separator == .colon || value.separator == .blank else { return false }
    let wordEnd = window.runEnd(from: value.start) { $0.isLetter || $0 == Byte.apostrophe }
    guard wordEnd > value.start else { return false }
    let isWord =
      wordEnd == value.end || (wordEnd == value.end - 1 && isPunctuation(window[wordEnd]))
    guard isWord, wordEnd - value.start <= 15 else { return false }
    let next = window.runEnd(from: value.end, limit: 4) { $0.isBlank }
    if next > value.end, window[next].isLetter || window[next] == 0x28 { return true }
    return !beginsLine && window.bytes[value.start..<wordEnd].dropFirst().allSatisfy { $0.isLower }
  }

  private func isPunctuation(_ byte: UInt8) -> Bool {
    byte == Byte.comma || byte == Byte.colon || byte == Byte.dot || byte == Byte.semicolon
  }

  /// Whether only blanks, a list's dash and quotes stand before the name.
  private var beginsLine: Bool {
    var index = nameStart - 1
    while window[index].isBlank || window[index].isQuote || window[index] == Byte.dash {
      index -= 1
    }
    return window[index] == Byte.newline
  }

  /// Whether the value is a plain YAML text and so goes on to the line's end.
  var coversLine: Bool {
    name != .word && value.separator == .colon && !value.isQuoted && !value.isNameQuoted
      && beginsLine
  }

  /// The end of the line without a comment and blanks.
  var lineValueEnd: Int {
    var end = value.end
    var index = value.end
    while window[index] != Byte.newline {
      if window[index] == Byte.hash, window[index - 1].isBlank { break }
      index += 1
      if !window[index - 1].isSpace { end = index }
    }
    return end
  }
}
