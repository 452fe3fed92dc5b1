/// IP addresses as keys that sort by number.
public enum AddressKey {
  /// The 16 bytes of an address in hexadecimal; of the first address if the text is a range such as
  /// `10.42.7.0/24`. IPv4 becomes ::ffff:a.b.c.d. `nil` if the text is no address.
  public static func of(_ text: String) -> String? {
    let bytes = Array(text.utf8.prefix(64))
    let slash = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
    let address = bytes[..<slash]
    guard slash == bytes.endIndex || isLength(bytes[(slash + 1)...]) else { return nil }
    guard let words = address.contains(UInt8(ascii: ":")) ? six(address) : four(address) else {
      return nil
    }
    let digits = Array("0123456789abcdef".utf8)
    var key: [UInt8] = []
    key.reserveCapacity(32)
    for word in words {
      for shift in [12, 8, 4, 0] { key.append(digits[Int(word >> UInt16(shift)) & 15]) }
    }
    return String(decoding: key, as: UTF8.self)
  }

  private static func isLength(_ digits: ArraySlice<UInt8>) -> Bool {
    (1...3).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func four(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var octets: [UInt16] = []
    for part in parts {
      guard (1...3).contains(part.count) else { return nil }
      var value: UInt16 = 0
      for byte in part {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + UInt16(byte - 0x30)
      }
      guard value <= 255 else { return nil }
      octets.append(value)
    }
    return [0, 0, 0, 0, 0, 0xFFFF, octets[0] << 8 | octets[1], octets[2] << 8 | octets[3]]
  }

  private static func six(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (3...9).contains(parts.count) else { return nil }
    var words: [UInt16] = []
    var gap: Int?
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        // `::` at either end leaves two empty parts, elsewhere one.
        if index == 0, parts[1].isEmpty { continue }
        if index == parts.count - 1, gap == words.count { continue }
        guard gap == nil, index > 0, index < parts.count - 1 else { return nil }
        gap = words.count
      } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let tail = four(part) else { return nil }
        words += tail[6...]
      } else {
        guard let word = hexadecimal(part) else { return nil }
        words.append(word)
      }
    }
    guard let gap else { return words.count == 8 ? words : nil }
    guard words.count < 8 else { return nil }
    words.insert(contentsOf: Array(repeating: 0, count: 8 - words.count), at: gap)
    return words
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(digits.count) else { return nil }
    var value: UInt16 = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: value = value << 4 | UInt16(digit - 0x30)
      case 0x41...0x46: value = value << 4 | UInt16(digit - 0x37)
      case 0x61...0x66: value = value << 4 | UInt16(digit - 0x57)
      default: return nil
      }
    }
    return value
  }
}
