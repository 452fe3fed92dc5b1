import IPAMEngine
import PacketPath

/// Makes and recognises packets that carry a number of their own, so that they are known again
/// whatever a host did to their addresses and ports.
struct TestPacket {
  var packet: Packet
  /// The number; not 0.
  var mark: UInt32
  /// What stands where ports would, in echo requests; nil for the number.
  var identity: UInt32?

  /// The bytes of the packet from its IP header on, with all checksums.
  var bytes: [UInt8] {
    let payload = body
    var bytes: [UInt8]
    let length = payload.count
    let source = Self.bytes(packet.source)
    let destination = Self.bytes(packet.destination)
    let number = UInt8(packet.transport.rawValue)
    if packet.source.family == .v4 {
      let total = UInt16(20 + length)
      bytes = [0x45, 0] + Self.pair(total) + Self.pair(UInt16(truncatingIfNeeded: mark))
      bytes += [0x40, 0, 64, number, 0, 0] + source + destination
      let sum = Self.checksum(bytes)
      bytes[10] = UInt8(sum >> 8)
      bytes[11] = UInt8(sum & 255)
    } else {
      bytes = [0x60, 0, 0, 0] + Self.pair(UInt16(length)) + [number, 64] + source + destination
    }
    return bytes + payload
  }

  private var pseudoHeader: [UInt8] {
    Self.bytes(packet.source) + Self.bytes(packet.destination)
      + [0, UInt8(packet.transport.rawValue)]
  }

  private var body: [UInt8] {
    let magic = Self.quad(mark)
    var body: [UInt8]
    var place: Int
    switch packet.transport {
    case .udp:
      body = ports + Self.pair(20) + [0, 0] + magic + magic + magic
      place = 6
    case .tcp:
      body = ports
      // The answer acknowledges what the first packet said.
      body += packet.isReply ? magic + Self.quad(mark &+ 1) : magic + [0, 0, 0, 0]
      body += [0x50, packet.isReply ? 0x12 : 0x02, 0x20, 0, 0, 0, 0, 0]
      place = 16
    default:
      let isV6 = packet.transport == .icmpV6
      let type: UInt8 = isV6 ? (packet.isReply ? 129 : 128) : packet.isReply ? 0 : 8
      body =
        [type, 0, 0, 0] + Self.quad(identity ?? (mark << 16 | mark >> 16)) + magic + magic + magic
      place = 2
    }
    var sum: UInt16
    if packet.transport == .icmp {
      sum = Self.checksum(body)
    } else {
      sum = Self.checksum(pseudoHeader + Self.pair(UInt16(body.count)) + body)
    }
    if packet.transport == .udp, sum == 0 { sum = 0xffff }
    body[place] = UInt8(sum >> 8)
    body[place + 1] = UInt8(sum & 255)
    return body
  }

  private var ports: [UInt8] {
    Self.pair(UInt16(packet.sourcePort ?? 0)) + Self.pair(UInt16(packet.destinationPort ?? 0))
  }

  static func bytes(_ address: IPAddress) -> [UInt8] {
    let count = address.family == .v4 ? 4 : 16
    return (0..<count).reversed().map {
      UInt8(truncatingIfNeeded: address.value >> UInt128($0 * 8))
    }
  }

  static func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

  static func quad(_ value: UInt32) -> [UInt8] {
    pair(UInt16(value >> 16)) + pair(UInt16(value & 0xffff))
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }

  // MARK: Recognising

  /// A packet that was seen.
  struct Seen {
    var packet: Packet
    /// Whether it is about the packet rather than the packet itself.
    var isRefusal: Bool
    /// What stands where ports would, in echo requests.
    var identity: UInt32?
  }

  /// What a packet is, if it carries the number.
  static func recognise(_ bytes: [UInt8], _ mark: UInt32) -> Seen? {
    guard let first = bytes.first else { return nil }
    let isV4 = first >> 4 == 4
    guard bytes.count >= (isV4 ? 28 : 48), isV4 || first >> 4 == 6 else { return nil }
    let header = isV4 ? Int(first & 15) * 4 : 40
    let number = Int(bytes[isV4 ? 9 : 6])
    let body = Array(bytes[header...])
    let size = isV4 ? 4 : 16
    let start = isV4 ? 12 : 8
    let source = address(bytes[start..<start + size])
    let destination = address(bytes[start + size..<start + 2 * size])
    let transport = TransportProtocol(rawValue: number)
    func word(_ place: Int) -> UInt32 {
      guard body.count >= place + 4 else { return 0 }
      return body[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    func packet(isReply: Bool) -> Packet {
      var packet = Packet(
        source: source, destination: destination, transport: transport,
        sourcePort: Int(body[0]) << 8 | Int(body[1]),
        destinationPort: Int(body[2]) << 8 | Int(body[3]))
      packet.isReply = isReply
      return packet
    }
    switch transport {
    case .udp where body.count >= 20 && word(8) == mark && word(12) == mark:
      return Seen(packet: packet(isReply: false), isRefusal: false)
    case .tcp where body.count >= 20:
      let flags = body[13]
      if flags & 0x04 != 0 {
        guard word(8) == mark &+ 1 || word(4) == mark &+ 1 else { return nil }
        return Seen(packet: packet(isReply: true), isRefusal: true)
      }
      guard word(4) == mark else { return nil }
      return Seen(packet: packet(isReply: flags & 0x10 != 0), isRefusal: false)
    case .icmp, .icmpV6:
      let types: [UInt8] = transport == .icmp ? [8, 0] : [128, 129]
      if types.contains(body[0]) {
        // NAT may change the number that stands where ports would.
        guard word(8) == mark, word(12) == mark else { return nil }
        return Seen(
          packet: packet(isReply: body[0] == types[1]), isRefusal: false, identity: word(4))
      }
      // A hint of a better way is no refusal.
      guard body[0] == (transport == .icmp ? 3 : 1) else { return nil }
      return quotes(body, mark) ? Seen(packet: packet(isReply: true), isRefusal: true) : nil
    default: return nil
    }
  }

  /// Whether an error message is about a packet with the number.
  private static func quotes(_ body: [UInt8], _ mark: UInt32) -> Bool {
    let magic = quad(mark)
    guard body.count > 12 else { return false }
    return (8...body.count - 4).contains { Array(body[$0..<$0 + 4]) == magic }
      || Array(body.dropFirst(12).prefix(2)) == pair(UInt16(truncatingIfNeeded: mark))
  }

  private static func address(_ bytes: ArraySlice<UInt8>) -> IPAddress {
    IPAddress(
      family: bytes.count == 4 ? .v4 : .v6,
      value: bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
  }
}
