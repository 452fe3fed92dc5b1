/// Which events a line can be, by phrases that occur in it.
///
/// All phrases are looked for in one pass over a line, whatever their number, so that the millions
/// of lines of a journal that are no event cost no more than reading them.
struct EventCatalogue: Sendable {
  /// An event and the phrases that tell it.
  struct Rule: Sendable {
    var event: String
    /// Of each group at least one phrase occurs.
    var groups: [[String]]
    /// None of them occurs.
    var none: [String]

    init(_ event: String, _ groups: [String]..., unless none: [String] = []) {
      self.event = event
      self.groups = groups
      self.none = none
    }
  }

  /// Phrases that a catalogue can tell apart.
  static let phraseLimit = 128

  private struct Mask: Sendable {
    var event: String
    var groups: [UInt128] = []
    var none: UInt128 = 0
  }

  /// The phrases that are told apart, in the order of their bits.
  let phrases: [String]
  private let search: PhraseSearch
  private let masks: [Mask]

  /// A catalogue whose first fitting rule decides. Phrases beyond the limit are never found.
  init(_ rules: [Rule]) {
    var phrases: [String] = []
    func bits(_ group: [String]) -> UInt128 {
      group.reduce(0) { bits, phrase in
        let index = phrases.firstIndex(of: phrase) ?? phrases.count
        if index == phrases.count { phrases.append(phrase) }
        return bits | (index < Self.phraseLimit ? 1 << UInt128(index) : 0)
      }
    }
    masks = rules.map { rule in
      Mask(event: rule.event, groups: rule.groups.map(bits), none: bits(rule.none))
    }
    self.phrases = phrases
    search = PhraseSearch(phrases.prefix(Self.phraseLimit).map { Array($0.utf8) })
  }

  /// Whether some part of a line can be an event: the cheap question that most lines answer with no.
  func mayHoldEvent(_ line: Bytes) -> Bool {
    let found = search.found(in: line)
    guard found != 0 else { return false }
    return masks.contains { mask in mask.groups.allSatisfy { found & $0 != 0 } }
  }

  /// The event of a message; nil if it is none.
  func event(_ message: Bytes) -> String? {
    let found = search.found(in: message)
    guard found != 0 else { return nil }
    return masks.first { mask in
      found & mask.none == 0 && mask.groups.allSatisfy { found & $0 != 0 }
    }?.event
  }
}

/// Finds which of up to 128 phrases occur in some bytes: the automaton of Aho and Corasick, with one
/// step for each byte.
struct PhraseSearch: Sendable {
  /// The number of bytes that stand in some phrase, and one for all others.
  private let width: Int
  private let classes: [UInt8]
  /// The next state, by state and class of the byte.
  private let next: [UInt16]
  /// The phrases that end in a state, its suffixes included.
  private let ends: [UInt128]

  init(_ phrases: [[UInt8]]) {
    var classes = [UInt8](repeating: 0, count: 256)
    var width = 1
    for byte in Set(phrases.joined()).sorted() where width < 256 {
      classes[Int(byte)] = UInt8(width)
      width += 1
    }
    var children: [[Int]] = [Array(repeating: 0, count: width)]
    var ends: [UInt128] = [0]
    for (index, phrase) in phrases.enumerated() where !phrase.isEmpty {
      var state = 0
      for byte in phrase {
        let place = Int(classes[Int(byte)])
        if children[state][place] == 0 {
          children[state][place] = children.count
          children.append(Array(repeating: 0, count: width))
          ends.append(0)
        }
        state = children[state][place]
      }
      ends[state] |= 1 << UInt128(index)
    }
    Self.complete(&children, &ends)
    self.width = width
    self.classes = classes
    self.ends = ends
    next = children.joined().map { UInt16(truncatingIfNeeded: $0) }
  }

  /// Gives every state a successor for every byte, level by level.
  private static func complete(_ children: inout [[Int]], _ ends: inout [UInt128]) {
    var fallback = Array(repeating: 0, count: children.count)
    var waiting = children[0].filter { $0 != 0 }
    var at = 0
    while at < waiting.count {
      let state = waiting[at]
      at += 1
      ends[state] |= ends[fallback[state]]
      for place in children[state].indices {
        let child = children[state][place]
        let other = children[fallback[state]][place]
        if child == 0 {
          children[state][place] = other
        } else {
          fallback[child] = other
          waiting.append(child)
        }
      }
    }
  }

  /// One bit for each phrase that occurs.
  func found(in bytes: Bytes) -> UInt128 {
    let text = bytes.span
    let classes = classes.span
    let next = next.span
    let ends = ends.span
    var state = 0
    var found: UInt128 = 0
    for index in text.indices {
      state = Int(next[state * width + Int(classes[Int(text[index])])])
      if state != 0 { found |= ends[state] }
    }
    return found
  }
}
