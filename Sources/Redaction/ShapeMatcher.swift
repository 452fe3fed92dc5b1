/// Finds secrets that betray themselves by their shape. `wordEnd` is always the position behind the
/// trigger word.
enum ShapeMatcher {
  /// `AKIA` or `ASIA` and sixteen capital letters or digits.
  static func accessKeyID(_ window: Window, wordEnd: Int) -> Match? {
    let start = wordEnd - 4
    for index in start..<wordEnd where !window[index].isUpper {
      return nil
    }
    let before = window[start - 1]
    if before.isUpper || before.isDigit, !window.isEscapeEnd(start - 1) { return nil }
    let end = window.runEnd(from: wordEnd, limit: 17) { $0.isUpper || $0.isDigit }
    return end - wordEnd == 16 ? Match(start, end) : nil
  }

  /// The secret that directly follows an access key id, as in `AKIA…:secret` or a CSV row.
  static func secretBehindAccessKeyID(_ window: Window, from end: Int) -> Match? {
    let start = window.runEnd(from: end, limit: 4) {
      $0.isBlank || $0.isQuote || $0 == Byte.colon || $0 == Byte.comma || $0 == Byte.pipe
        || $0 == Byte.slash
    }
    return start > end ? accessKeySecret(window, at: start) : nil
  }

  /// Forty base64 characters with capital and small letters and digits or signs.
  static func accessKeySecret(_ window: Window, at start: Int) -> Match? {
    let end = window.runEnd(from: start, limit: 41) { $0.isBase64 }
    guard end - start == 40 else { return nil }
    let text = window.bytes[start..<end]
    let isMixed =
      text.contains { $0.isUpper } && text.contains { $0.isLower } && text.contains { !$0.isLetter }
    return isMixed ? Match(start, end) : nil
  }

  /// Three or more base64url parts joined by dots, the first beginning `eyJ`.
  static func jsonWebToken(_ window: Window, wordEnd: Int) -> Match? {
    let start = wordEnd - 3
    guard window[start] == 0x65, window[start + 1] == 0x79, window[start + 2] == 0x4A,
      window.isWordStart(start)
    else { return nil }
    var end = window.runEnd(from: wordEnd) { $0.isBase64URL }
    guard end - start >= 8 else { return nil }
    var parts = 1
    while window[end] == Byte.dot, parts < 5 {
      let next = window.runEnd(from: end + 1) { $0.isBase64URL }
      // An unsecured token or one cut for a log ends with an empty part.
      if next == end + 1, parts != 2 { break }
      end = next
      parts += 1
    }
    return parts >= 3 || (window.isOpen && end == window.end) ? Match(start, end) : nil
  }

  /// `k8s-aws-v1.` and a presigned URL in base64: the token with which a node enters its cluster.
  static func clusterToken(_ window: Window, wordEnd: Int) -> Match? {
    guard window[wordEnd] == Byte.dot else { return nil }
    let end = window.runEnd(from: wordEnd + 1) { $0.isBase64URL || $0 == Byte.equals }
    return end - wordEnd > 16 ? Match(wordEnd + 1, end) : nil
  }

  /// A session token of STS, which begins with one of few base64 texts.
  static func sessionToken(_ window: Window, wordEnd: Int) -> Match? {
    let start = wordEnd - 12
    guard !window[start - 1].isAlphanumeric || window.isEscapeEnd(start - 1),
      window[start].isUpper
    else { return nil }
    let end = window.runEnd(from: wordEnd) { $0.isBase64 || $0 == Byte.percent || $0.isBase64URL }
    return end - start >= 60 ? Match(start, end) : nil
  }

  /// The base64 form of a whole PEM file, unless it holds a certificate or a public key.
  static func encodedPrivateKey(_ window: Window, wordEnd: Int) -> Match? {
    let start = wordEnd - 15
    if window.has("drvjusuzjq0fur", at: wordEnd) || window.has("qvujmsumgs0vz", at: wordEnd) {
      return nil
    }
    let end = window.runEnd(from: wordEnd) { $0.isBase64 || $0.isBase64URL }
    return end - start >= 40 ? Match(start, end) : nil
  }

  /// A bootstrap token: six and sixteen small letters or digits around a dot. The caller makes sure
  /// that a dot stands before `dotEnd`.
  static func bootstrapToken(_ window: Window, dotEnd: Int) -> Match? {
    let start = dotEnd - 7
    func isTokenByte(_ byte: UInt8) -> Bool { byte.isLower || byte.isDigit }
    let end = window.runEnd(from: dotEnd, limit: 17, where: isTokenByte)
    guard end - dotEnd == 16, !window[end].isNameByte,
      window[end] != Byte.dot || !window[end + 1].isAlphanumeric
    else { return nil }
    var hasDigit = false
    var hasLetter = false
    for index in start..<end where index != dotEnd - 1 {
      guard isTokenByte(window[index]) else { return nil }
      hasDigit = hasDigit || window[index].isDigit
      hasLetter = hasLetter || window[index].isLower
    }
    let before = window[start - 1]
    let isApart = !(before.isNameByte || before == Byte.dot) || window.isEscapeEnd(start - 1)
    return isApart && hasDigit && hasLetter ? Match(start, end) : nil
  }

  /// The body of a PEM private key that begins on this line.
  static func privateKey(_ window: Window, wordEnd: Int) -> Match? {
    let marker = wordEnd - 10
    guard let dashes = window.find("-----", from: wordEnd, to: wordEnd + 48),
      window.find("private key", from: wordEnd, to: dashes) != nil
    else { return nil }
    let start = dashes + 5
    var end = start
    while window[end] != Byte.newline, !window[end].isQuote, !window.has("-----end", at: end) {
      end += 1
    }
    let isWhole = window[end] == Byte.dash
    let endsLine = window[end] == Byte.newline
    if window[end].isQuote { end -= window.backslashes(before: end) }
    end = max(start, end)
    if window.has("<redacted", at: start) { end = start }
    if window[end - 1] == Byte.carriageReturn, end > start { end -= 1 }
    var match = Match(start, end, tail: .quoted)
    if !isWhole, endsLine || start == end {
      let prefix = PrivateKeyBody.prefix(of: window, before: marker)
      match.following = .privateKey(PrivateKeyBody(prefix: prefix, isCounted: end > start))
    }
    return match
  }

  /// The credentials behind `Bearer` or `Basic`.
  static func scheme(_ window: Window, wordEnd: Int) -> Match? {
    let isBearer = window[wordEnd - 1].lowercased == 0x72
    guard window.isWordStart(wordEnd - (isBearer ? 6 : 5)) else { return nil }
    var start = window.runEnd(from: wordEnd, limit: 8) { $0.isBlank }
    if window.has("%20", at: wordEnd) { start = wordEnd + 3 }
    guard start > wordEnd else { return nil }
    let end = window.runEnd(from: start) { $0.isTokenByte }
    if isBearer {
      let text = window.bytes[start..<end]
      // Prose goes on with a word: "bearer token", "bearer authentication-failed".
      let isProse = text.allSatisfy { $0.isLower || $0 == Byte.dash || $0 == Byte.dot }
      return text.count >= 8 && !isProse ? Match(start, end) : nil
    }
    return isUserAndPassword(window, start, end) ? Match(start, end) : nil
  }

  /// Whether base64 text stands for `user:password`.
  static func isUserAndPassword(_ window: Window, _ start: Int, _ end: Int) -> Bool {
    guard end - start >= 4 else { return false }
    var bits: UInt32 = 0
    var bitCount = 0
    var hasColon = false
    for index in start..<end {
      let byte = window[index]
      let value: UInt8
      switch byte {
      case 0x41...0x5A: value = byte - 0x41
      case 0x61...0x7A: value = byte - 0x61 + 26
      case 0x30...0x39: value = byte - 0x30 + 52
      case 0x2B, Byte.dash: value = 62
      case Byte.slash, Byte.underscore: value = 63
      case Byte.equals: return hasColon
      default: return false
      }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        let decoded = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
        if decoded < 0x20 || decoded == 0x7F { return false }
        hasColon = hasColon || decoded == Byte.colon
        bits &= (1 << UInt32(bitCount)) - 1
      }
    }
    return hasColon
  }
}
