/// Finds the blocks of a text in which a trigger word may stand, at about one instruction per byte
/// and word of memory.
///
/// Of every word five bytes in a row are chosen, its tell. Looked at in pairs, a text shows two whole
/// pairs of each tell that it holds, one behind the other, wherever it begins. A table gives for each
/// pair the groups of tells whose first pair it may be and those whose second; a block is suspect
/// where two neighbours have a group in common. Capital letters count as small ones, and one bit in
/// eight of each byte is ignored, which makes a few more blocks suspect and misses none.
struct TriggerSieve: Sendable {
  /// Bytes that are judged together.
  static let blockBytes = 64
  /// How far before a suspect block the word may begin that makes it suspect.
  static let reach = 16

  /// For each pair: in the low half its groups as a second pair, in the high half as a first one.
  private let pairs: [UInt32]

  private static let tellBytes = 5
  /// In the low half: both bytes may stand in a bootstrap token. In the high half: one is a dot.
  private static let tokenBit: UInt32 = 0x8000
  /// The bits of a pair that make its place in the table; the others tell small letters from
  /// capitals.
  private static let bits: UInt64 = 0x5F5F

  /// Where the tell begins in words whose first bytes are common in logs: `private`, `assign`.
  private static let offsets = [
    "-----begin": 3, "k8s-aws-v1": 2, "passphrase": 4, "privatekey": 5, "private_key": 5,
    "private-key": 5, "signature": 1, "credential": 3, "username": 1,
  ]

  init(_ words: [String]) {
    var pairs = [UInt32](repeating: 0, count: Int(Self.bits) + 1)
    for (group, tells) in Self.groups(words).enumerated() {
      for tell in tells {
        for slot in Self.slots(tell[0], tell[1]) { pairs[slot] |= 1 << UInt32(group + 16) }
        for slot in Self.slots(tell[2], tell[3]) { pairs[slot] |= 1 << UInt32(group) }
      }
    }
    for first in UInt8.min...UInt8.max {
      for slot in Self.slots(first, Byte.dot) + Self.slots(Byte.dot, first) {
        pairs[slot] |= Self.tokenBit << 16
      }
      for second in UInt8.min...UInt8.max where first.isTokenPart && second.isTokenPart {
        pairs[Self.slot(first, second)] |= Self.tokenBit
      }
    }
    self.pairs = pairs
  }

  /// The two pairs of each tell, as they are seen from an even and from an odd place; `nil` stands
  /// for any byte, behind the end of a short word.
  ///
  /// A group with such open places is suspect at half the evidence, so each kind has its own groups.
  private static func groups(_ words: [String]) -> [[[UInt8?]]] {
    var kinds: [[[UInt8?]]] = [[], [], []]
    for word in words {
      let tell = word.utf8.dropFirst(offsets[word] ?? 0).prefix(tellBytes).map(Optional.some)
      let padded = tell + [UInt8?](repeating: nil, count: tellBytes - tell.count)
      for view in [padded.dropLast(), padded.dropFirst()].map(Array.init) {
        kinds[min(2, view.count { $0 == nil })].append(view)
      }
    }
    return zip(kinds, [11, 3, 1]).flatMap { views, count in
      let ordered = views.sorted {
        $0.map { $0 ?? 0 }.lexicographicallyPrecedes($1.map { $0 ?? 0 })
      }
      return (0..<count).map { group in
        let start = group * ordered.count / count
        return Array(ordered[start..<(group + 1) * ordered.count / count])
      }
    }
  }

  private static func slot(_ first: UInt8, _ second: UInt8) -> Int {
    Int((UInt64(first) | UInt64(second) << 8) & bits)
  }

  private static func slots(_ first: UInt8?, _ second: UInt8?) -> [Int] {
    let all = Array(UInt8.min...UInt8.max)
    return (first.map { [$0] } ?? all).flatMap { one in
      (second.map { [$0] } ?? all).map { slot(one, $0) }
    }
  }

  /// The offset of the first suspect block, or behind the last whole one.
  func suspect(_ bytes: Span<UInt8>) -> Int {
    let pairs = self.pairs.span
    // Said once, it spares a check at each access.
    guard pairs.count > Self.bits else { return 0 }
    let mask = Self.bits &* 0x0001_0001_0001_0001
    var before: UInt32 = 0
    var dots: UInt32 = 0
    var base = 0
    while bytes.count - base >= Self.blockBytes {
      let block = bytes.extracting(base..<base + Self.blockBytes)
      var words: UInt32 = 0
      var tokens: UInt32 = 0
      var index = 0
      while index < Self.blockBytes {
        let eight = Self.eight(block, at: index) & mask
        let one = pairs[Int(eight & Self.bits)]
        let two = pairs[Int(eight >> 16 & Self.bits)]
        let three = pairs[Int(eight >> 32 & Self.bits)]
        let four = pairs[Int(eight >> 48)]
        words |= before & one
        words |= one >> 16 & two
        words |= two >> 16 & three
        words |= three >> 16 & four
        before = four >> 16
        // The sixteen bytes behind a token's dot hold the next eight that are looked at together.
        tokens |= dots & one & two & three & four
        dots = (one | two | three | four) >> 16
        index &+= 8
      }
      let suspects = (words & 0x7FFF) | (tokens & Self.tokenBit)
      if suspects != 0 { return base }
      base &+= Self.blockBytes
    }
    return base
  }

  /// Eight bytes as a number; the compiler makes one access of it.
  @inline(__always)
  private static func eight(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
    var low = UInt64(bytes[index])
    low |= UInt64(bytes[index &+ 1]) << 8
    low |= UInt64(bytes[index &+ 2]) << 16
    low |= UInt64(bytes[index &+ 3]) << 24
    var high = UInt64(bytes[index &+ 4])
    high |= UInt64(bytes[index &+ 5]) << 8
    high |= UInt64(bytes[index &+ 6]) << 16
    high |= UInt64(bytes[index &+ 7]) << 24
    return low | high << 32
  }
}

extension UInt8 {
  /// Whether the byte may stand in a bootstrap token.
  fileprivate var isTokenPart: Bool { isDigit || isLower }
}
