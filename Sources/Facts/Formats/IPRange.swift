/// An address or a range of addresses as two keys that sort and compare as text: 32 hexadecimal
/// digits, IPv4 in the form `::ffff:a.b.c.d`. An address lies in a range if its key lies between the
/// range's first and last one.
struct IPRange: Equatable {
  /// The first 64 bits of the first address, and the last 64 bits.
  private var first: (high: UInt64, low: UInt64)
  private var last: (high: UInt64, low: UInt64)

  /// Bits of the network part, in the terms of the address's own family.
  let prefixLength: Int

  /// The key of the first address.
  var firstKey: String { Self.key(first) }
  /// The key of the last address; that of the first one for a single address.
  var lastKey: String { Self.key(last) }

  static func == (left: IPRange, right: IPRange) -> Bool {
    left.first == right.first && left.last == right.last
  }

  /// Reads `10.42.3.17`, `10.42.0.0/16`, `fd00::/8` or `fe80::1%eth0`. Nil for names and for what was
  /// redacted.
  init?(_ text: String) {
    self.init(Array(text.utf8)[...])
  }

  /// Every address of a family.
  init(everyOf family: String) {
    self.init(high: 0, low: 0, isIPv6: family == "ipv6", length: 0)
  }

  /// What a selector of `ip` or of `iptables` means; NULL and `all` stand for every address.
  init?(selector: String?, family: String) {
    guard let selector, selector != "all", selector != "default" else {
      self.init(everyOf: family)
      return
    }
    self.init(selector.hasPrefix("! ") ? String(selector.dropFirst(2)) : selector)
  }

  init?(_ text: Bytes) {
    let parts = text.cut(at: UInt8(ascii: "/"))
    let address = parts?.0 ?? text
    let isIPv6 = address.contains(UInt8(ascii: ":"))
    let full = isIPv6 ? 128 : 32
    var length = full
    if let parts {
      guard let number = Self.prefixLength(parts.1, isIPv6: isIPv6), number <= full else {
        return nil
      }
      length = number
    }
    if isIPv6 {
      guard let (high, low) = Self.ipv6(address) else { return nil }
      self.init(high: high, low: low, isIPv6: true, length: length)
    } else {
      guard let low = Self.ipv4(address, mayBeShort: parts != nil) else { return nil }
      self.init(high: 0, low: UInt64(low), isIPv6: false, length: length)
    }
  }

  private init(high: UInt64, low: UInt64, isIPv6: Bool, length: Int) {
    prefixLength = length
    let bits = isIPv6 ? length : length + 96
    let highMask: UInt64 = bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
    let lowMask: UInt64 = bits <= 64 ? 0 : bits >= 128 ? .max : ~(UInt64.max >> UInt64(bits - 64))
    let low = isIPv6 ? low : low | 0xffff_0000_0000
    first = (high & highMask, low & lowMask)
    last = (high | ~highMask, low | ~lowMask)
  }

  /// A number of bits, or the mask that old tools print instead: `255.255.240.0`.
  private static func prefixLength(_ text: Bytes, isIPv6: Bool) -> Int? {
    if let number = text.integer { return number >= 0 ? Int(exactly: number) : nil }
    guard !isIPv6, let mask = ipv4(text, mayBeShort: false) else { return nil }
    let length = (~mask).leadingZeroBitCount
    return mask == (length == 0 ? 0 : UInt32.max << UInt32(32 - length)) ? length : nil
  }

  private static func key(_ address: (high: UInt64, low: UInt64)) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(32)
    for word in [address.high, address.low] {
      for shift in stride(from: 60, through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0xf
        digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
    return String(digits[...])
  }

  /// Four numbers; fewer where a prefix length stands behind them, as in `10.42/16`.
  static func ipv4(_ text: Bytes, mayBeShort: Bool) -> UInt32? {
    var value: UInt32 = 0
    var count = 0
    var number: UInt32?
    for byte in text {
      if byte == UInt8(ascii: ".") {
        guard let part = number, count < 3 else { return nil }
        value = value << 8 | part
        count += 1
        number = nil
      } else {
        guard byte.isASCIIDigit else { return nil }
        let next = (number ?? 0) * 10 + UInt32(byte - UInt8(ascii: "0"))
        guard next <= 255 else { return nil }
        number = next
      }
    }
    guard let part = number else { return nil }
    value = value << 8 | part
    guard count == 3 || mayBeShort else { return nil }
    return value << UInt32(8 * (3 - count))
  }

  /// Groups of hexadecimal digits, at most once shortened by `::`; an IPv4 address may be the end.
  static func ipv6(_ text: Bytes) -> (UInt64, UInt64)? {
    var text = text
    if let zone = text.firstIndex(of: UInt8(ascii: "%")) { text = text[..<zone] }
    guard text.count <= 45 else { return nil }
    var halves: [[UInt16]] = [[]]
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        let isAtEnd = index == 0 || index == parts.count - 1
        // `::` at an end leaves two empty parts there, in the middle one.
        if isAtEnd {
          let neighbour = index == 0 ? 1 : parts.count - 2
          guard parts.count > 2, parts[neighbour].isEmpty else { return nil }
          continue
        }
        guard halves.count == 1 else { return nil }
        halves.append([])
      } else if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let end = ipv4(part, mayBeShort: false) else { return nil }
        halves[halves.count - 1] += [
          UInt16(end >> 16), UInt16(truncatingIfNeeded: end),
        ]
      } else {
        guard let group = group(part) else { return nil }
        halves[halves.count - 1].append(group)
      }
    }
    let count = halves.reduce(0) { $0 + $1.count }
    guard halves.count == 1 ? count == 8 : count < 8 else { return nil }
    let groups =
      halves.count == 1
      ? halves[0] : halves[0] + Array(repeating: 0, count: 8 - count) + halves[1]
    func word(_ groups: ArraySlice<UInt16>) -> UInt64 {
      groups.reduce(0) { $0 << 16 | UInt64($1) }
    }
    return (word(groups[..<4]), word(groups[4...]))
  }

  private static func group(_ text: Bytes) -> UInt16? {
    guard !text.isEmpty, text.count <= 4 else { return nil }
    var value: UInt16 = 0
    for byte in text {
      guard let digit = byte.hexDigit else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
