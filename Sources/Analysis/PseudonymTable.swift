/// Replaces pseudonyms in texts: whole words only, and the longest one that fits.
struct PseudonymTable: Sendable {
  private let pairs: [[UInt8]: [UInt8]]
  /// Lengths of pseudonyms by their first three bytes, longest first.
  private let lengths: [UInt32: [Int]]

  init(_ pairs: [String: String]) {
    var all: [[UInt8]: [UInt8]] = [:]
    var lengths: [UInt32: Set<Int>] = [:]
    for (pseudonym, clear) in pairs where pseudonym.utf8.count >= 3 {
      let bytes = Array(pseudonym.utf8)
      all[bytes] = Array(clear.utf8)
      lengths[Self.start(bytes, 0), default: []].insert(bytes.count)
    }
    self.pairs = all
    self.lengths = lengths.mapValues { $0.sorted(by: >) }
  }

  private static func start(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
  }

  func unmasked(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 3, !pairs.isEmpty else { return text }
    var output: [UInt8] = []
    var copied = 0
    var index = 0
    while index + 3 <= bytes.count {
      guard isBorder(bytes, before: index), let (end, clear) = match(bytes, at: index) else {
        index += 1
        continue
      }
      output += bytes[copied..<index]
      output += clear
      index = end
      copied = end
    }
    output += bytes[copied...]
    return String(decoding: output, as: UTF8.self)
  }

  private func match(_ bytes: [UInt8], at index: Int) -> (end: Int, clear: [UInt8])? {
    for length in lengths[Self.start(bytes, index)] ?? [] where index + length <= bytes.count {
      let end = index + length
      guard isBorder(bytes, after: end) else { continue }
      if let clear = pairs[Array(bytes[index..<end])] { return (end, clear) }
    }
    return nil
  }

  private func isBorder(_ bytes: [UInt8], before index: Int) -> Bool {
    guard index > 0 else { return true }
    // A number with a dot before it is the rest of a longer one.
    if bytes[index - 1] == UInt8(ascii: "."), index > 1, isDigit(bytes[index - 2]) {
      return !isDigit(bytes[index])
    }
    return !isWordByte(bytes[index - 1])
  }

  private func isBorder(_ bytes: [UInt8], after end: Int) -> Bool {
    guard end < bytes.count else { return true }
    if bytes[end] == UInt8(ascii: "."), end + 1 < bytes.count, isDigit(bytes[end + 1]) {
      return !isDigit(bytes[end - 1])
    }
    return !isWordByte(bytes[end])
  }

  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
