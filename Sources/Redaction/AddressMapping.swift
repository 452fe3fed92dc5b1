/// Gives addresses keyed pseudonyms that keep their relations: two addresses share as many leading
/// bits afterwards as they did before, so that subnets, prefixes, rules and routes still match.
///
/// Each bit is kept or flipped, and what decides is a function of the bits before it (Xu, Fan, Ammar
/// and Moon, 2002). Where that function is zero, bits stay; it is zero on the way to ranges that
/// have a meaning of their own, inside them, and for the low bits inside a subnet.
public struct AddressMapping: Sendable {
  private let key: PseudonymKey
  /// Ranges whose addresses stay as they are.
  private let kept4: [Range4]
  /// Ranges that map to themselves as a whole, such as 10.0.0.0/8.
  private static let closed4 = [
    Range4(0x0A00_0000, 8), Range4(0xAC10_0000, 12), Range4(0xC0A8_0000, 16),
    Range4(0x6440_0000, 10),
  ]
  /// Subnets that are shorter than 24 bits and known from the node: low bits stay inside them.
  private let subnets4: [Range4]
  private var cache4: [UInt32: UInt32] = [:]
  private var cache6: [Address6: Address6] = [:]
  private var blocks: [[UInt8]: [UInt8]] = [:]

  /// From how many bits on the rest of an IPv4 address stays in any case.
  static let hostBit4 = 24
  /// Addresses and blocks that are remembered before the caches start anew.
  static let cacheLimit = 1 << 16

  /// An IPv4 range by its first address and length.
  public struct Range4: Sendable, Hashable {
    /// The first address.
    public let base: UInt32
    /// The number of leading bits that all addresses share.
    public let length: Int

    /// Makes a range; bits behind its length don't count.
    public init(_ base: UInt32, _ length: Int) {
      self.length = min(32, max(0, length))
      self.base = base & Self.mask(self.length)
    }

    static func mask(_ length: Int) -> UInt32 {
      length <= 0 ? 0 : UInt32.max << UInt32(32 - min(32, length))
    }

    /// Whether an address lies in the range.
    public func contains(_ address: UInt32) -> Bool { address & Self.mask(length) == base }

    /// Whether an address agrees with the range's first bits, as many as `bits`.
    func agrees(_ address: UInt32, bits: Int) -> Bool { (address ^ base) & Self.mask(bits) == 0 }
  }

  /// Makes a mapping.
  ///
  /// - Parameters:
  ///   - key: the run's secret.
  ///   - subnets: subnets that are known from the node. Those between /16 and /23 keep their low
  ///     bits; longer ones do anyway, and shorter ones are no subnets of a VPC.
  ///   - keptRanges: further ranges that stay, the cluster's services for instance.
  public init(_ key: PseudonymKey, subnets: [Range4] = [], keptRanges: [Range4] = []) {
    self.key = key
    subnets4 = subnets.filter { (16..<Self.hostBit4).contains($0.length) }
    // This network, loopback, link-local, and everything from multicast on, netmasks included.
    kept4 =
      [
        Range4(0, 8), Range4(0x7F00_0000, 8), Range4(0xA9FE_0000, 16), Range4(0xE000_0000, 3),
      ] + keptRanges
  }

  /// The pseudonym of an IPv4 address.
  public mutating func map(_ address: UInt32) -> UInt32 {
    if let known = cache4[address] { return known }
    var flips: UInt32 = 0
    if !kept4.contains(where: { $0.contains(address) }) {
      for bit in 0..<Self.hostBit4 where !isFixed(address, bit: bit) {
        let prefix = (0..<bit / 8).map { UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * $0)) }
        let octet = UInt8(truncatingIfNeeded: address >> UInt32(24 - bit / 8 * 8))
        if isFlipped("ip4", prefix, octet, bit: bit % 8) { flips |= 1 << UInt32(31 - bit) }
      }
    }
    if cache4.count >= Self.cacheLimit { cache4.removeAll() }
    cache4[address] = address ^ flips
    return address ^ flips
  }

  private func isFixed(_ address: UInt32, bit: Int) -> Bool {
    kept4.contains { bit < $0.length && $0.agrees(address, bits: bit) }
      || Self.closed4.contains { bit < $0.length && $0.agrees(address, bits: bit) }
      || subnets4.contains { bit >= $0.length && $0.contains(address) }
  }

  /// The pseudonym of a network: its bits behind the length are zero before and after.
  mutating func map(network address: UInt32, length: Int) -> UInt32 {
    map(address) & Range4.mask(length)
  }

  /// One bit of the function: the block of all bits within an octet comes from one call.
  private mutating func isFlipped(
    _ family: String, _ prefix: [UInt8], _ octet: UInt8, bit: Int
  ) -> Bool {
    let block: [UInt8]
    if let known = blocks[prefix] {
      block = known
    } else {
      if blocks.count >= Self.cacheLimit { blocks.removeAll() }
      block = key.bytes(family, prefix)
      blocks[prefix] = block
    }
    // Nodes of the tree of eight levels, numbered from the root.
    let node = (1 << bit) | (Int(octet) >> (8 - bit))
    return block[node >> 3] >> UInt8(node & 7) & 1 == 1
  }

  /// The pseudonym of an IPv6 address.
  public mutating func map(_ address: Address6) -> Address6 {
    if let known = cache6[address] { return known }
    var result = address
    if let embedded = address.embedded4 {
      result.low = result.low & ~0xFFFF_FFFF | UInt64(map(embedded))
    } else {
      for bit in 0..<128 where !address.isFixed(bit) {
        let prefix = [6] + (0..<bit / 8).map { address.octet($0) }
        if isFlipped("ip6", prefix, address.octet(bit / 8), bit: bit % 8) { result.flip(bit) }
      }
    }
    if cache6.count >= Self.cacheLimit { cache6.removeAll() }
    cache6[address] = result
    return result
  }

  /// The pseudonym of a network.
  mutating func map(network address: Address6, length: Int) -> Address6 {
    map(address).cut(to: length)
  }
}

/// An IPv6 address as two halves.
public struct Address6: Sendable, Hashable {
  /// The first 64 bits: the network.
  public var high: UInt64
  /// The last 64 bits: the interface.
  public var low: UInt64

  /// Puts an address together.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  func octet(_ index: Int) -> UInt8 {
    index < 8
      ? UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
      : UInt8(truncatingIfNeeded: low >> UInt64(120 - 8 * index))
  }

  mutating func flip(_ bit: Int) {
    if bit < 64 { high ^= 1 << UInt64(63 - bit) } else { low ^= 1 << UInt64(127 - bit) }
  }

  func cut(to length: Int) -> Address6 {
    Address6(
      high: length >= 64 ? high : length <= 0 ? 0 : high & ~(UInt64.max >> UInt64(length)),
      low: length >= 128 ? low : length <= 64 ? 0 : low & ~(UInt64.max >> UInt64(length - 64)))
  }

  /// The IPv4 address in an address of `::ffff:0:0/96` or `64:ff9b::/96`.
  var embedded4: UInt32? {
    let isMapped = high == 0 && low >> 32 == 0xFFFF
    let isTranslated = high == 0x0064_FF9B_0000_0000 && low >> 32 == 0
    return isMapped || isTranslated ? UInt32(truncatingIfNeeded: low) : nil
  }

  /// Ranges that keep their network bits: the unspecified and loopback address, link-local,
  /// multicast, and the services that EC2 itself has on every instance.
  private static let kept: [(base: Address6, length: Int)] = [
    (Address6(high: 0, low: 0), 64), (Address6(high: 0xFE80 << 48, low: 0), 10),
    (Address6(high: 0xFF00 << 48, low: 0), 8), (Address6(high: 0xFD00_0EC2 << 32, low: 0), 32),
    (Address6(high: 0x0064_FF9B << 32, low: 0), 64),
  ]
  /// Ranges that map to themselves as a whole: global and unique local addresses.
  private static let closed: [(base: Address6, length: Int)] = [
    (Address6(high: 0x2000 << 48, low: 0), 3), (Address6(high: 0xFC00 << 48, low: 0), 7),
    (Address6(high: 0xFD00 << 48, low: 0), 8),
  ]
  private static let solicited = Address6(high: 0xFF02 << 48, low: 0x0000_0001_FF00_0000)

  /// Whether a bit stays, which only the bits before it may decide.
  func isFixed(_ bit: Int) -> Bool {
    if bit < 64 {
      return Self.kept.contains { agrees($0.base, bits: min(bit, $0.length)) }
        || Self.closed.contains { bit < $0.length && agrees($0.base, bits: bit) }
    }
    if high >> 32 == 0xFD00_0EC2 { return true }
    if high >> 56 == 0xFF {
      // A solicited-node address ends like the address that it stands for.
      return bit < 104 || !agrees(Self.solicited, bits: 104)
    }
    return isPlain(from: 64, to: bit) || (bit >= 80 && isPlain(from: 80, to: bit))
      || (bit >= 112 && hasZeros(from: 80, to: 112))
  }

  private func agrees(_ other: Address6, bits: Int) -> Bool {
    cut(to: bits) == other.cut(to: bits)
  }

  /// Whether bits of the interface half are all zero or all one.
  private func isPlain(from start: Int, to end: Int) -> Bool {
    guard end > start else { return true }
    let bits = (low << UInt64(start - 64)) >> UInt64(64 - (end - start))
    return bits == 0 || bits == UInt64.max >> UInt64(64 - (end - start))
  }

  private func hasZeros(from start: Int, to end: Int) -> Bool {
    (low << UInt64(start - 64)) >> UInt64(64 - (end - start)) == 0
  }
}
