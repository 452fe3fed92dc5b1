/// A block of addresses that EC2 gave to an ENI: one address, a `/28` or an IPv6 `/80`.
public struct CIDR: Hashable, Comparable, Sendable {
  /// First address of the block.
  public let base: IPAddress
  /// Prefix length, 0...32 or 0...128.
  public let length: Int

  /// The block of prefix `length` that contains `address`.
  ///
  /// - Precondition: `length` is within the family's width.
  public init(_ address: IPAddress, length: Int) {
    precondition((0...address.family.bits).contains(length), "prefix length out of range")
    let host = address.family.bits - length
    let mask: UInt128 = host == 128 ? 0 : UInt128.max << UInt128(host)
    self.base = IPAddress(family: address.family, value: address.value & mask)
    self.length = length
  }

  /// The block that holds only `address`.
  public init(_ address: IPAddress) {
    self.init(address, length: address.family.bits)
  }

  /// Reads `address` or `address/length`; nil if it is neither or has bits beyond the length.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
    guard parts.count == 2 else {
      self.init(address)
      return
    }
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1]),
      (0...address.family.bits).contains(length)
    else { return nil }
    self.init(address, length: length)
    guard base == address else { return nil }
  }

  /// Whether the block is a prefix rather than a single address.
  public var isPrefix: Bool { length < base.family.bits }

  /// Number of addresses: 1, 16 or 2^48; saturates at `Int.max`.
  public var size: Int {
    let host = base.family.bits - length
    return host >= 63 ? .max : 1 << host
  }

  /// Whether `address` lies in the block.
  public func contains(_ address: IPAddress) -> Bool {
    address.family == base.family && CIDR(address, length: length).base == base
  }

  /// The address at `offset` from the first one.
  public func address(at offset: Int) -> IPAddress {
    base.advanced(by: UInt128(offset))
  }

  /// Position of `address` in the block; nil if it is not in it.
  public func offset(of address: IPAddress) -> Int? {
    guard contains(address) else { return nil }
    return Int(exactly: address.value - base.value)
  }

  /// Order by first address, then by length.
  public static func < (left: CIDR, right: CIDR) -> Bool {
    left.base == right.base ? left.length < right.length : left.base < right.base
  }
}

extension CIDR: CustomStringConvertible {
  /// A single address without a mask, a prefix with it.
  public var description: String {
    isPrefix ? "\(base)/\(length)" : "\(base)"
  }
}
