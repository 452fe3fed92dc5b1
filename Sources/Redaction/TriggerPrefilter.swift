/// Skips text in which no trigger word can begin. A sieve finds the blocks that may hold one; only
/// these are looked at byte by byte.
///
/// The first four bytes of the words are spread over sixteen groups. Each byte has four sets of
/// groups, one for each of the four places; a word may begin where four bytes in a row have a group
/// in common. Few places pass that begin no word, and none is missed that does.
struct TriggerPrefilter: Sendable {
  /// For each byte the groups in which it may stand first, second, third and fourth.
  private let places: [UInt64]
  private let starts: StartTable
  private let sieve: TriggerSieve

  /// How many bytes are compared.
  static let length = 4
  private static let groups = 16

  static let shared = TriggerPrefilter(TriggerAutomaton.words)

  init(_ words: [(String, Trigger)]) {
    var places = [UInt64](repeating: 0, count: 256)
    func allow(_ byte: UInt8, at place: Int, group: Int) {
      places[Int(byte)] |= 1 << UInt64(place * Self.groups + group)
    }
    // Words that begin alike share a group, the others take turns.
    let texts = words.filter { $0.1 != .newline && $0.1 != .dot }.map(\.0)
    let starts = texts.map { Array($0.utf8.prefix(Self.length)) }
    // Short words leave the last place open, so they are kept apart from the others.
    let ordered = Set(starts).sorted {
      $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count
    }
    for (index, start) in ordered.enumerated() {
      let group = 1 + index * (Self.groups - 1) / ordered.count
      for place in 0..<Self.length {
        guard place < start.count else {
          for byte in UInt8.min...UInt8.max { allow(byte, at: place, group: group) }
          continue
        }
        allow(start[place], at: place, group: group)
        if start[place].isLower { allow(start[place] & 0xDF, at: place, group: group) }
      }
    }
    // The first group is that of the dot in a bootstrap token.
    allow(Byte.dot, at: 0, group: 0)
    for byte in UInt8.min...UInt8.max where byte.isLower || byte.isDigit {
      for place in 1..<Self.length { allow(byte, at: place, group: 0) }
    }
    self.places = places
    self.starts = StartTable(ordered)
    sieve = TriggerSieve(texts)
  }

  /// The first position from `start` on at which a word may begin, or one of the last three before
  /// `limit`, which are too few to tell.
  func next(_ bytes: [UInt8], from start: Int, to limit: Int) -> Int {
    var base = start
    let end = min(limit, bytes.count)
    while end - base >= Self.length {
      let suspect = base + sieve.suspect(bytes.span.extracting(base..<end))
      let stop = min(suspect + TriggerSieve.blockBytes, end - Self.length + 1)
      let first = max(base, suspect - TriggerSieve.reach)
      if let found = candidate(bytes, from: first, before: stop) { return found }
      base = stop
    }
    return base
  }

  /// The first position of some at which a word may begin.
  private func candidate(_ bytes: [UInt8], from start: Int, before stop: Int) -> Int? {
    var base = start
    while base < stop {
      base += candidate(bytes.span.extracting(base..<stop + Self.length - 1))
      guard base < stop else { return nil }
      let isCandidate =
        bytes[base] == Byte.dot ? mayBeToken(bytes, dot: base) : starts.contains(bytes, at: base)
      if isCandidate { return base }
      base += 1
    }
    return nil
  }

  /// The first place in a span where four bytes have a group in common, or the third last. Its only
  /// index is its loop's, so that no access needs a check of its own.
  private func candidate(_ bytes: Span<UInt8>) -> Int {
    var one: UInt64 = 0
    var two: UInt64 = 0
    var three: UInt64 = 0
    let places = self.places.span
    var index = 0
    while index < bytes.count {
      let sets = places[Int(bytes[index])]
      let four = three & sets >> 48
      three = two & sets >> 32
      two = one & sets >> 16
      one = sets
      if four & 0xFFFF != 0 { return index - (Self.length - 1) }
      index += 1
    }
    return max(0, bytes.count - (Self.length - 1))
  }

  /// Whether a dot may be the one of a bootstrap token: sixteen letters and digits follow it. Behind
  /// the end of the bytes nothing is known.
  private func mayBeToken(_ bytes: [UInt8], dot: Int) -> Bool {
    guard dot + 16 < bytes.count else { return true }
    return bytes[dot + 1...dot + 16].allSatisfy { $0.isDigit || $0.isLower }
  }
}

/// The first bytes of the trigger words, to be looked up in one step.
private struct StartTable: Sendable {
  private var slots = [UInt32](repeating: 0, count: 1 << 10)
  /// Starts of three bytes; there are few.
  private var short: [UInt32] = []

  init(_ starts: [[UInt8]]) {
    for start in starts {
      let value = start.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      guard start.count == TriggerPrefilter.length else {
        short.append(value)
        continue
      }
      var slot = Self.slot(value)
      while slots[slot] != 0 { slot = (slot + 1) & 1023 }
      slots[slot] = value
    }
  }

  private static func slot(_ value: UInt32) -> Int { Int((value &* 0x9E37_79B1) >> 22) }

  /// Whether a word begins with the four bytes at a position, capital letters aside.
  func contains(_ bytes: [UInt8], at index: Int) -> Bool {
    var value: UInt32 = 0
    for place in 0..<TriggerPrefilter.length {
      value = value << 8 | UInt32(bytes[index + place].lowercased)
    }
    var slot = Self.slot(value)
    while slots[slot] != 0 {
      if slots[slot] == value { return true }
      slot = (slot + 1) & 1023
    }
    return short.contains(value >> 8)
  }
}
