/// A socket of the kernel's list of TCP and UDP sockets, as far as it is counted.
struct SocketMessage: Sendable {
  let family: UInt8
  let state: UInt8
  let localPort: UInt16
  let localAddress: InternetAddress
  let receiveQueue: UInt32
  let sendQueue: UInt32
  let user: UInt32

  /// The request for all sockets of a family (2 or 10) and a transport (6 or 17).
  static func request(family: UInt8, transport: UInt8) -> NetlinkSource.Request {
    var body: [UInt8] = [family, transport, 0, 0]
    // Every state, and an id that restricts nothing.
    body.append(UInt32.max)
    return NetlinkSource.Request(part: .socketDiagnosis, type: 20, body: body + .zeros(48))
  }

  /// Reads `struct inet_diag_msg`; `nil` for other messages and for damage.
  init?(_ message: NetlinkMessage) {
    let body = message.body
    guard message.type == 20, let family = body.u8(0), family == 2 || family == 10,
      let state = body.u8(1), let port = body.networkU16(4), body.count >= 72,
      let address = InternetAddress(body.from(8).prefix(family == 2 ? 4 : 16)),
      let received = body.u32(56), let sent = body.u32(60), let user = body.u32(64)
    else { return nil }
    self.family = family
    self.state = state
    localPort = port
    localAddress = address
    receiveQueue = received
    sendQueue = sent
    self.user = user
  }

  /// Reads a line of `/proc/net/tcp` and its siblings; `nil` for the header and for damage.
  init?(line: Substring, family: UInt8) {
    let fields = line.split(separator: " ")
    guard fields.count > 9 else { return nil }
    let local = fields[1].split(separator: ":")
    let queues = fields[4].split(separator: ":")
    guard local.count == 2, let port = UInt16(local[1], radix: 16),
      let address = Self.address(local[0]), let state = UInt8(fields[3], radix: 16),
      queues.count == 2, let sent = UInt32(queues[0], radix: 16),
      let received = UInt32(queues[1], radix: 16), let user = UInt32(fields[7])
    else { return nil }
    self.family = family
    self.state = state
    localPort = port
    localAddress = address
    receiveQueue = received
    sendQueue = sent
    self.user = user
  }

  /// Groups of eight digits, each a number in the machine's order.
  private static func address(_ text: Substring) -> InternetAddress? {
    var bytes: [UInt8] = []
    var rest = text
    while rest.count >= 8, let word = UInt32(rest.prefix(8), radix: 16) {
      bytes.append(word)
      rest = rest.dropFirst(8)
    }
    return rest.isEmpty ? InternetAddress(bytes[...]) : nil
  }
}
