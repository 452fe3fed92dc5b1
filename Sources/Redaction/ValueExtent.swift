/// Where a value stands that belongs to a name.
struct ValueExtent {
  /// What separates the value from its name.
  enum Separator {
    case equals
    /// A colon with the value directly behind it.
    case tightColon
    /// A colon and blanks.
    case colon
    /// A blank behind an option (`--token abc`).
    case blank
    /// The end of an XML tag.
    case tag
    /// The value is the `value` beside a `name`, or the next element of a list of arguments.
    case neighbour
  }

  var separator: Separator
  var start: Int
  var end: Int
  var isQuoted: Bool
  /// Whether the name was in quotes, as in JSON.
  var isNameQuoted: Bool
}

extension ValueExtent {
  /// Finds the value behind a name that ends at `nameEnd`; nil if nothing there can be one.
  init?(_ window: Window, nameStart: Int, nameEnd: Int) {
    var index = nameEnd
    let slashes = window.runEnd(from: index, limit: 8) { $0 == Byte.backslash }
    let isNameQuoted = window[slashes].isQuote
    if isNameQuoted { index = slashes + 1 }
    let afterBlanks = window.runEnd(from: index, limit: 32) { $0.isBlank }

    if isNameQuoted, window[afterBlanks] == Byte.comma {
      guard let start = Self.neighbour(window, nameStart, afterBlanks) else { return nil }
      self.init(window, .neighbour, from: start, isNameQuoted: true)
      return
    }
    let separator: Separator
    var start: Int
    switch window[afterBlanks] {
    case Byte.equals:
      guard window[afterBlanks + 1] != Byte.equals else { return nil }
      separator = .equals
      start = afterBlanks + (window[afterBlanks + 1] == Byte.greater ? 2 : 1)
    case Byte.colon:
      start = afterBlanks + (window[afterBlanks + 1] == Byte.equals ? 2 : 1)
      separator = window[start].isBlank ? .colon : .tightColon
    case Byte.percent where window.has("%3d", at: index) || window.has("%3a", at: index):
      separator = .equals
      start = index + 3
    case Byte.greater where window[nameStart - 1] == Byte.less:
      separator = .tag
      start = index + 1
    default:
      let isOption = window[nameStart] == Byte.dash && afterBlanks > index && !isNameQuoted
      guard isOption, window[afterBlanks] != Byte.dash, !window[afterBlanks].isSpace else {
        return nil
      }
      separator = .blank
      start = afterBlanks
    }
    if separator != .tag {
      start = window.runEnd(from: start, limit: 64) { $0.isBlank }
    }
    // Go prints headers as `Name:[value]`.
    if window[start] == Byte.openBracket, !isNameQuoted { start += 1 }
    self.init(window, separator, from: start, isNameQuoted: isNameQuoted)
  }

  /// The value whose first byte or opening quote stands at a position.
  init(_ window: Window, _ separator: Separator, from position: Int, isNameQuoted: Bool) {
    let slashes = window.runEnd(from: position, limit: 8) { $0 == Byte.backslash }
    self.separator = separator
    self.isNameQuoted = isNameQuoted
    if separator == .tag {
      start = position
      end = window.runEnd(from: position) { $0 != Byte.less && $0 != Byte.newline }
      isQuoted = true
    } else if window[slashes].isQuote {
      start = slashes + 1
      end = Self.quotedEnd(
        window, from: start, quote: window[slashes], depth: slashes - position)
      isQuoted = true
    } else {
      start = position
      end = Self.unquotedEnd(window, from: position)
      isQuoted = false
    }
  }

  /// The end of a quoted text whose opening quote has `depth` backslashes in front: each level of
  /// JSON inside JSON doubles them, and a quote with more of them belongs to the text.
  static func quotedEnd(_ window: Window, from start: Int, quote: UInt8, depth: Int) -> Int {
    var index = start
    while window[index] != Byte.newline {
      guard window[index] == quote else {
        index += 1
        continue
      }
      let slashes = min(window.backslashes(before: index), index - start)
      if slashes < depth { return index - slashes }
      if (slashes - depth) % (2 * (depth + 1)) == 0 {
        // Inside apostrophes, YAML doubles the apostrophe and a shell may open a new pair.
        let isDoubled =
          quote == Byte.apostrophe && depth == 0 && window[index + 1] == quote && index > start
        guard isDoubled else { return index - depth }
        index += 1
      }
      index += 1
    }
    return window[index - 1] == Byte.carriageReturn && index > start ? index - 1 : index
  }

  /// The end of a bare word. Separators end it only if what follows shows that they separate.
  static func unquotedEnd(_ window: Window, from start: Int) -> Int {
    var index = start
    while true {
      let byte = window[index]
      if byte.isSpace || byte.isQuote || byte == 0x60 { return index }
      switch byte {
      case Byte.backslash:
        let after = window.runEnd(from: index) { $0 == Byte.backslash }
        // An odd number begins an escape such as \n or \"; a pair is a backslash of the value.
        if (after - index) % 2 == 1 || window[after].isQuote || window[after].isSpace {
          return index
        }
        index = after
      case Byte.comma, Byte.semicolon, Byte.ampersand, Byte.pipe:
        if startsAssignment(window, at: index + 1) { return index }
        index += 1
      case 0x29, Byte.closeBracket, Byte.closeBrace, Byte.greater, Byte.less:
        if endsGroup(window, at: index + 1) { return index }
        index += 1
      default:
        index += 1
      }
    }
  }

  /// The end of the word at a position: at a blank or the line's end.
  static func unquotedWordEnd(_ window: Window, from start: Int) -> Int {
    window.runEnd(from: start) { !$0.isSpace }
  }

  /// Whether a separator is followed by nothing, a blank, or a further `name=`.
  private static func startsAssignment(_ window: Window, at position: Int) -> Bool {
    let next = window[position]
    if next.isSpace || next.isQuote || next == Byte.backslash || next == Byte.ampersand {
      return true
    }
    let end = window.runEnd(from: position, limit: 64) { $0.isNameByte || $0 == Byte.dot }
    return end > position
      && (window[end] == Byte.equals || window[end] == Byte.colon || window[end] == Byte.percent)
  }

  private static func endsGroup(_ window: Window, at position: Int) -> Bool {
    let next = window[position]
    return next.isSpace || next.isQuote || next == Byte.comma || next == Byte.semicolon
      || next == Byte.closeBrace || next == Byte.closeBracket || next == 0x29 || next == Byte.slash
      || next == Byte.backslash || next == Byte.dot
  }

  /// Behind `"name":"DB_PASSWORD",`: where the text of `"value":` begins; behind the element
  /// `"--token",` of a list: where the next element begins.
  private static func neighbour(_ window: Window, _ nameStart: Int, _ comma: Int) -> Int? {
    let index = window.runEnd(from: comma + 1, limit: 32) { $0.isBlank }
    let slashes = window.runEnd(from: index, limit: 8) { $0 == Byte.backslash }
    guard window[slashes].isQuote else { return nil }
    if window[nameStart] == Byte.dash { return index }
    guard window.has("value", at: slashes + 1) else { return nil }
    var end = window.runEnd(from: slashes + 6, limit: 9) { $0 == Byte.backslash || $0.isQuote }
    end = window.runEnd(from: end, limit: 32) { $0.isBlank }
    guard window[end] == Byte.colon else { return nil }
    return window.runEnd(from: end + 1, limit: 32) { $0.isBlank }
  }
}
