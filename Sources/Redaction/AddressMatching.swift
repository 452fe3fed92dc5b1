/// R8: finds addresses, host names and ids in words and gives their pseudonyms.
struct AddressMatching: Sendable {
  private var mapping: AddressMapping
  private let key: PseudonymKey
  private let hexForm: PseudonymRules.HexForm?
  private let hosts: WordTable
  private var ids: [[UInt8]: [UInt8]] = [:]

  init(_ rules: PseudonymRules, hexForm: PseudonymRules.HexForm?) {
    mapping = rules.mapping
    key = rules.key
    self.hexForm = hexForm
    hosts = WordTable(rules.words.filter { $0.value.hasPrefix("host-") })
  }

  mutating func match(_ word: Word, _ bytes: [UInt8], into found: inout [Replacement]) {
    if !word.hasColon, hosts.isEmpty, !word.hasDigit || word.count < 7 { return }
    if word.hasColon, word.count >= 4, colons(word, bytes, into: &found) { return }
    var start = word.start
    while start < word.end {
      var end = start
      while end < word.end, bytes[end] != Byte.colon { end += 1 }
      part(bytes, start, end, word, into: &found)
      start = end + 1
    }
  }

  private mutating func part(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ word: Word, into found: inout [Replacement]
  ) {
    guard end - start >= 3 else { return }
    if !hosts.isEmpty, let host = hosts.replacement(bytes, start, end) {
      found.append(Replacement(start: start, end: end, text: host, rule: .addresses))
      return
    }
    guard word.hasDigit || word.hasDash else { return }
    if hexForm != nil, hex(bytes, start, end, into: &found) { return }
    if word.hasDot { quads(bytes, start, end, into: &found) }
    if word.hasDash { dashes(bytes, start, end, into: &found) }
    if end - start >= 12, bytes[start].isDigit { account(bytes, start, end, word, into: &found) }
  }

  // MARK: - Addresses with colons

  /// MAC and IPv6 addresses; whether the whole word is dealt with.
  private mutating func colons(
    _ word: Word, _ bytes: [UInt8], into found: inout [Replacement]
  ) -> Bool {
    var (start, end) = (word.start, word.end)
    // A name in front, as in `src:fd00::1`, and signs around the address belong to the text.
    while start < end, let cut = firstForeignColon(bytes, start, end) { start = cut + 1 }
    while end > start, bytes[end - 1] == Byte.dot || bytes[end - 1] == Byte.dash { end -= 1 }
    if end - start > 2, bytes[end - 1] == Byte.colon, bytes[end - 2] != Byte.colon { end -= 1 }
    guard end - start >= 2 else { return false }
    if let pieces = MACText.pieces(bytes, start, end) {
      for piece in pieces { mac(bytes, piece, into: &found) }
      return true
    }
    guard bytes[start..<end].count(where: { $0 == Byte.colon }) >= 2,
      let address = AddressText.address6(bytes, start, end)
    else { return false }
    let isFull = end - start == 39
    var replacement = Replacement(start: start, end: end, text: [], rule: .addresses)
    if let length = PrefixLength(bytes, at: end, limit: 128),
      address.cut(to: length.value) == address
    {
      let network = mapping.map(network: address, length: length.value)
      replacement.text = AddressText.text(network, isFull: isFull)
      let suffix = bytes[end..<length.end]
      replacement.pseudonym = replacement.text + suffix
      replacement.clear = bytes[start..<end] + Array(suffix)
    } else {
      replacement.text = AddressText.text(mapping.map(address), isFull: isFull)
    }
    // The same address in another of its forms stays as it was written.
    if AddressText.address6(replacement.text, 0, replacement.text.count) != address {
      found.append(replacement)
    }
    return true
  }

  /// A colon that ends something which can't be part of an address.
  private func firstForeignColon(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
    if bytes[start] == Byte.colon {
      return start + 1 < end && bytes[start + 1] == Byte.colon ? nil : start
    }
    var index = start
    while index < end, bytes[index] != Byte.colon {
      if !bytes[index].isHex || index - start >= 4 {
        while index < end, bytes[index] != Byte.colon { index += 1 }
        let isName = index + 1 < end && bytes[index + 1] != Byte.colon
        return isName ? index : nil
      }
      index += 1
    }
    return nil
  }

  /// The first byte says what kind of address it is, and stays.
  private mutating func mac(
    _ bytes: [UInt8], _ range: Range<Int>, into found: inout [Replacement]
  ) {
    let value = MACText.value(bytes, range)
    guard value != 0, value != 0xFFFF_FFFF_FFFF, value >> 40 & 1 == 0 else { return }
    let (high, low) = key.permute(
      "mac\(value >> 40)", high: value >> 20 & 0xFFFFF, low: value & 0xFFFFF, halfBits: 20)
    let text = MACText.text(value & ~0xFF_FFFF_FFFF | high << 20 | low)
    found.append(
      Replacement(start: range.lowerBound, end: range.upperBound, text: text, rule: .addresses))
  }

  // MARK: - IPv4

  private mutating func quads(
    _ bytes: [UInt8], _ start: Int, _ end: Int, into found: inout [Replacement]
  ) {
    var index = start
    while index < end {
      let isStart =
        bytes[index].isDigit
        && (index == start || bytes[index - 1] == Byte.dash || bytes[index - 1] == Byte.underscore)
      guard isStart, let quad = AddressText.quad(bytes, index, end, separator: Byte.dot) else {
        index += 1
        continue
      }
      let candidate = QuadContext(bytes, start: index, end: quad.end, wordEnd: end)
      if candidate.isAddress(first: UInt8(quad.address >> 24)) {
        add(quad.address, bytes, index, quad.end, into: &found)
      }
      index = quad.end
    }
  }

  private mutating func add(
    _ address: UInt32, _ bytes: [UInt8], _ start: Int, _ end: Int,
    into found: inout [Replacement]
  ) {
    var replacement = Replacement(start: start, end: end, text: [], rule: .addresses)
    let length = PrefixLength(bytes, at: end, limit: 32)
    if let length, address & ~AddressMapping.Range4.mask(length.value) == 0 {
      replacement.text = AddressText.text(mapping.map(network: address, length: length.value))
      let suffix = bytes[end..<length.end]
      replacement.pseudonym = replacement.text + suffix
      replacement.clear = bytes[start..<end] + Array(suffix)
    } else {
      replacement.text = AddressText.text(mapping.map(address))
    }
    found.append(replacement)
  }

  /// Addresses of the kernel's tables: eight or thirty-two hexadecimal digits.
  private mutating func hex(
    _ bytes: [UInt8], _ start: Int, _ end: Int, into found: inout [Replacement]
  ) -> Bool {
    guard end - start == 8 || end - start == 32, bytes[start..<end].allSatisfy(\.isHex) else {
      return false
    }
    var words: [UInt32] = []
    for offset in stride(from: start, to: end, by: 8) {
      let value = bytes[offset..<offset + 8].reduce(UInt32(0)) { $0 << 4 | UInt32($1.hexValue) }
      words.append(hexForm == .littleEndian ? value.byteSwapped : value)
    }
    let masked: [UInt32]
    if words.count == 1 {
      masked = [mapping.map(words[0])]
    } else {
      let address = mapping.map(
        Address6(
          high: UInt64(words[0]) << 32 | UInt64(words[1]),
          low: UInt64(words[2]) << 32 | UInt64(words[3])))
      masked = [address.high >> 32, address.high, address.low >> 32, address.low].map {
        UInt32(truncatingIfNeeded: $0)
      }
    }
    let isUpper = bytes[start..<end].contains(where: \.isUpper)
    let text = masked.flatMap { word in
      HexText.digits(hexForm == .littleEndian ? word.byteSwapped : word, isUpper: isUpper)
    }
    found.append(Replacement(start: start, end: end, text: text, rule: .addresses))
    return true
  }

  // MARK: - Names and ids with dashes

  private mutating func dashes(
    _ bytes: [UInt8], _ start: Int, _ end: Int, into found: inout [Replacement]
  ) {
    var index = start
    while index < end {
      guard bytes[index] == Byte.dash else {
        index += 1
        continue
      }
      var first = index
      while first > start, bytes[first - 1].isLower || bytes[first - 1] == 0x32 { first -= 1 }
      let isApart = first == start || !bytes[first - 1].isAlphanumeric
      if isApart, let name = hostName(bytes, first, index, end) {
        found.append(name)
        index = name.end
      } else if isApart, let id = id(bytes, first, index, end) {
        found.append(id)
        index = id.end
      } else {
        index += 1
      }
    }
  }

  /// `ip-10-0-12-41` follows its address.
  private mutating func hostName(
    _ bytes: [UInt8], _ first: Int, _ dash: Int, _ end: Int
  ) -> Replacement? {
    let prefix = bytes[first..<dash]
    guard prefix.elementsEqual("ip".utf8) || prefix.elementsEqual("ec2".utf8),
      let quad = AddressText.quad(bytes, dash + 1, end, separator: Byte.dash),
      quad.end == end || !bytes[quad.end].isAlphanumeric
    else { return nil }
    let text = AddressText.text(mapping.map(quad.address), separator: Byte.dash)
    return Replacement(start: dash + 1, end: quad.end, text: text, rule: .addresses)
      .naming(prefix + [Byte.dash], bytes)
  }

  /// `i-0a1b2c3d4e5f60718` and its relatives: a known beginning, and 8 or 17 digits.
  private mutating func id(
    _ bytes: [UInt8], _ first: Int, _ dash: Int, _ end: Int
  ) -> Replacement? {
    var last = dash + 1
    while last < end, bytes[last].isDigit || (bytes[last].isLower && bytes[last].isHex) {
      last += 1
    }
    let digits = last - dash - 1
    guard digits == 8 || digits == 17, last == end || !bytes[last].isAlphanumeric,
      CloudIDs.isKnown(bytes[first..<dash])
    else { return nil }
    let clear = Array(bytes[first..<last])
    if let known = ids[clear] {
      return Replacement(start: first, end: last, text: known, rule: .addresses)
    }
    let half = digits * 2
    var (high, low) = (UInt64(0), UInt64(0))
    for (position, digit) in bytes[dash + 1..<last].enumerated() {
      for bit in 0..<4 {
        let value = UInt64(digit.hexValue >> UInt8(3 - bit) & 1)
        if position * 4 + bit < half { high = high << 1 | value } else { low = low << 1 | value }
      }
    }
    // The digits, not the kind of thing, decide: `eni-attach-` and `eni-` never share a number.
    (high, low) = key.permute("id", high: high, low: low, halfBits: half)
    let bits =
      (0..<half).map { high >> UInt64(half - 1 - $0) & 1 }
      + (0..<half).map { low >> UInt64(half - 1 - $0) & 1 }
    let text = stride(from: 0, to: bits.count, by: 4).map { start in
      HexText.digit(UInt8(bits[start..<start + 4].reduce(0) { $0 << 1 | $1 }), isUpper: false)
    }
    if ids.count >= AddressMapping.cacheLimit { ids.removeAll() }
    ids[clear] = bytes[first...dash] + text
    return Replacement(
      start: first, end: last, text: bytes[first...dash] + text, rule: .addresses)
  }

  // MARK: - Accounts

  /// Twelve digits that stand where accounts stand.
  private mutating func account(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ word: Word, into found: inout [Replacement]
  ) {
    guard end - start >= 12, bytes[start..<start + 12].allSatisfy(\.isDigit) else { return }
    let isAlone = end - start == 12
    let isAccount =
      isAlone
      ? AccountContext.holds(bytes, start, end, wordStart: word.start)
      : AccountContext.isRegistry(bytes, start + 12, end)
    let clear = String(decoding: bytes[start..<start + 12], as: UTF8.self)
    guard isAccount, !ClusterNames.imageAccounts.contains(clear) else { return }
    found.append(
      Replacement(
        start: start, end: start + 12, text: Array(accountPseudonym(clear).utf8),
        rule: .addresses))
  }

  /// Walks through the permutation of forty bits until twelve digits come out.
  private func accountPseudonym(_ clear: String) -> String {
    var value = UInt64(clear) ?? 0
    repeat {
      let (high, low) = key.permute(
        "account", high: value >> 20, low: value & 0xFFFFF, halfBits: 20)
      value = high << 20 | low
    } while value >= 1_000_000_000_000
    let digits = String(value)
    return String(repeating: "0", count: 12 - digits.utf8.count) + digits
  }
}

extension Replacement {
  /// Lets the map name the whole host name, not only the numbers in it.
  fileprivate func naming(_ prefix: [UInt8], _ bytes: [UInt8]) -> Replacement {
    var result = self
    result.pseudonym = prefix + text
    result.clear = prefix + bytes[start..<end]
    return result
  }
}
