import Redaction
import Testing

@Suite("Streams")
struct StreamTests {
  static let allRules: [RedactionRules] = [
    .secrets, [.secrets, .logs], [.secrets, .urls], .environment, .configuration,
    .kubernetesObjects, .commandLines,
  ]

  /// Every seeded text behind the other, with harmless lines in between.
  static let document =
    SecretTests.seeds.map { seed in
      seed.text + (seed.text.hasSuffix("\n") ? "" : "\n") + "harmless line\n"
    }.joined()

  @Test("a secret that lies across the border of two chunks is found", arguments: SecretTests.seeds)
  func borders(seed: SecretTests.Seed) {
    let whole = redact(seed.text)
    for border in 1..<max(2, seed.text.utf8.count) {
      let cut = redact(seed.text, chunks: [border, .max / 2])
      #expect(cut.text == whole.text)
      #expect(cut.counts == whole.counts)
    }
  }

  @Test("the result does not depend on the chunks", arguments: allRules)
  func chunking(rules: RedactionRules) {
    var generator = SeededGenerator(seed: UInt64(rules.rawValue))
    var texts = [Array(Self.document.utf8), Array("[".utf8), Array(" [Service]\nA=b\n".utf8)]
    // The length of the filler moves every seed over the border of a buffer in turn.
    for length in stride(from: 60_000, to: 65_600, by: 400) {
      let filler = String(repeating: "x y ", count: length / 4)
      texts.append(Array((filler + "\n" + Self.document + Self.document).utf8))
      texts.append(Array((filler + Self.document).utf8))
    }
    for text in texts {
      let whole = redact(text, rules)
      for _ in 0..<3 {
        let chunks = (0..<7).map { _ in
          Int(generator.next() % 3) == 0
            ? 1 + Int(generator.next() % 9) : 1 + Int(generator.next() % 70_000)
        }
        let cut = redact(text, rules, chunks: chunks)
        #expect(cut.bytes == whole.bytes, "chunks \(chunks)")
        #expect(cut.counts == whole.counts)
      }
    }
  }

  @Test("no seed is left at any distance from the border of a buffer")
  func bufferBorders() {
    let lines = Self.document.split(separator: "\n", omittingEmptySubsequences: false).count
    for length in stride(from: 55_000, to: 65_600, by: 333) {
      let filler = String(repeating: "a b ", count: length / 4) + "\n"
      let (text, counts) = redact(filler + Self.document)
      for seed in SecretTests.seeds {
        for secret in seed.secrets {
          #expect(!text.contains(secret), "\(seed) behind \(length) bytes")
        }
      }
      #expect(counts == redact(Self.document).counts)
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == lines + 1)
    }
  }

  @Test("a secret anywhere in a line of many buffers is found once")
  func longLines() {
    let secret = "\"password\":\"hunter2 7\","
    for position in stride(from: 1_000, to: 200_000, by: 1_777) {
      let before = String(repeating: "{\"a\":1},", count: position / 8)
      let after = String(repeating: "{\"b\":2},", count: 30_000)
      let (text, counts) = redact(before + secret + after + "\nend\n")
      #expect(!text.contains("hunter2"))
      #expect(counts[.secrets] == 1)
      #expect(text == before + "\"password\":\"<redacted:R1>\"," + after + "\nend\n")
    }
  }

  @Test("names and shapes are recognised across the end of a window")
  func windowBorders() {
    let border = Redactor.lineLimit - (16 << 10)
    let seeds = [
      ("\"DB_PASSWORD\":\"hunter2\"", "hunter2"), (SecretTests.keyID, SecretTests.keyID),
      (SecretTests.jwt, SecretTests.jwt), ("\\\"x-token\\\":\\\"tk9Qx77\\\"", "tk9Qx77"),
      (SecretTests.bootstrap, SecretTests.bootstrap),
    ]
    for (text, secret) in seeds {
      for position in border - 120...border + 20 {
        let before = String(repeating: "-", count: position - 1) + " "
        let after = " " + String(repeating: "-", count: 80_000)
        let (masked, counts) = redact(before + text + after + "\n")
        let expected = text.replacing(secret, with: "<redacted:R1>")
        #expect(masked == before + expected + after + "\n")
        #expect(counts[.secrets] == 1)
      }
    }
  }

  @Test(
    "a value longer than any buffer goes as a whole", arguments: [100, 60_000, 90_000, 400_000])
  func longValues(length: Int) {
    let value = String(repeating: "aB3", count: length / 3)
    #expect(
      redact("{\"token\":\"\(value)\",\"n\":1}\nend\n").text
        == "{\"token\":\"<redacted:R1>\",\"n\":1}\nend\n")
    #expect(redact("password=\(value) end\n").text == "password=<redacted:R1> end\n")
    #expect(
      redact("SECRET_X=\(value)\nMAX_ENI=3\n", .environment).text
        == "SECRET_X=<redacted:R3>\nMAX_ENI=3\n")
    #expect(
      redact("token: \(value)\nname: x\n", .configuration).text
        == "token: <redacted:R4>\nname: x\n")
  }

  @Test("a line of a log that is too long is cut with a marker, and its neighbours stay")
  func cutLines() {
    for length in [65_535, 65_536, 65_537, 100_000, 1_000_000] {
      let line = String(repeating: "z", count: length)
      let (text, counts) = redact("first\n" + line + "\nlast password=hunter2\n", .logs)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 4)
      #expect(lines[2] == "last password=<redacted:R1>")
      if length < Redactor.lineLimit {
        #expect(lines[1] == line)
        #expect(counts[.logs] == 0)
      } else {
        #expect(counts[.logs] == 1)
        #expect(lines[1].utf8.count < Redactor.lineLimit)
        let kept = lines[1].prefix { $0 == "z" }
        #expect(
          lines[1].dropFirst(kept.count)
            == " ### cnitriage: \(length - kept.utf8.count) bytes omitted ###")
      }
    }
  }

  @Test("bytes that are no text pass unchanged")
  func binary() {
    var generator = SeededGenerator(seed: 7)
    let bytes = (0..<300_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) | 0x80 }
    #expect(redact(bytes).bytes == bytes)
    #expect(redact([UInt8]()).bytes.isEmpty)
    let zeros = [UInt8](repeating: 0, count: 200_000)
    #expect(redact(zeros).bytes == zeros)
  }
}
