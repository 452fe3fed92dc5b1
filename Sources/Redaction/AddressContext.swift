/// The length behind an address: `/24`, or a netmask as `/255.255.255.0`.
struct PrefixLength {
  let value: Int
  /// Past its last byte.
  let end: Int

  init?(_ bytes: [UInt8], at position: Int, limit: Int) {
    // JSON may write a slash with a backslash in front.
    var start = position
    if start < bytes.count, bytes[start] == Byte.backslash { start += 1 }
    guard start + 1 < bytes.count, bytes[start] == Byte.slash else { return nil }
    start += 1
    if limit == 32,
      let mask = AddressText.quad(bytes, start, min(bytes.count, start + 15), separator: Byte.dot)
    {
      let ones = (~mask.address).leadingZeroBitCount
      guard mask.address == AddressMapping.Range4.mask(ones) else { return nil }
      self.init(value: ones, end: mask.end)
      return
    }
    var index = start
    var value = 0
    while index < bytes.count, index - start < 3, bytes[index].isDigit {
      value = value * 10 + Int(bytes[index] - Byte.zero)
      index += 1
    }
    guard index > start, value <= limit else { return nil }
    if index < bytes.count, bytes[index].isAlphanumeric { return nil }
    self.init(value: value, end: index)
  }

  private init(value: Int, end: Int) {
    self.value = value
    self.end = end
  }
}

/// What stands around four numbers with dots, and so whether they are an address or a version.
struct QuadContext {
  let bytes: [UInt8]
  let start: Int
  let end: Int
  let wordEnd: Int

  init(_ bytes: [UInt8], start: Int, end: Int, wordEnd: Int) {
    self.bytes = bytes
    self.start = start
    self.end = end
    self.wordEnd = wordEnd
  }

  /// Whether the numbers are an address; `first` is the first one.
  func isAddress(first: UInt8) -> Bool {
    if end < wordEnd {
      let next = bytes[end]
      if next.isAlphanumeric || next == Byte.underscore { return false }
      let after = end + 1 < wordEnd ? bytes[end + 1] : Byte.space
      // A fifth number makes a version or an object identifier.
      if next == Byte.dot, after.isDigit { return false }
      if next == Byte.dash, after.isAlphanumeric, first < 10,
        AddressText.quad(bytes, end + 1, wordEnd, separator: Byte.dot) == nil
      {
        return false
      }
    }
    if followsVersionWord { return false }
    guard first < 10, first > 0 else { return true }
    return !looksLikeVersion || hasAddressSigns
  }

  /// Whether `version`, `release` or the like stand directly in front.
  private var followsVersionWord: Bool {
    var index = start - 1
    while index >= 0, start - index < 12,
      bytes[index].isQuote || bytes[index].isBlank || bytes[index] == Byte.colon
        || bytes[index] == Byte.equals || bytes[index] == Byte.backslash
    {
      index -= 1
    }
    guard index < start - 1, index >= 0 else { return false }
    return ["version", "release", "revision", "tag", "build", "driver"].contains { word in
      let from = index + 1 - word.utf8.count
      return from >= 0 && bytes[from...index].map(\.lowercased).elementsEqual(word.utf8)
    }
  }

  /// Whether the numbers behind the first are all small, or the name of a program stands before.
  private var looksLikeVersion: Bool {
    let before = start > 1 ? bytes[start - 1] : Byte.space
    if before == Byte.slash, bytes[start - 2].isLetter { return true }
    var run = 0
    for index in start..<end {
      run = bytes[index].isDigit ? run + 1 : 0
      if run == 3 { return false }
    }
    return true
  }

  private var hasAddressSigns: Bool {
    if end + 1 < bytes.count, bytes[end] == Byte.slash || bytes[end] == Byte.colon,
      bytes[end + 1].isDigit
    {
      return true
    }
    let before = bytes[max(0, start - 20)..<start]
    let line = before.lastIndex(of: Byte.newline).map { before[($0 + 1)...] } ?? before
    let text = line.map(\.lowercased)
    return Self.signs.contains { sign in
      text.indices.contains { text[$0...].starts(with: sign.utf8) }
    }
  }

  private static let signs = [
    "ip", "addr", "src", "dst", "via", "gateway", "nameserver", "peer", "host", "//",
  ]
}

/// MAC addresses as text: six pairs of hexadecimal digits.
enum MACText {
  /// The addresses of a run of six pairs, or of the fourteen that a firewall logs: two addresses and
  /// the protocol.
  static func pieces(_ bytes: [UInt8], _ start: Int, _ end: Int) -> [Range<Int>]? {
    let count = (end - start + 1) / 3
    guard count == 6 || count == 14, end - start == count * 3 - 1 else { return nil }
    for index in 0..<count {
      let at = start + index * 3
      guard bytes[at].isHex, bytes[at + 1].isHex else { return nil }
      if index < count - 1, bytes[at + 2] != Byte.colon { return nil }
    }
    return count == 6 ? [start..<end] : [start..<start + 17, start + 18..<start + 35]
  }

  static func value(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    bytes[range].reduce(0) { $1 == Byte.colon ? $0 : $0 << 4 | UInt64($1.hexValue) }
  }

  static func text(_ value: UInt64) -> [UInt8] {
    (0..<6).flatMap { index -> [UInt8] in
      let byte = UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * index))
      let digits = [
        HexText.digit(byte >> 4, isUpper: false), HexText.digit(byte & 15, isUpper: false),
      ]
      return index == 0 ? digits : [Byte.colon] + digits
    }
  }
}

/// Hexadecimal digits.
enum HexText {
  static func digit(_ value: UInt8, isUpper: Bool) -> UInt8 {
    value < 10 ? Byte.zero + value : (isUpper ? 0x41 : 0x61) + value - 10
  }

  static func digits(_ value: UInt32, isUpper: Bool) -> [UInt8] {
    stride(from: 28, through: 0, by: -4).map {
      digit(UInt8(value >> UInt32($0) & 15), isUpper: isUpper)
    }
  }
}

/// What the ids of EC2's things begin with. Images of machines are public and stay.
enum CloudIDs {
  private static let kinds: Set<String> = [
    "i", "eni", "attach", "subnet", "sg", "sgr", "vpc", "vol", "snap", "rtb", "rtbassoc", "acl",
    "aclassoc", "eipalloc", "eipassoc", "igw", "eigw", "nat", "vpce", "lt", "r", "tgw", "pcx",
    "dopt", "pl", "fs", "fsap", "cagw", "scr", "assoc",
  ]

  static func isKnown(_ prefix: ArraySlice<UInt8>) -> Bool {
    prefix.count <= 8 && kinds.contains(String(decoding: prefix, as: UTF8.self))
  }
}

/// Where twelve digits are an account.
enum AccountContext {
  static func holds(_ bytes: [UInt8], _ start: Int, _ end: Int, wordStart: Int) -> Bool {
    if start > wordStart, bytes[wordStart..<start].starts(with: "arn:".utf8) { return true }
    guard start > 0 else { return false }
    let before = bytes[start - 1]
    let after = end < bytes.count ? bytes[end] : Byte.newline
    if before.isQuote, after.isQuote || after == Byte.backslash { return true }
    let context = bytes[max(0, start - 24)..<start]
    let line = context.lastIndex(of: Byte.newline).map { context[($0 + 1)...] } ?? context
    let text = line.map(\.lowercased)
    return ["account", "owner"].contains { word in
      text.indices.contains { text[$0...].starts(with: word.utf8) }
    }
  }

  /// `123456789012.dkr.ecr…`
  static func isRegistry(_ bytes: [UInt8], _ position: Int, _ end: Int) -> Bool {
    bytes[position..<end].starts(with: ".dkr".utf8)
  }
}

/// Words with their pseudonyms, with a cheap test in front that most words fail.
struct WordTable: Sendable {
  private var words: [[UInt8]: [UInt8]] = [:]
  private var filter = [Bool](repeating: false, count: 1 << 12)

  init(_ pairs: [String: String]) {
    for (word, pseudonym) in pairs {
      let bytes = Array(word.utf8)
      guard let first = bytes.first, let last = bytes.last else { continue }
      words[bytes] = Array(pseudonym.utf8)
      filter[Self.slot(first, last, bytes.count)] = true
    }
  }

  var isEmpty: Bool { words.isEmpty }

  private static func slot(_ first: UInt8, _ last: UInt8, _ count: Int) -> Int {
    (Int(first & 31) << 7 ^ Int(last & 127) ^ count << 5) & 0xFFF
  }

  func mayHold(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    end > start && filter[Self.slot(bytes[start], bytes[end - 1], end - start)]
  }

  func replacement(_ bytes: [UInt8], _ start: Int, _ end: Int) -> [UInt8]? {
    guard mayHold(bytes, start, end) else { return nil }
    return words[Array(bytes[start..<end])]
  }
}
