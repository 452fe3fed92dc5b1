import Testing

@testable import Redaction

@Suite("The prefilter")
struct PrefilterTests {
  private static let words = TriggerAutomaton.words.filter { $0.1 != .newline && $0.1 != .dot }
    .map(\.0)
  private static let line = Array(
    #"{"level":"info","ts":"2031-04-02T09:15:22.418Z","msg":"Added 10.0.3.14 to a pod"}"#.utf8)

  /// Every position that the prefilter names in a text.
  private func candidates(_ text: [UInt8]) -> Set<Int> {
    var found: Set<Int> = []
    var position = 0
    while position < text.count {
      position = TriggerPrefilter.shared.next(text, from: position, to: text.count)
      found.insert(position)
      position += 1
    }
    return found
  }

  @Test("a trigger word is found at every place of a text, in small and capital letters")
  func everyPlace() {
    for word in Self.words {
      for bytes in [Array(word.utf8), Array(word.uppercased().utf8)] {
        for place in 0..<150 {
          var text = Array((Self.line + Self.line + Self.line).prefix(place))
          text += bytes
          text += Self.line
          #expect(
            TriggerPrefilter.shared.next(text, from: place, to: text.count) == place,
            "\(word) at \(place)")
          #expect(candidates(text).contains(place), "\(word) at \(place)")
        }
      }
    }
  }

  @Test("a word that a text ends with is found, or its last three bytes are left to be looked at")
  func lastWord() {
    for word in Self.words {
      for place in 0..<150 {
        let text = (Self.line + Self.line + Self.line).prefix(place) + word.utf8
        let last = min(place, text.count - 3)
        let isFound = candidates(Array(text)).contains { $0 >= last && $0 <= place }
        #expect(isFound, "\(word) at \(place)")
      }
    }
  }

  @Test("the dot of a bootstrap token is found at every place")
  func tokens() {
    for place in 0..<150 {
      let start = (Self.line + Self.line + Self.line).prefix(place)
      let text = start + " 07401b.f395accd246ae52d ".utf8
      #expect(candidates(text + Self.line).contains(place + 7), "at \(place)")
    }
  }

  @Test("plain log lines hold few blocks that must be looked at")
  func selectivity() {
    let text = Array([[UInt8]](repeating: Self.line + [Byte.newline], count: 1000).joined())
    #expect(candidates(text).filter { $0 < text.count - 3 }.isEmpty)
    let sieve = TriggerSieve(Self.words)
    let suspect = sieve.suspect(text.span)
    #expect(suspect > text.count - TriggerSieve.blockBytes)
  }

  @Test(
    "with and without it the same is masked, whatever surrounds the words",
    arguments: 1..<13 as Range<UInt64>)
  func difference(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts =
      Self.words + [
        "AKIAIOSFODNN7EXAMPLE", "07401b.f395accd246ae52d", "=hunter2-and-more ", ": ", "\n", "\"",
        "password: |\n  deep\n  deeper\n", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", ".", " ", "-", "_",
        "https://user:pass@example.com/x ", "Bearer abcdef0123456789abcdef ", "{}", "10.0.3.14",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA75\n-----END RSA PRIVATE KEY-----\n",
        "abcdefgh", "0123456789abcdef", "private_", "sign", "assi", "curl -u me:secret1 ",
      ]
    var text: [UInt8] = []
    while text.count < 120_000 {
      switch random.below(6) {
      case 0: text += Self.line + [Byte.newline]
      case 1: text.append(UInt8(random.below(256)))
      case 2: text += parts[random.below(parts.count)].uppercased().utf8
      case 3:
        let part = Array(parts[random.below(parts.count)].utf8)
        text += part.prefix(random.below(part.count + 1))
      default: text += parts[random.below(parts.count)].utf8
      }
    }
    for rules: RedactionRules in [[.secrets], [.secrets, .logs], [.secrets, .urls]] {
      var outputs: [[UInt8]] = []
      var counts: [[String: Int]] = []
      for skips in [true, false] {
        var redactor = Redactor(rules, skipsPlainText: skips)
        var output: [UInt8] = []
        var start = 0
        while start < text.count {
          let end = min(text.count, start + 1 + random.below(70_000))
          redactor.feed(text[start..<end], into: &output)
          start = end
        }
        redactor.finish(into: &output)
        outputs.append(output)
        counts.append(redactor.counts.byName)
      }
      #expect(outputs[0] == outputs[1])
      #expect(counts[0] == counts[1])
      #expect(counts[0].isEmpty == false)
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
