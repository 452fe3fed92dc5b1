/// A question to a name server, and its answer.
public enum DNSMessage {
  /// What is asked about a name.
  public enum RecordType: UInt16, Sendable, CaseIterable {
    /// IPv4 addresses.
    case a = 1
    /// IPv6 addresses.
    case aaaa = 28

    /// The type's name in zone files.
    public var name: String { self == .a ? "A" : "AAAA" }
  }

  /// A name server's answer, as far as probes want it.
  public struct Answer: Sendable, Equatable {
    /// What the server says about the question: 0 is success, 3 an unknown name.
    public var code: Int
    /// Whether the answer was too long for a datagram.
    public var isTruncated: Bool
    /// The addresses in text form.
    public var addresses: [String]

    /// The name of the code in the protocol's registry.
    public var codeName: String {
      let names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
      return code < names.count ? names[code] : "RCODE\(code)"
    }
  }

  /// The longest answer that is read; over UDP without extensions servers send at most 512 bytes.
  public static let answerLimit = 4096
  /// The most records of an answer that are looked at.
  static let recordLimit = 64

  /// The bytes of a question with recursion; `nil` if the name can't be asked for.
  public static func query(id: UInt16, name: String, type: RecordType) -> [UInt8]? {
    guard let labels = encoded(name) else { return nil }
    return bytes(id) + bytes(0x0100) + bytes(1) + bytes(0) + bytes(0) + bytes(0) + labels
      + bytes(type.rawValue) + bytes(1)
  }

  /// Reads the answer to a question; an answer to another question is refused.
  public static func answer(
    _ message: [UInt8], to query: [UInt8]
  ) throws(WireError) -> Answer {
    guard message.count >= 12 else { throw WireError("an answer is cut") }
    guard message.count <= answerLimit else { throw WireError("an answer is too long") }
    guard query.count >= 12, message[0..<2] == query[0..<2] else {
      throw WireError("an answer has another number than the question")
    }
    guard message[2] & 0x80 != 0 else { throw WireError("the answer is a question") }
    var answer = Answer(
      code: Int(message[3] & 0x0F), isTruncated: message[2] & 0x02 != 0, addresses: [])
    var reader = Reader(bytes: message, position: 12)
    // Some servers leave the question out when they refuse it.
    guard try reader.number(at: 4) == 1 else {
      guard answer.code != 0 else { throw WireError("an answer repeats no question") }
      return answer
    }
    try reader.match(question: query[12...])
    if answer.isTruncated { return answer }
    for _ in 0..<min(recordLimit, Int(try reader.number(at: 6))) {
      if let address = try reader.address() { answer.addresses.append(address) }
    }
    return answer
  }

  private static func bytes(_ value: UInt16) -> [UInt8] {
    [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  /// A name as labels with their lengths.
  private static func encoded(_ name: String) -> [UInt8]? {
    let labels = name.split(separator: ".")
    guard !labels.isEmpty, name.utf8.count <= 253 else { return nil }
    var bytes: [UInt8] = []
    for label in labels {
      guard label.utf8.count <= 63,
        label.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      else { return nil }
      bytes.append(UInt8(label.utf8.count))
      bytes += label.utf8
    }
    return bytes + [0]
  }

  private struct Reader {
    let bytes: [UInt8]
    var position: Int

    func number(at offset: Int) throws(WireError) -> UInt16 {
      guard offset + 2 <= bytes.count else { throw WireError("an answer is cut") }
      return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    /// The question comes back as it was asked; servers may change the case of its letters.
    mutating func match(question: ArraySlice<UInt8>) throws(WireError) {
      let end = position + question.count
      guard end <= bytes.count,
        bytes[position..<end].map(Self.lowercased) == question.map(Self.lowercased)
      else { throw WireError("an answer repeats another question") }
      position = end
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// The address of the next record, or `nil` if it holds none.
    mutating func address() throws(WireError) -> String? {
      try skipName()
      let type = try number(at: position)
      let family = try number(at: position + 2)
      let count = Int(try number(at: position + 8))
      let start = position + 10
      guard start + count <= bytes.count else { throw WireError("a record is cut") }
      position = start + count
      guard family == 1 else { return nil }
      switch (RecordType(rawValue: type), count) {
      case (.a, 4): return bytes[start..<position].map(String.init).joined(separator: ".")
      case (.aaaa, 16): return AddressText.ipv6(Array(bytes[start..<position]))
      default: return nil
      }
    }

    /// A name ends with an empty label or with a pointer to an earlier one, which needs no following.
    private mutating func skipName() throws(WireError) {
      while true {
        guard position < bytes.count else { throw WireError("a name is cut") }
        let length = Int(bytes[position])
        switch length {
        case 0:
          position += 1
          return
        case 0xC0...:
          position += 2
          return
        case 1...63: position += 1 + length
        default: throw WireError("a label has an unknown form")
        }
      }
    }
  }
}

/// Addresses in text form.
public enum AddressText {
  /// Sixteen bytes as an IPv6 address, its longest run of zeros shortened.
  public static func ipv6(_ bytes: [UInt8]) -> String {
    guard bytes.count == 16 else { return "" }
    let groups = stride(from: 0, to: 16, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(1, best.count) { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ part: Range<Int>) -> String {
      part.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }

  /// The four numbers of an IPv4 address, or `nil`.
  public static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { $0.utf8.count <= 3 ? UInt8($0) : nil }
    return bytes.count == 4 ? bytes : nil
  }

  /// Whether an address belongs to no public network, as that of an endpoint inside a VPC does.
  public static func isPrivate(_ text: String) -> Bool {
    if let bytes = ipv4(text) {
      switch (bytes[0], bytes[1]) {
      case (10, _), (127, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): return true
      default: return false
      }
    }
    let lowered = text.lowercased()
    return lowered == "::1"
      || ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains {
        lowered.hasPrefix($0)
      }
  }
}
