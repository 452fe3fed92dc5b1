/// Words of a command line as a shell or systemd takes them apart.
enum CommandLine {
  /// The words between blanks; quotes keep blanks together and are left out. A quote that is not
  /// closed ends with the text.
  static func words(_ text: Bytes) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var isOpen = false
    var quote: UInt8?
    var index = text.startIndex
    while index < text.endIndex, words.count < FactLimits.commandWords {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'"), index < text.endIndex {
        if text[index] != 0x0a { word.append(text[index]) }
        isOpen = true
        index += 1
      } else if let open = quote {
        if byte == open { quote = nil } else { word.append(byte) }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
        isOpen = true
      } else if byte.isWhitespace {
        if isOpen { words.append(String(word[...])) }
        word = []
        isOpen = false
      } else {
        word.append(byte)
        isOpen = true
      }
    }
    if isOpen { words.append(String(word[...])) }
    return words
  }

  /// The text without the quotes around it.
  static func unquoted(_ text: Bytes) -> Bytes {
    guard let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return text
    }
    let inner = text.dropFirst()
    return inner.last == quote ? inner.dropLast() : inner
  }

  /// An option of a program: `--name=value`, `--name value` or `--name`.
  struct Option {
    /// Without its leading minus signs; with any other dash the whole word as it stands.
    var name: String
    var value: String?
  }

  /// The options among the words.
  static func options(_ words: ArraySlice<String>) -> [Option] {
    var options: [Option] = []
    var rest = words
    while let word = rest.popFirst() {
      guard startsWithDash(word) else { continue }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      var value = parts.count > 1 ? String(parts[1]) : nil
      if parts.count == 1, let next = rest.first, !startsWithDash(next) {
        value = next
        rest = rest.dropFirst()
      }
      let name = word.hasPrefix("-") ? String(parts[0].drop { $0 == "-" }) : String(parts[0])
      options.append(Option(name: name, value: value))
    }
    return options
  }

  private static func startsWithDash(_ word: String) -> Bool {
    guard let first = word.unicodeScalars.first else { return false }
    return first == "-" || dashes.contains(first)
  }

  /// Signs that word processors put in place of two minus signs.
  private static let dashes: [Unicode.Scalar] = ["\u{2010}", "\u{2012}", "\u{2013}", "\u{2014}"]
}
