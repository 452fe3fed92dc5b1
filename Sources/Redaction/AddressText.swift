/// Reads and writes addresses as text.
enum AddressText {
  /// Reads four decimal numbers that a separator joins, without leading zeros; gives the address and
  /// the position behind it.
  static func quad(
    _ bytes: [UInt8], _ start: Int, _ end: Int, separator: UInt8
  ) -> (address: UInt32, end: Int)? {
    var address: UInt32 = 0
    var index = start
    for part in 0..<4 {
      if part > 0 {
        guard index < end, bytes[index] == separator else { return nil }
        index += 1
      }
      let first = index
      var value: UInt32 = 0
      while index < end, index - first < 3, bytes[index].isDigit {
        value = value * 10 + UInt32(bytes[index] - Byte.zero)
        index += 1
      }
      guard index > first, value < 256, index - first == 1 || bytes[first] != Byte.zero else {
        return nil
      }
      address = address << 8 | value
    }
    return (address, index)
  }

  /// Writes an IPv4 address.
  static func text(_ address: UInt32, separator: UInt8 = Byte.dot) -> [UInt8] {
    var text: [UInt8] = []
    for shift in [24, 16, 8, 0] as [UInt32] {
      if shift < 24 { text.append(separator) }
      text += Array(String(address >> shift & 255).utf8)
    }
    return text
  }

  /// Reads an IPv6 address that fills the whole range, in any of its forms.
  static func address6(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Address6? {
    guard end - start >= 2, end - start <= 45 else { return nil }
    var groups: [UInt16] = []
    var gap: Int?
    var index = start
    if bytes[index] == Byte.colon {
      guard bytes[index + 1] == Byte.colon else { return nil }
      gap = 0
      index += 2
    }
    while index < end {
      if let quad = quad(bytes, index, end, separator: Byte.dot), quad.end == end {
        groups += [UInt16(quad.address >> 16), UInt16(quad.address & 0xFFFF)]
        index = end
        break
      }
      let first = index
      var value: UInt16 = 0
      while index < end, index - first < 4, bytes[index].isHex {
        value = value << 4 | UInt16(bytes[index].hexValue)
        index += 1
      }
      guard index > first else { return nil }
      groups.append(value)
      guard index < end else { break }
      guard bytes[index] == Byte.colon, index + 1 < end else { return nil }
      index += 1
      if bytes[index] == Byte.colon {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    let halves = groups.map(UInt64.init)
    return Address6(
      high: halves[0] << 48 | halves[1] << 32 | halves[2] << 16 | halves[3],
      low: halves[4] << 48 | halves[5] << 32 | halves[6] << 16 | halves[7])
  }

  /// Writes an IPv6 address in its short form (RFC 5952), or in full.
  static func text(_ address: Address6, isFull: Bool) -> [UInt8] {
    let groups = (0..<8).map { index in
      UInt16(address.octet(2 * index)) << 8 | UInt16(address.octet(2 * index + 1))
    }
    if isFull {
      return Array(groups.map { padded(String($0, radix: 16)) }.joined(separator: ":").utf8)
    }
    if address.embedded4 != nil, address.high == 0 {
      return Array("::ffff:".utf8) + text(UInt32(truncatingIfNeeded: address.low))
    }
    var best = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > best.count, end - index > 1 { best = index..<end }
      index = max(end, index + 1)
    }
    func join(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !best.isEmpty else { return Array(join(groups[...]).utf8) }
    return Array((join(groups[..<best.lowerBound]) + "::" + join(groups[best.upperBound...])).utf8)
  }

  private static func padded(_ digits: String) -> String {
    String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}

extension UInt8 {
  /// The value of a hexadecimal digit.
  var hexValue: UInt8 { isDigit ? self - Byte.zero : lowercased - 0x61 + 10 }
}
