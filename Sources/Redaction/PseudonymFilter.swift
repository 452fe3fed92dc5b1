/// Replaces names and addresses by pseudonyms while the text of one item streams through. It looks
/// at words only, so that lines and structure stay; the result does not depend on how the text is
/// cut into chunks.
public struct PseudonymFilter: Sendable {
  /// A run of letters, digits and the signs of addresses that is longer is no name: it passes.
  static let wordLimit = 512
  /// How many bytes from the beginning of a word on may decide about it.
  static let lookahead = 1200
  /// How many bytes before a word may decide about it.
  static let context = 96
  /// Pairs of one item that are remembered for the map.
  static let pairLimit = 200_000
  /// Bytes of their texts: names that somebody made long must not fill the memory either.
  static let pairBytesLimit = 8 << 20

  private var names: NameMatching?
  private var addresses: AddressMatching?
  private var buffer: [UInt8] = []
  /// The next byte to look at; all before it are written and only serve as context.
  private var position = 0
  private var isInLongWord = false
  /// What stands for what: pseudonym to clear text, as both were written.
  public private(set) var pairs: [String: String] = [:]
  private var pairBytes = 0
  /// Whether more was replaced than ``pairs`` may hold.
  public private(set) var leavesPairsOut = false
  /// How often names (R7) and addresses (R8) were replaced.
  public private(set) var counts = RedactionCounts()

  /// Makes a filter for one item; `hexForm` is set for the kernel's tables with hexadecimal
  /// addresses only.
  public init(_ rules: PseudonymRules, hexForm: PseudonymRules.HexForm? = nil) {
    names = rules.masksNames ? NameMatching(rules) : nil
    addresses = rules.masksAddresses ? AddressMatching(rules, hexForm: hexForm) : nil
  }

  /// The same rules and caches for the next text.
  public mutating func restart() {
    buffer.removeAll(keepingCapacity: true)
    position = 0
    isInLongWord = false
    names?.restart()
  }

  /// Masks a short text as a whole, a path for instance.
  public mutating func masked(_ text: String) -> String {
    var output: [UInt8] = []
    restart()
    feed(Array(text.utf8)[...], into: &output)
    finish(into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Takes the next bytes and appends what is ready to `output`; a few words wait for what follows.
  public mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    var rest = bytes
    while !rest.isEmpty {
      buffer.append(contentsOf: rest.prefix(64 << 10))
      rest = rest.dropFirst(64 << 10)
      scan(to: buffer.count - Self.lookahead, into: &output)
      if position > (128 << 10) {
        let cut = position - Self.context
        buffer.removeFirst(cut)
        position -= cut
        names?.moved(by: cut)
      }
    }
  }

  /// Ends the text and appends what was still waiting.
  public mutating func finish(into output: inout [UInt8]) {
    scan(to: buffer.count, into: &output)
    restart()
  }

  /// Looks at the words that begin before `limit`.
  private mutating func scan(to limit: Int, into output: inout [UInt8]) {
    guard position < limit else { return }
    // The buffer is lent out, so that nothing is copied when it is read elsewhere.
    let bytes = buffer
    let classes = WordClass.table
    var copied = position
    var index = position
    while index < limit {
      if isInLongWord {
        while index < bytes.count, classes[Int(bytes[index])] != 0 { index += 1 }
        if index == bytes.count { break }
        isInLongWord = false
      }
      var kinds = classes[Int(bytes[index])]
      guard kinds != 0 else {
        index += 1
        continue
      }
      let start = index
      index += 1
      while index < bytes.count, index - start <= Self.wordLimit {
        let kind = classes[Int(bytes[index])]
        if kind == 0 { break }
        kinds |= kind
        index += 1
      }
      if index - start > Self.wordLimit {
        isInLongWord = true
        continue
      }
      let word = Word(bytes, start, index, kinds)
      guard word.count >= 3 else { continue }
      index = max(index, replace(word, bytes, &copied, into: &output))
    }
    output.append(contentsOf: bytes[copied..<index])
    position = index
  }

  /// Replaces what a word holds; gives the position behind the last replacement.
  private mutating func replace(
    _ word: Word, _ bytes: [UInt8], _ copied: inout Int, into output: inout [UInt8]
  ) -> Int {
    var found: [Replacement] = []
    addresses?.match(word, bytes, into: &found)
    names?.match(word, bytes, besides: found.count, into: &found)
    guard !found.isEmpty else { return word.end }
    found.sort { $0.start < $1.start }
    var last = word.end
    for replacement in found where replacement.start >= copied {
      output.append(contentsOf: bytes[copied..<replacement.start])
      output.append(contentsOf: replacement.text)
      copied = replacement.end
      last = max(last, replacement.end)
      let clear = bytes[replacement.start..<replacement.end]
      guard !clear.elementsEqual(replacement.text) else { continue }
      counts[replacement.rule] += 1
      note(replacement.pseudonym ?? replacement.text, replacement.clear ?? Array(clear))
    }
    return last
  }

  private mutating func note(_ pseudonym: [UInt8], _ clear: [UInt8]) {
    let word = String(decoding: pseudonym, as: UTF8.self)
    guard pairs[word] == nil else { return }
    let bytes = pairBytes + pseudonym.count + clear.count
    guard pairs.count < Self.pairLimit, bytes <= Self.pairBytesLimit else {
      leavesPairsOut = true
      return
    }
    pairBytes = bytes
    pairs[word] = String(decoding: clear, as: UTF8.self)
  }
}

/// A part of a text and what stands there instead.
struct Replacement {
  var start: Int
  var end: Int
  var text: [UInt8]
  var rule: RedactionRule
  /// What the map says, where it differs from what was replaced.
  var pseudonym: [UInt8]?
  var clear: [UInt8]?
}

/// A run of letters, digits and the signs that addresses and names are made of.
struct Word {
  let start: Int
  let end: Int
  private let kinds: UInt8

  init(_ bytes: [UInt8], _ start: Int, _ end: Int, _ kinds: UInt8) {
    var start = start
    // The letter of an escape such as \n, and the digits of %3D, belong to no word.
    if start > 0 {
      let before = bytes[start - 1]
      let first = bytes[start]
      if before == Byte.backslash, [0x6E, 0x72, 0x74, 0x62, 0x66].contains(first) {
        start += 1
      } else if before == Byte.backslash, first == 0x75, end - start >= 5,
        bytes[start + 1..<start + 5].allSatisfy(\.isHex)
      {
        start += 5
      } else if before == Byte.percent, end - start >= 2, first.isHex, bytes[start + 1].isHex,
        !Self.isZone(bytes, start)
      {
        start += 2
      }
    }
    self.start = start
    self.end = end
    self.kinds = kinds
  }

  /// Whether the percent sign before a position separates an address from its interface.
  private static func isZone(_ bytes: [UInt8], _ start: Int) -> Bool {
    guard start > 4 else { return false }
    return bytes[start - 2].isHex && bytes[max(0, start - 28)..<start - 1].contains(Byte.colon)
  }

  var count: Int { end - start }
  var hasDigit: Bool { kinds & WordClass.digit != 0 }
  var hasDot: Bool { kinds & WordClass.dot != 0 }
  var hasColon: Bool { kinds & WordClass.colon != 0 }
  var hasDash: Bool { kinds & WordClass.dash != 0 }
  var hasUnderscore: Bool { kinds & WordClass.underscore != 0 }
}

/// Which bytes make words.
enum WordClass {
  static let digit: UInt8 = 1
  static let letter: UInt8 = 2
  static let dot: UInt8 = 4
  static let colon: UInt8 = 8
  static let dash: UInt8 = 16
  static let underscore: UInt8 = 32

  static let table: [UInt8] = (0...255).map { (byte: UInt8) in
    if byte.isDigit { return digit }
    if byte.isLetter { return letter }
    switch byte {
    case Byte.dot: return dot
    case Byte.colon: return colon
    case Byte.dash: return dash
    case Byte.underscore: return underscore
    default: return 0
    }
  }
}
