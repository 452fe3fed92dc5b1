/// What a matcher found.
struct Match {
  /// The first byte to mask.
  var start: Int
  /// Past the last byte to mask; equal to `start` if nothing on this line is masked.
  var end: Int
  var rule = RedactionRule.secrets
  /// What stands there instead, if not the rule's mask.
  var replacement: [UInt8]?
  /// What the find means for the lines that follow.
  var following: LineMode?
  /// What still has to be dropped if the value goes on behind the window.
  var tail = Tail.word

  init(_ start: Int, _ end: Int, rule: RedactionRule = .secrets, tail: Tail = .word) {
    self.start = start
    self.end = end
    self.rule = rule
    self.tail = tail
  }
}

/// How the end of a value is recognised that is longer than a window.
enum Tail: Sendable, Equatable {
  /// At a blank, a quote, a backslash before a quote, or the line's end.
  case word
  /// At a quote or the line's end.
  case quoted
  /// At the line's end.
  case line

  func ends(at byte: UInt8) -> Bool {
    switch self {
    case .word: byte.isSpace || byte.isQuote
    case .quoted: byte.isQuote || byte == Byte.newline
    case .line: byte == Byte.newline
    }
  }
}

/// What earlier lines say about the one that begins.
enum LineMode: Sendable, Equatable {
  case plain
  /// Inside a private key.
  case privateKey(PrivateKeyBody)
  /// Inside a block of YAML text that belongs to a secret name and is indented deeper.
  case block(indent: Int, isCounted: Bool)
  /// Behind `name: DB_PASSWORD`: a line with `value:` holds the secret.
  case value
}

/// How the lines of a private key are told from those that other programs log in between.
struct PrivateKeyBody: Sendable, Equatable {
  /// The end of what stood in front of the key's first line, a journal's prefix for instance.
  var prefix: [UInt8]
  /// Whether a piece of the key was masked and counted.
  var isCounted = false
  /// After how many more lines without a piece of the key it is given up as cut off.
  var patience = Self.fullPatience

  static let fullPatience = 120
  static let prefixLength = 8

  /// The end of the text before a position on its line, without blanks and quotes.
  static func prefix(of window: Window, before position: Int) -> [UInt8] {
    var end = position
    while window[end - 1].isBlank || window[end - 1].isQuote {
      end -= 1
    }
    var start = end
    while end - start < prefixLength, window[start - 1] != Byte.newline {
      start -= 1
    }
    return start < end ? Array(window.bytes[start..<end]) : []
  }

  /// The part of a line that belongs to the key.
  func body(of window: Window, from lineStart: Int, to lineEnd: Int) -> Range<Int>? {
    var end = lineEnd
    trimming: while end > lineStart {
      let last = window[end - 1]
      if last.isSpace || last.isQuote || last == Byte.comma || last == Byte.backslash {
        end -= 1
      } else if end - 2 >= lineStart, window.isEscapeEnd(end - 1), !last.isHex {
        end -= 2
      } else {
        break trimming
      }
    }
    var start = end
    while start > lineStart, window[start - 1].isBase64 {
      start -= 1
    }
    guard start < end else { return nil }
    if end - start >= 40 {
      let isDigest = window.bytes[start..<end].allSatisfy { $0.isDigit || ($0.isLower && $0.isHex) }
      if !isDigest { return start..<end }
    }
    return Self.prefix(of: window, before: start) == prefix ? start..<end : nil
  }
}
