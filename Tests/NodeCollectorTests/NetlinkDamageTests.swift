import Testing

@testable import NodeCollector

/// Numbers that are the same in every run.
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

@Suite("Damaged messages of the kernel")
struct NetlinkDamageTests {
  /// One message of each kind with nested attributes, as a kernel sends them.
  private static let samples: [[UInt8]] = [
    sample(16, fixed: 16, [(3, text("ens5")), (18, nested([(1, text("veth"))])), (4, word(9001))]),
    sample(
      20, fixed: 8, [(1, [10, 0, 0, 1]), (2, [10, 0, 0, 1]), (6, .zeros(16))], head: [2, 24]),
    sample(
      24, fixed: 12,
      [(1, [10, 0, 0, 0]), (9, [8, 0, 0, 0, 2, 0, 0, 0]), (8, nested([(2, word(1400))]))],
      head: [2, 24, 0, 0, 254, 4, 0, 1]),
    sample(28, fixed: 12, [(1, [10, 0, 0, 9]), (2, .zeros(6))], head: [2]),
    sample(32, fixed: 12, [(6, word(512)), (10, word(0x80)), (3, text("eth0"))], head: [2]),
    sample(
      36, fixed: 20,
      [(1, text("tbf")), (2, nested([(1, .zeros(36))])), (7, nested([(3, .zeros(20))]))]),
    sample(44, fixed: 20, [(1, text("bpf")), (2, nested([(7, text("policy")), (11, word(7))]))]),
    sample(20, fixed: 72, [], head: [2, 10]),
    sample(
      256, fixed: 4,
      [
        (
          1,
          nested([
            (1, nested([(1, [10, 0, 0, 1]), (2, [10, 0, 0, 2])])), (2, nested([(1, [6])])),
          ])
        )
      ],
      head: [2]),
    sample(260, fixed: 4, [(9, word(1))]),
    sample(
      10 << 8 | 3, fixed: 4, [(1, text("filter")), (3, text("F")), (4, nested([(1, word(2))]))]),
  ]

  private static func text(_ value: String) -> [UInt8] { Array(value.utf8) + [0] }
  private static func word(_ value: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(value)
    return bytes
  }
  private static func nested(_ attributes: [(UInt16, [UInt8])]) -> [UInt8] {
    attributes.flatMap { NetlinkAttributes.attribute($0.0, $0.1) }
  }
  private static func sample(
    _ type: UInt16, fixed: Int, _ attributes: [(UInt16, [UInt8])], head: [UInt8] = []
  ) -> [UInt8] {
    let body = head + .zeros(fixed - head.count) + nested(attributes)
    return NetlinkMessage.request(type: type, flags: 0, sequence: 1, body: body)
  }

  /// Gives bytes to every reader and counts what they understood.
  private func read(_ bytes: [UInt8]) -> Int {
    var understood = 0
    for message in NetlinkMessage.messages(in: bytes[...]).messages {
      let names = [1: "lo"]
      let results: [Any?] = [
        LinkMessage(message), AddressMessage(message), RouteMessage(message, names: names),
        NeighbourMessage(message, names: names), RuleMessage(message),
        QueueMessage(message, names: names),
        FilterMessage(message, hook: "ingress", names: names), SocketMessage(message),
        ConnectionMessage(message), TrackingStatistics(message), FilterTables.table(message),
        FilterTables.chain(message),
      ]
      understood += results.count { $0 != nil }
    }
    return understood
  }

  @Test("each sample is understood as long as it is whole")
  func whole() {
    for sample in Self.samples { #expect(read(sample) >= 1, "\(sample)") }
  }

  @Test("a message that is cut anywhere is left out or read in part, and never more than it holds")
  func cut() {
    for sample in Self.samples {
      for length in 0..<sample.count {
        let (messages, isDamaged) = NetlinkMessage.messages(in: sample[..<length])
        #expect(messages.isEmpty)
        #expect(isDamaged == (length > 0), "\(length)")
        // The header says less than the body wants: the body's own attributes are cut.
        var shorter = Array(sample.prefix(length))
        if length >= 16 {
          shorter.replaceSubrange(0..<2, with: [UInt8(length & 0xFF), UInt8(length >> 8)])
        }
        _ = read(shorter)
      }
    }
  }

  @Test("flipped bytes never crash a reader", arguments: [1, 2, 3, 4] as [UInt64])
  func flipped(_ seed: UInt64) {
    var numbers = Numbers(state: seed)
    for sample in Self.samples {
      for _ in 0..<600 {
        var bytes = sample + (Self.samples.randomElement(using: &numbers) ?? [])
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
          bytes[Int.random(in: 0..<bytes.count, using: &numbers)] =
            [0, 1, 3, 4, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &numbers)]
            .randomElement(using: &numbers) ?? 0
        }
        _ = read(bytes)
      }
    }
  }

  @Test("random bytes never crash a reader")
  func random() {
    var numbers = Numbers(state: 99)
    for length in [0, 3, 15, 16, 17, 20, 64, 300] {
      for _ in 0..<200 {
        _ = read((0..<length).map { _ in .random(in: 0...255, using: &numbers) })
      }
    }
  }

  @Test("a length of an attribute that contradicts its space is noticed")
  func attributeLength() {
    let attributes = NetlinkAttributes([8, 0, 1, 0, 1, 2, 3, 4, 200, 0, 2, 0, 9, 9, 9, 9][...])
    #expect(attributes.isDamaged)
    #expect(attributes[1].map { Array($0) } == [1, 2, 3, 4])
    #expect(attributes[2] == nil)
    #expect(NetlinkAttributes([3, 0, 1, 0][...]).isDamaged)
  }

  @Test(
    "addresses are printed as everywhere",
    arguments: [
      ([10, 0, 0, 1], "10.0.0.1"), ([0, 0, 0, 0], "0.0.0.0"),
      ([UInt8](repeating: 0, count: 16), "::"),
      ([UInt8](repeating: 0, count: 15) + [1], "::1"),
      (
        [0xFE, 0x80] + .zeros(6) + [0x50, 0xBD, 0x0E, 0xFF, 0xFE, 0x25, 0x16, 0x0D],
        "fe80::50bd:eff:fe25:160d"
      ),
      ([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], "2001:db8:0:1::1"),
      (.zeros(10) + [0xFF, 0xFF, 10, 0, 0, 7], "::ffff:10.0.0.7"),
    ] as [([UInt8], String)])
  func addresses(_ bytes: [UInt8], _ text: String) {
    #expect(InternetAddress(bytes[...])?.text == text)
  }
}
