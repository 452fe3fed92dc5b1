/// SHA-1, with which the CNI names host veths. Also the source of the lab's invented identifiers:
/// they look random, and are the same in every run.
struct SHA1 {
  /// The digest of a text's UTF-8 bytes.
  static func digest(_ text: String) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var message = Array(text.utf8)
    let bits = UInt64(message.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    message += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    for start in stride(from: 0, to: message.count, by: 64) {
      mix(message[start..<start + 64], into: &state)
    }
    return state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// The digest as 40 lower-case hex digits.
  static func hex(_ text: String) -> String {
    digest(text).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words = [UInt32](repeating: 0, count: 80)
    for (index, byte) in block.enumerated() {
      words[index / 4] = words[index / 4] << 8 | UInt32(byte)
    }
    for index in 16..<80 {
      words[index] = rotate(
        words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for index in 0..<80 {
      let (choice, constant): (UInt32, UInt32) =
        switch index {
        case 0..<20: ((b & c) | (~b & d), 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotate(a, 5) &+ choice &+ e &+ constant &+ words[index]
      (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
    }
    for (index, value) in [a, b, c, d, e].enumerated() {
      state[index] = state[index] &+ value
    }
  }

  private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value << count | value >> (32 - count)
  }
}

/// Invented identifiers, derived from a seed so that they never change.
enum Invented {
  /// A container id: 64 hex digits.
  static func containerID(_ seed: String) -> String {
    SHA1.hex("container \(seed)") + String(SHA1.hex("more \(seed)").prefix(24))
  }

  /// A boot id as journals write it: 32 hex digits.
  static func bootID(_ seed: String) -> String { uuid("boot \(seed)").filter { $0 != "-" } }

  /// A version 4 UUID.
  static func uuid(_ seed: String) -> String {
    let digits = Array(SHA1.hex("uuid \(seed)"))
    func part(_ range: Range<Int>) -> String { String(digits[range]) }
    return "\(part(0..<8))-\(part(8..<12))-4\(part(13..<16))-a\(part(17..<20))-\(part(20..<32))"
  }

  /// A number below a bound.
  static func number(_ seed: String, below bound: Int) -> Int {
    let value = SHA1.digest("number \(seed)").prefix(6).reduce(0) { $0 << 8 | Int($1) }
    return value % bound
  }
}
