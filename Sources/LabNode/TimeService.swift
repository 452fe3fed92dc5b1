import NIOCore

/// The time service of a VPC: answers of SNTP with the machine's clock.
enum TimeService {
  /// Seconds from 1900, where NTP counts from, to 1970.
  private static let eraOffset: Int64 = 2_208_988_800
  private static let packetLength = 48

  /// Serves until the task is cancelled.
  static func serve(host: String, port: Int = 123) async throws {
    try await DatagramServer.run(host: host, port: port) { answer($0, at: LabHost.now()) }
  }

  /// The answer to a client's packet; nothing if the bytes are none.
  static func answer(_ packet: ByteBuffer, at now: Moment) -> ByteBuffer? {
    guard packet.readableBytes >= packetLength,
      let first: UInt8 = packet.getInteger(at: packet.readerIndex), first & 7 == 3,
      let sent: UInt64 = packet.getInteger(at: packet.readerIndex + 40)
    else { return nil }
    var reply = ByteBuffer()
    // No warning, the client's version, mode 4: server. Stratum 3, the client's poll, 2^-20 s.
    reply.writeInteger(first & 0b0011_1000 | 4)
    reply.writeInteger(UInt8(3))
    reply.writeInteger(packet.getInteger(at: packet.readerIndex + 2) ?? UInt8(6))
    reply.writeInteger(Int8(-20))
    // Delay and dispersion to the reference clock in 2^-16 s; the reference's address.
    reply.writeInteger(UInt32(14))
    reply.writeInteger(UInt32(22))
    reply.writeBytes([169, 254, 169, 122])
    let stamp = timestamp(now)
    reply.writeInteger(timestamp(now - 16))
    reply.writeInteger(sent)
    reply.writeInteger(stamp)
    reply.writeInteger(stamp)
    return reply
  }

  /// Whole seconds in the upper half, fractions in the lower.
  static func timestamp(_ moment: Moment) -> UInt64 {
    let fraction = (UInt64(moment.microseconds % 1_000_000) << 32) / 1_000_000
    return UInt64(moment.seconds + eraOffset) << 32 | fraction
  }
}
