/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Comparable, Sendable {
  /// Address family.
  public enum Family: UInt8, Hashable, Comparable, Sendable {
    /// 32-bit addresses.
    case v4 = 4
    /// 128-bit addresses.
    case v6 = 6

    /// Bits of an address: 32 or 128.
    public var bits: Int { self == .v4 ? 32 : 128 }

    /// IPv4 sorts before IPv6.
    public static func < (left: Family, right: Family) -> Bool { left.rawValue < right.rawValue }
  }

  /// Family of the address.
  public let family: Family
  /// The address as a number, in the low 32 bits for IPv4.
  public let value: UInt128

  /// The address `value` of `family`; bits beyond the family's width are dropped.
  public init(family: Family, value: UInt128) {
    self.family = family
    self.value = family == .v4 ? value & 0xFFFF_FFFF : value
  }

  /// The IPv4 address `value`.
  public init(v4 value: UInt32) {
    self.init(family: .v4, value: UInt128(value))
  }

  /// Reads dotted decimal or RFC 4291 text; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    if bytes.contains(UInt8(ascii: ":")) {
      guard let value = IPAddress.parseV6(bytes) else { return nil }
      self.init(family: .v6, value: value)
    } else {
      guard let value = IPAddress.parseV4(bytes[...]) else { return nil }
      self.init(v4: value)
    }
  }

  /// Order of the numbers, IPv4 first.
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.family == right.family ? left.value < right.value : left.family < right.family
  }

  /// The address `distance` above this one, wrapping at the end of the family's range.
  public func advanced(by distance: UInt128) -> IPAddress {
    IPAddress(family: family, value: value &+ distance)
  }

  private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var count = 0
    for part in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }) else {
        return nil
      }
      let number = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 48) }
      guard number <= 255, part.count == 1 || part.first != 48 else { return nil }
      value = value << 8 | number
      count += 1
    }
    return count == 4 ? value : nil
  }

  private static func parseV6(_ bytes: [UInt8]) -> UInt128? {
    let colon = UInt8(ascii: ":")
    let gap = (0..<max(bytes.count - 1, 0)).first { bytes[$0] == colon && bytes[$0 + 1] == colon }
    guard let gap else {
      guard let groups = parseGroups(bytes[...]), groups.count == 8 else { return nil }
      return join(groups)
    }
    guard let head = parseGroups(bytes[..<gap]), let tail = parseGroups(bytes[(gap + 2)...]),
      head.count + tail.count <= 7
    else { return nil }
    let zeros = Array(repeating: UInt16(0), count: 8 - head.count - tail.count)
    return join(head + zeros + tail)
  }

  private static func join(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }

  private static func parseGroups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
    if bytes.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for (position, part) in parts.enumerated() {
      if part.contains(UInt8(ascii: ".")) {
        guard position == parts.count - 1, let value = parseV4(part) else { return nil }
        groups += [UInt16(value >> 16), UInt16(value & 0xFFFF)]
        continue
      }
      guard (1...4).contains(part.count),
        let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or the shortest form of RFC 5952.
  public var description: String {
    if family == .v4 {
      return (0..<4).map { String((value >> UInt128(24 - 8 * $0)) & 255) }.joined(separator: ".")
    }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ range: Range<Int>) -> String {
      range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    if best.isEmpty { return text(0..<8) }
    return text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }
}
