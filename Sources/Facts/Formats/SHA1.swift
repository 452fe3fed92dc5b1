/// SHA-1, for one purpose: the plugin names a pod's host interface after it.
enum SHA1 {
  /// The part of a host interface name behind its prefix: the first 11 hexadecimal digits of the
  /// SHA-1 of `namespace.name`.
  static func vethSuffix(namespace: String?, pod: String?) -> String? {
    guard let namespace, let pod, !namespace.isEmpty, !pod.isEmpty else { return nil }
    return String(hex(Array("\(namespace).\(pod)".utf8)).prefix(11))
  }

  static func hex(_ message: [UInt8]) -> String {
    digest(message).map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func digest(_ message: [UInt8]) -> [UInt32] {
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) * 8
    for shift in stride(from: 56, through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    for block in stride(from: 0, to: padded.count, by: 64) {
      compress(padded[block..<block + 64], &state)
    }
    return state
  }

  private static func compress(_ block: ArraySlice<UInt8>, _ state: inout [UInt32]) {
    var words: [UInt32] = stride(from: block.startIndex, to: block.endIndex, by: 4).map { at in
      block[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    for at in 16..<80 {
      words.append(rotated(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1))
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for (at, word) in words.enumerated() {
      let (mix, constant): (UInt32, UInt32) =
        switch at {
        case 0..<20: ((b & c) | (~b & d), 0x5a82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ed9_eba1)
        case 40..<60: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
        default: (b ^ c ^ d, 0xca62_c1d6)
        }
      let next = rotated(a, 5) &+ mix &+ e &+ constant &+ word
      (a, b, c, d, e) = (next, a, rotated(b, 30), c, d)
    }
    for (at, value) in [a, b, c, d, e].enumerated() { state[at] &+= value }
  }

  private static func rotated(_ value: UInt32, _ by: UInt32) -> UInt32 {
    value << by | value >> (32 - by)
  }
}
