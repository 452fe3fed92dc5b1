import Redaction

/// Masks a whole text, fed in chunks of the given sizes in turn.
func redact(
  _ text: String, _ rules: RedactionRules = .secrets, chunks: [Int] = []
) -> (text: String, counts: RedactionCounts) {
  let result = redact(Array(text.utf8), rules, chunks: chunks)
  return (String(decoding: result.bytes, as: UTF8.self), result.counts)
}

/// The same for bytes.
func redact(
  _ bytes: [UInt8], _ rules: RedactionRules = .secrets, chunks: [Int] = []
) -> (bytes: [UInt8], counts: RedactionCounts) {
  var redactor = Redactor(rules)
  var output: [UInt8] = []
  var start = 0
  var turn = 0
  while start < bytes.count {
    let size = chunks.isEmpty ? bytes.count : chunks[turn % chunks.count]
    let end = min(bytes.count, start + size)
    redactor.feed(bytes[start..<end], into: &output)
    start = end
    turn += 1
  }
  redactor.finish(into: &output)
  return (output, redactor.counts)
}

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &+ 0x9E37_79B9_7F4A_7C15
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// Text of a length over an alphabet, with all of its kinds of characters.
  mutating func text(_ length: Int, from alphabet: String) -> String {
    let characters = Array(alphabet)
    return String((0..<length).map { _ in characters[Int(next() % UInt64(characters.count))] })
  }
}
