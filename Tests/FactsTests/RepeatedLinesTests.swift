import BundleModel
import Facts
import TestSupport
import Testing

@Suite("Lines that come again but for their time")
struct RepeatedLinesTests {
  /// A log in which a few statements come again in nearly the same order, some of them damaged.
  private func log(_ random: inout SeededGenerator) throws -> [UInt8] {
    let all = try ShapeCase.all("ipamd-shapes.tsv")
    let statements = (0..<Int.random(in: 2...40, using: &random)).map { _ in
      all.randomElement(using: &random) ?? all[0]
    }
    var milliseconds = 0
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      for statement in statements where Int.random(in: 0..<12, using: &random) > 0 {
        let step = [0, 1, 7, 900, 61_000].randomElement(using: &random) ?? 0
        milliseconds += step
        var line = Array(statement.json(milliseconds / 1000).utf8)
        if let dot = line.firstRange(of: Array(".000Z".utf8)) {
          let fraction = String(1000 + milliseconds % 1000).dropFirst()
          line.replaceSubrange(dot, with: Array(".\(fraction)Z".utf8))
        }
        if Int.random(in: 0..<4, using: &random) == 0 { changeDigit(&line, &random) }
        if Int.random(in: 0..<20, using: &random) == 0 { damage(&line, &random) }
        text += line + [0x0a]
      }
    }
    if Bool.random(using: &random) { text.removeLast() }
    return text
  }

  /// The same statement with another number: a line that differs from a known one in few bits.
  private func changeDigit(_ line: inout [UInt8], _ random: inout SeededGenerator) {
    guard let message = line.firstRange(of: Array("\"msg\"".utf8)),
      let place = line.indices.filter({
        $0 >= message.upperBound && (0x30...0x39).contains(line[$0])
      }).randomElement(using: &random)
    else { return }
    line[place] = UInt8.random(in: 0x30...0x39, using: &random)
  }

  private func damage(_ line: inout [UInt8], _ random: inout SeededGenerator) {
    let place = Int.random(in: 0..<line.count, using: &random)
    switch Int.random(in: 0..<9, using: &random) {
    case 0: line.append(UInt8(ascii: "\r"))
    case 1: line.insert(0, at: place)
    case 2: line.insert(contentsOf: Array("\u{1B}[31m".utf8), at: place)
    case 3: line.insert(0x20, at: 0)
    case 4: line.removeSubrange(place...)
    case 5: line.insert(0x0a, at: place)
    case 6: line[place] = UInt8.random(in: 0...255, using: &random)
    case 7: line += line
    default: line = Array("### cnitriage: 12 bytes omitted ###".utf8)
    }
  }

  @Test(
    "give the same rows whether they are recognised or read to the end", arguments: 0..<60)
  func sameRows(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let log = try log(&random)
    // No line fits into so few bytes, so that none is recognised.
    let slow = try ParsedRows.of(.ipamdLog, log, chunk: 48)
    for chunk in [nil, 700, 5000] {
      let fast = try ParsedRows.of(.ipamdLog, log, chunk: chunk)
      #expect(fast.issues == slow.issues, "seed \(seed)")
      for (one, other) in zip(fast.tables, slow.tables) {
        #expect(one.rows.map(\.row) == other.rows.map(\.row), "\(one.table.name), seed \(seed)")
        #expect(one.rows.map(\.line) == other.rows.map(\.line))
      }
    }
  }
}
