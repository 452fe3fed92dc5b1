/// How bad a record is by its own words.
enum LogLevel: Hashable, Sendable {
  case trace, debug, info, warn, error, fatal, panic
  /// A word that no component of ours uses.
  case other(String)

  /// Reads a level in the spelling of any logger.
  init?(_ bytes: Bytes) {
    let word = bytes.trimmed
    switch word.count {
    case 4 where Self.isSame(word, "info"): self = .info
    case 5 where Self.isSame(word, "debug"): self = .debug
    case 4 where Self.isSame(word, "warn"): self = .warn
    case 5 where Self.isSame(word, "error"): self = .error
    case 7 where Self.isSame(word, "warning"): self = .warn
    case 5 where Self.isSame(word, "fatal"): self = .fatal
    case 5 where Self.isSame(word, "trace"): self = .trace
    case 5 where Self.isSame(word, "panic"): self = .panic
    case 6 where Self.isSame(word, "dpanic"): self = .panic
    case 0: return nil
    default: self = .other(String(word.prefix(Self.wordBytes)).lowercased())
    }
  }

  /// The level behind the first letter of a line of klog.
  init?(klog letter: UInt8) {
    switch letter {
    case UInt8(ascii: "I"): self = .info
    case UInt8(ascii: "W"): self = .warn
    case UInt8(ascii: "E"): self = .error
    case UInt8(ascii: "F"): self = .fatal
    default: return nil
    }
  }

  /// Bytes of an unknown word that are kept.
  private static let wordBytes = 15

  /// The word in small letters.
  var text: String {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .warn: "warn"
    case .error: "error"
    case .fatal: "fatal"
    case .panic: "panic"
    case .other(let word): word
    }
  }

  /// A number that differs from level to level; words of no component share theirs.
  var number: UInt64 {
    switch self {
    case .trace: 1
    case .debug: 2
    case .info: 3
    case .warn: 4
    case .error: 5
    case .fatal: 6
    case .panic: 7
    case .other(let word): UInt64(8 + word.utf8.count)
    }
  }

  /// Whether such a record complains about something, or may do so.
  var isComplaint: Bool {
    switch self {
    case .trace, .debug, .info: false
    case .warn, .error, .fatal, .panic, .other: true
    }
  }

  private static func isSame(_ word: Bytes, _ text: String) -> Bool {
    var index = word.startIndex
    for byte in text.utf8 {
      guard word[index] | 0x20 == byte else { return false }
      index += 1
    }
    return true
  }
}
