/// The bytes that have a meaning to the scanner, by name.
enum Byte {
  static let tab: UInt8 = 0x09
  static let newline: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let hash: UInt8 = 0x23
  static let dollar: UInt8 = 0x24
  static let percent: UInt8 = 0x25
  static let ampersand: UInt8 = 0x26
  static let apostrophe: UInt8 = 0x27
  static let asterisk: UInt8 = 0x2A
  static let comma: UInt8 = 0x2C
  static let dash: UInt8 = 0x2D
  static let dot: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let zero: UInt8 = 0x30
  static let colon: UInt8 = 0x3A
  static let semicolon: UInt8 = 0x3B
  static let less: UInt8 = 0x3C
  static let equals: UInt8 = 0x3D
  static let greater: UInt8 = 0x3E
  static let question: UInt8 = 0x3F
  static let at: UInt8 = 0x40
  static let openBracket: UInt8 = 0x5B
  static let backslash: UInt8 = 0x5C
  static let closeBracket: UInt8 = 0x5D
  static let underscore: UInt8 = 0x5F
  static let pipe: UInt8 = 0x7C
  static let openBrace: UInt8 = 0x7B
  static let closeBrace: UInt8 = 0x7D
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isLower: Bool { self >= 0x61 && self <= 0x7A }
  var isUpper: Bool { self >= 0x41 && self <= 0x5A }
  var isLetter: Bool { isLower || isUpper }
  var isAlphanumeric: Bool { isLetter || isDigit }
  var isHex: Bool { isDigit || (lowercased >= 0x61 && lowercased <= 0x66) }
  var isBlank: Bool { self == Byte.space || self == Byte.tab }
  var isQuote: Bool { self == Byte.quote || self == Byte.apostrophe }
  /// Whether the byte ends a line or separates words.
  var isSpace: Bool { isBlank || self == Byte.newline || self == Byte.carriageReturn }
  /// Whether the byte may stand in the name of a setting.
  var isNameByte: Bool { isAlphanumeric || self == Byte.underscore || self == Byte.dash }
  /// Whether the byte may stand in base64 text, padding included.
  var isBase64: Bool {
    isAlphanumeric || self == 0x2B || self == Byte.slash || self == Byte.equals
  }
  /// Whether the byte may stand in base64url text.
  var isBase64URL: Bool { isAlphanumeric || self == Byte.dash || self == Byte.underscore }
  /// Whether the byte may stand in a bearer token (RFC 6750, section 2.1).
  var isTokenByte: Bool {
    isBase64 || isBase64URL || self == Byte.dot || self == 0x7E
  }
  /// The byte with capital ASCII letters made small.
  var lowercased: UInt8 { isUpper ? self | 0x20 : self }
}

/// A window of bytes in which every position outside reads as a line's end, so that a matcher needs
/// no bounds of its own.
struct Window {
  let bytes: [UInt8]
  /// Past the last byte that may be read.
  let end: Int
  /// Whether the line goes on behind `end`.
  var isOpen = false

  subscript(index: Int) -> UInt8 {
    index >= 0 && index < end ? bytes[index] : Byte.newline
  }

  /// The end of the run that begins at `start` and holds only matching bytes.
  func runEnd(from start: Int, limit: Int = .max, where matches: (UInt8) -> Bool) -> Int {
    var index = start
    while index < end, index - start < limit, matches(bytes[index]) {
      index += 1
    }
    return index
  }

  /// The position of the next line feed, or the window's end.
  func lineEnd(from start: Int) -> Int {
    var index = start
    while index < end, bytes[index] != Byte.newline {
      index += 1
    }
    return index
  }

  /// The number of backslashes directly before a position.
  func backslashes(before index: Int) -> Int {
    var count = 0
    while self[index - 1 - count] == Byte.backslash, count < 64 {
      count += 1
    }
    return count
  }

  /// Whether the bytes from `start` on equal a text, capital letters aside.
  func has(_ text: String, at start: Int) -> Bool {
    var index = start
    for byte in text.utf8 {
      if self[index].lowercased != byte { return false }
      index += 1
    }
    return true
  }

  /// Where a text stands first between two positions of one line, capital letters aside.
  func find(_ text: String, from start: Int, to limit: Int) -> Int? {
    guard let first = text.utf8.first else { return nil }
    var index = start
    while index < limit, index < end, bytes[index] != Byte.newline {
      if bytes[index].lowercased == first, has(text, at: index) { return index }
      index += 1
    }
    return nil
  }

  /// Whether a word can begin at a position. The letter of an escape (`\n`) and the digits of
  /// `%3D` or `\u0026` belong to no word.
  func isWordStart(_ index: Int) -> Bool {
    !self[index - 1].isAlphanumeric || isEscapeEnd(index - 1)
  }

  /// Whether the byte is the last of an escape: `\n`, `%3D`, `\u0026`.
  func isEscapeEnd(_ index: Int) -> Bool {
    if self[index - 1] == Byte.backslash {
      let letter = self[index]
      return letter == 0x6E || letter == 0x72 || letter == 0x74
    }
    guard self[index].isHex, self[index - 1].isHex else { return false }
    if self[index - 2] == Byte.percent { return true }
    return self[index - 4] == 0x75 && self[index - 5] == Byte.backslash
      && self[index - 2].isHex && self[index - 3].isHex
  }
}
