/// A set of small numbers whose least member is found in a number of steps that grows with the
/// logarithm (base 64) of the greatest number, not with the set.
struct PositionSet: Hashable, Sendable {
  /// Level 0 has one bit per position; a bit of level n + 1 says that a word of level n is not 0.
  private var levels: [[UInt64]]

  init(capacity: Int) {
    levels = []
    var words = capacity
    repeat {
      words = (words + 63) / 64
      levels.append(Array(repeating: 0, count: max(words, 1)))
    } while words > 1
  }

  var isEmpty: Bool { levels[levels.count - 1][0] == 0 }

  /// Least member.
  var first: Int? {
    guard !isEmpty else { return nil }
    var position = 0
    for level in levels.indices.reversed() {
      position = position << 6 | levels[level][position].trailingZeroBitCount
    }
    return position
  }

  func contains(_ position: Int) -> Bool {
    levels[0][position >> 6] & (1 << UInt64(position & 63)) != 0
  }

  mutating func insert(_ position: Int) {
    var position = position
    for level in levels.indices {
      let word = position >> 6
      let old = levels[level][word]
      levels[level][word] = old | 1 << UInt64(position & 63)
      if old != 0 { return }
      position = word
    }
  }

  mutating func remove(_ position: Int) {
    var position = position
    for level in levels.indices {
      let word = position >> 6
      levels[level][word] &= ~(1 << UInt64(position & 63))
      if levels[level][word] != 0 { return }
      position = word
    }
  }
}
