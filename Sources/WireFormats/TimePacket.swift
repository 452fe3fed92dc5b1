/// A question to a time server, and its answer.
public enum TimePacket {
  /// What an answer says.
  public struct Answer: Sendable, Equatable {
    /// How far this clock is behind the server's, in microseconds.
    public var offsetMicroseconds: Int64
    /// The way there and back without the server's own time, in microseconds.
    public var delayMicroseconds: Int64
    /// Distance from a reference clock; 0 and 16 mean that the server has no time to give.
    public var stratum: Int
    /// Announced leap second; 3 means that the server is not synchronised.
    public var leap: Int
  }

  /// Seconds between the era of the protocol, 1900, and that of the system, 1970.
  private static let eraSeconds: Int64 = 2_208_988_800

  /// The bytes of a question.
  ///
  /// - Parameter sent: the time of sending in microseconds since 1970; the server repeats it.
  public static func query(sent: Int64) -> [UInt8] {
    // Version 4, a client.
    [0x23] + [UInt8](repeating: 0, count: 39) + bytes(timestamp(sent))
  }

  /// Reads the answer to a question.
  ///
  /// - Parameters:
  ///   - packet: the answer.
  ///   - query: the question, which the answer must repeat.
  ///   - received: the time of arrival in microseconds since 1970.
  public static func answer(
    _ packet: [UInt8], to query: [UInt8], received: Int64
  ) throws(WireError) -> Answer {
    guard packet.count >= 48, query.count == 48 else { throw WireError("an answer is cut") }
    guard packet[0] & 7 == 4 else { throw WireError("the answer is not a server's") }
    guard packet[24..<32] == query[40..<48] else {
      throw WireError("an answer belongs to another question")
    }
    let sent = microseconds(query[40..<48])
    let arrived = microseconds(packet[32..<40])
    let answered = microseconds(packet[40..<48])
    return Answer(
      offsetMicroseconds: ((arrived - sent) + (answered - received)) / 2,
      delayMicroseconds: (received - sent) - (answered - arrived), stratum: Int(packet[1]),
      leap: Int(packet[0] >> 6))
  }

  private static func timestamp(_ microseconds: Int64) -> UInt64 {
    let seconds = UInt64(bitPattern: microseconds / 1_000_000 + eraSeconds)
    let fraction = (UInt64(microseconds % 1_000_000) << 32) / 1_000_000
    return seconds << 32 | fraction
  }

  private static func microseconds(_ bytes: ArraySlice<UInt8>) -> Int64 {
    let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let seconds = Int64(value >> 32) - eraSeconds
    return seconds * 1_000_000 + Int64(((value & 0xFFFF_FFFF) * 1_000_000 + (1 << 31)) >> 32)
  }

  private static func bytes(_ value: UInt64) -> [UInt8] {
    stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
