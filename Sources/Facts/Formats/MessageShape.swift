/// The shape of a message: its text with `*` for every word that differs from record to record.
///
/// A word with a digit in it is such a word; runs of them count as one, so that lists of any length
/// have one shape. The scratch space is kept between messages.
struct MessageShape {
  /// The shape's text, cut to its bound.
  private(set) var bytes: [UInt8] = []

  private let kinds: [Kind] = (0...255).map { Kind(UInt8($0)) }

  private enum Kind: UInt8 {
    case letter, digit, hexLetter, colon, separator

    init(_ byte: UInt8) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        self = .hexLetter
      case UInt8(ascii: ":"), UInt8(ascii: "="): self = .colon
      case 0...0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
        UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "|"):
        self = .separator
      default: self = .letter
      }
    }
  }

  /// A word that is being read.
  private struct Word {
    var start = 0
    var hasDigit = false
    var isHex = true
  }

  /// Makes the shape of a message.
  mutating func read(_ message: Bytes) {
    bytes.removeAll(keepingCapacity: true)
    let span = message.span
    let kinds = self.kinds
    var word = Word()
    var starEnd: Int?
    var index = 0
    while index < span.count, bytes.count < FactLimits.shapeBytes {
      let byte = span[index]
      index += 1
      switch kinds[Int(byte)] {
      case .letter:
        word.isHex = false
      case .digit:
        word.hasDigit = true
      case .hexLetter: break
      case .colon:
        // `total:18` is a name and a number; `06:5e:…` and `fd00::1` are one word.
        guard !word.hasDigit, !(word.isHex && bytes.count - word.start <= 4) else { break }
        word = Word(start: bytes.count + 1)
      case .separator:
        endWord(&word, &starEnd)
        bytes.append(byte < 0x20 ? 0x20 : byte)
        word = Word(start: bytes.count)
        continue
      }
      bytes.append(byte)
    }
    endWord(&word, &starEnd)
    while bytes.last == 0x20 { bytes.removeLast() }
  }

  private mutating func endWord(_ word: inout Word, _ starEnd: inout Int?) {
    guard word.hasDigit else { return }
    var start = word.start
    if let end = starEnd, start > end,
      bytes[end..<start].allSatisfy({ $0 == 0x20 || $0 == UInt8(ascii: ",") })
    {
      start = end - 1
    }
    bytes.removeSubrange(start...)
    bytes.append(UInt8(ascii: "*"))
    starEnd = bytes.count
  }
}
