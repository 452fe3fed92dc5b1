/// One message of the kernel, as it stands in a netlink datagram.
struct NetlinkMessage: Sendable {
  let type: UInt16
  let flags: UInt16
  let sequence: UInt32
  let port: UInt32
  /// What follows the header, without padding.
  let body: ArraySlice<UInt8>

  static let headerBytes = 16

  /// Types that every protocol shares.
  enum Control {
    static let error: UInt16 = 2
    static let done: UInt16 = 3
    static let overrun: UInt16 = 4
  }

  /// Flags of requests and answers.
  enum Flag {
    static let request: UInt16 = 0x001
    static let dump: UInt16 = 0x300
    /// The kernel's tables changed while it was listing them.
    static let dumpInterrupted: UInt16 = 0x010
  }

  /// The messages of a datagram; a message whose length contradicts the datagram ends the reading.
  static func messages(
    in datagram: ArraySlice<UInt8>
  ) -> (messages: [NetlinkMessage], isDamaged: Bool) {
    var messages: [NetlinkMessage] = []
    var rest = datagram
    while rest.count >= headerBytes {
      guard let length = rest.u32(0).map({ Int($0) }), length >= headerBytes,
        length <= rest.count, let type = rest.u16(4), let flags = rest.u16(6),
        let sequence = rest.u32(8), let port = rest.u32(12)
      else { return (messages, true) }
      messages.append(
        NetlinkMessage(
          type: type, flags: flags, sequence: sequence, port: port,
          body: rest.prefix(length).from(headerBytes)))
      rest = rest.from((length + 3) & ~3)
    }
    return (messages, !rest.isEmpty)
  }

  /// A request as the kernel wants it.
  static func request(
    type: UInt16, flags: UInt16, sequence: UInt32, body: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(UInt32(headerBytes + body.count))
    bytes.append(type)
    bytes.append(flags)
    bytes.append(sequence)
    // The kernel fills in the port of the sender.
    bytes.append(UInt32(0))
    return bytes + body
  }
}

/// The attributes that follow the fixed part of a message, or nest in another attribute.
struct NetlinkAttributes: Sendable {
  private let all: [(type: UInt16, value: ArraySlice<UInt8>)]
  /// Whether an attribute's length contradicts the space that it stands in.
  let isDamaged: Bool

  init(_ bytes: ArraySlice<UInt8>) {
    var all: [(type: UInt16, value: ArraySlice<UInt8>)] = []
    var rest = bytes
    var isDamaged = false
    while rest.count >= 4 {
      guard let length = rest.u16(0).map({ Int($0) }), length >= 4, length <= rest.count,
        let type = rest.u16(2)
      else {
        isDamaged = true
        break
      }
      // The two upper bits say how the value is encoded, not what it is.
      all.append((type & 0x3FFF, rest.prefix(length).from(4)))
      rest = rest.from((length + 3) & ~3)
    }
    self.all = all
    self.isDamaged = isDamaged
  }

  /// The first attribute of a type.
  subscript(_ type: UInt16) -> ArraySlice<UInt8>? { all.first { $0.type == type }?.value }

  /// Every attribute of a type, in the kernel's order.
  func every(_ type: UInt16) -> [ArraySlice<UInt8>] {
    all.filter { $0.type == type }.map(\.value)
  }

  /// The values in the kernel's order, for lists whose types are numbers.
  var values: [ArraySlice<UInt8>] { all.map(\.value) }

  /// An attribute of a request.
  static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(UInt16(4 + value.count))
    bytes.append(type)
    bytes += value
    return bytes + .zeros((4 - value.count % 4) % 4)
  }

  func u8(_ type: UInt16) -> UInt8? { self[type]?.u8(0) }
  func u32(_ type: UInt16) -> UInt32? { self[type]?.u32(0) }
  func text(_ type: UInt16) -> String? { self[type]?.zeroTerminated }

  /// The attributes inside an attribute.
  func nested(_ type: UInt16) -> NetlinkAttributes? { self[type].map { NetlinkAttributes($0) } }
}
