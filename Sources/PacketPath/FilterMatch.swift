public import IPAMEngine

/// A condition of a rule.
public enum FilterMatch: Sendable {
  /// The sender is in one of the ranges.
  case source([ClosedRange<IPAddress>], isNegated: Bool)
  /// The receiver is in one of the ranges.
  case destination([ClosedRange<IPAddress>], isNegated: Bool)
  /// The interface it came in through; `+` at the end stands for anything.
  case inInterface([String], isNegated: Bool)
  /// The interface it goes out through.
  case outInterface([String], isNegated: Bool)
  /// The protocol.
  case transport([Int], isNegated: Bool)
  /// Port of the sender.
  case sourcePort([ClosedRange<Int>], isNegated: Bool)
  /// Port of the receiver.
  case destinationPort([ClosedRange<Int>], isNegated: Bool)
  /// Port of either.
  case anyPort([ClosedRange<Int>], isNegated: Bool)
  /// Flags of TCP: those of the mask must be exactly these.
  case tcpFlags(mask: Set<String>, set: Set<String>, isNegated: Bool)
  /// Type of an ICMP message, and code.
  case icmpType(Int, code: Int?, isNegated: Bool)
  /// State of the flow.
  case state(Set<String>, isNegated: Bool)
  /// Mark of the packet.
  case mark(value: UInt32, mask: UInt32, isNegated: Bool)
  /// Mark of the flow.
  case connectionMark(value: UInt32, mask: UInt32, isNegated: Bool)
  /// Receiver of the flow's first packet.
  case originalDestination([ClosedRange<IPAddress>], isNegated: Bool)
  /// Port that the flow's first packet was sent to.
  case originalDestinationPort([ClosedRange<Int>], isNegated: Bool)
  /// Sender of the flow's first packet.
  case originalSource([ClosedRange<IPAddress>], isNegated: Bool)
  /// Direction of the packet in its flow.
  case isReply(Bool)
  /// What the host thinks of an address.
  case addressType(AddressTypeTest)
  /// The packet's fields are in a set.
  case set(String, fields: [SetField], isNegated: Bool)
  /// Link-layer address of the sender.
  case mac(String, isNegated: Bool)
  /// The way back to the sender leads through the interface it came from.
  case reversePath(isLoose: Bool, usesMark: Bool, isInverted: Bool)
  /// Holds for some packets and not for others.
  case sometimes
  /// Holds always, or never.
  case always(Bool)
  /// Can't be decided.
  case unknown(String)

  /// Which of the packet's fields a set holds.
  public enum SetField: Sendable, Hashable {
    /// The sender's.
    case source
    /// The receiver's.
    case destination
  }

  /// A test of what the host thinks of an address.
  public struct AddressTypeTest: Sendable, Hashable {
    /// Whether it is about the sender.
    public var isSource: Bool
    /// Types of which it must be one, such as LOCAL.
    public var types: Set<String>
    /// Whether it must be none of them.
    public var isNegated: Bool
    /// Whether it counts for the interface that the packet came in through alone.
    public var isLimitedToIn = false
    /// Whether it counts for the interface that the packet goes out through alone.
    public var isLimitedToOut = false
  }
}

/// Addresses and ports that NAT chooses from.
public struct NATRange: Sendable, Hashable {
  /// Addresses; nil if the address stays.
  public var addresses: ClosedRange<IPAddress>?
  /// Ports; nil if the port stays if it can.
  public var ports: ClosedRange<Int>?
  /// Whether the port is chosen at random.
  public var isRandom = false

  /// Reads `10.0.0.1-10.0.0.3:80-90`, `[fd00::1]:80` or `:80`; nil for anything else.
  public init?(_ text: String) {
    var address = Substring(text)
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      address = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if rest.hasPrefix(":") { port = rest.dropFirst() }
    } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
      address = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    if !address.isEmpty {
      let ends = address.split(separator: "-", maxSplits: 1)
      guard let first = ends.first.flatMap({ IPAddress($0) }),
        let last = ends.last.flatMap({ IPAddress($0) }), first <= last
      else { return nil }
      addresses = first...last
    }
    if let port {
      // A shift behind the ports is of no use without the port that it starts at.
      guard let range = FilterText.ports(port.prefix { $0 != "/" }, separator: "-") else {
        return nil
      }
      ports = range
    }
  }

  /// Ports only.
  init(ports: ClosedRange<Int>) { self.ports = ports }

  /// One address or a range.
  init(addresses: ClosedRange<IPAddress>?, ports: ClosedRange<Int>?) {
    self.addresses = addresses
    self.ports = ports
  }
}

/// Values as rules of filters spell them.
enum FilterText {
  /// `80` or `80:90`.
  static func ports(
    _ text: some StringProtocol, separator: Character = ":"
  ) -> ClosedRange<Int>? {
    let ends = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
    guard let low = ends.first, let high = ends.last else { return nil }
    let first = low.isEmpty ? 0 : port(low)
    let last = high.isEmpty ? 65_535 : port(high)
    guard let first, let last, first <= last else { return nil }
    return first...last
  }

  private static func port(_ text: some StringProtocol) -> Int? {
    if let number = Int(text) { return (0...65_535).contains(number) ? number : nil }
    return services[String(text)]
  }

  /// Ports that tools print by name.
  private static let services = [
    "ssh": 22, "domain": 53, "http": 80, "https": 443, "ntp": 123, "kubelet": 10_250,
  ]

  /// `10.0.0.0/8`, `10.0.0.1`, or `10.0.0.0/255.0.0.0`.
  static func range(_ text: some StringProtocol) -> ClosedRange<IPAddress>? {
    if let cidr = CIDR(text) { return range(cidr) }
    let parts = text.split(separator: "/", maxSplits: 1)
    guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
    guard parts.count == 2 else { return address...address }
    if let length = Int(parts[1]), (0...address.family.bits).contains(length) {
      return range(CIDR(address, length: length))
    }
    guard let mask = IPAddress(parts[1]), mask.family == address.family else { return nil }
    let length = mask.value.nonzeroBitCount
    let whole = address.family == .v4 ? UInt128(UInt32.max) : .max
    guard length == 0 || mask.value == whole << UInt128(address.family.bits - length) & whole else {
      return nil
    }
    return range(CIDR(address, length: length))
  }

  static func range(_ cidr: CIDR) -> ClosedRange<IPAddress> {
    let host = cidr.base.family.bits - cidr.length
    let span = host >= 128 ? UInt128.max : (UInt128(1) << UInt128(host)) - 1
    return cidr.base...IPAddress(family: cidr.base.family, value: cidr.base.value | span)
  }

  /// `0x80/0x80`, `128`.
  static func mark(_ text: some StringProtocol) -> (value: UInt32, mask: UInt32)? {
    let parts = text.split(separator: "/", maxSplits: 1)
    guard let value = parts.first.flatMap({ number($0) }) else { return nil }
    guard parts.count == 2 else { return (value, .max) }
    return number(parts[1]).map { (value, $0) }
  }

  /// A number in decimal or behind `0x`.
  static func number(_ text: some StringProtocol) -> UInt32? {
    let lower = text.lowercased()
    return lower.hasPrefix("0x") ? UInt32(lower.dropFirst(2), radix: 16) : UInt32(lower)
  }

  /// Words, with what stands between quotes kept together.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var isOpen = false
    var isQuoted = false
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        word.append(byte)
        isEscaped = false
      } else if isQuoted, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        isOpen = true
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t"), !isQuoted {
        if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
        word = []
        isOpen = false
      } else {
        word.append(byte)
        isOpen = true
      }
    }
    if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}
