import TestSupport
import Testing

@testable import Facts

@Suite struct StatementTapeTests {
  @Test(arguments: UInt64(1)...20)
  func givesBackWhatWasWritten(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var entries: [StatementTape.Entry] = []
    var line: Int32 = 0
    var time: Int64 = 1_900_000_000_000_000
    for _ in 0..<Int.random(in: 0...9000, using: &random) {
      line &+=
        Int32.random(in: 0...9, using: &random) < 8 ? 1 : Int32.random(in: -5...700, using: &random)
      switch Int.random(in: 0...19, using: &random) {
      case 0: time -= 3_600_000_000
      case 1: time += 1
      case 2: time += Int64.random(in: 0...90_000_000, using: &random)
      default: time += Int64.random(in: 0...63, using: &random) * 1000
      }
      let hasTime = Int.random(in: 0...29, using: &random) > 0
      entries.append(
        StatementTape.Entry(
          content: Int32.random(in: 0...5, using: &random) * 1023, line: line,
          timeUs: hasTime ? time : .min))
    }
    for edge in [Int32.min, -1, 0, .max] {
      entries.append(StatementTape.Entry(content: edge, line: edge, timeUs: .max))
      entries.append(StatementTape.Entry(content: 0, line: 1, timeUs: .min + 1))
    }
    var tape = StatementTape()
    for entry in entries { tape.append(entry) }
    var read: [StatementTape.Entry] = []
    var part: [StatementTape.Entry] = []
    for index in 0...entries.count / StatementTape.partLength {
      tape.read(index, into: &part)
      read += part
    }
    #expect(tape.count == entries.count)
    #expect(read == entries)
  }
}
