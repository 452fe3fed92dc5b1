/// Puts the messages of a gRPC stream together, however the transport cuts them.
public struct GRPCFrames: Sendable {
  /// The messages that are complete.
  public private(set) var messages: [[UInt8]] = []
  private let limit: Int
  private var buffer: [UInt8] = []
  private static let prefixBytes = 5

  /// Bounds every message, and all of them together, to a number of bytes.
  public init(limit: Int) {
    self.limit = limit
  }

  /// Whether a message has begun and not ended.
  public var isInsideMessage: Bool { !buffer.isEmpty }

  /// Whether bytes were too many for the limit, which is another fact than damaged ones.
  public private(set) var isOverLimit = false

  /// Takes the next bytes of the stream.
  public mutating func append(_ bytes: some Collection<UInt8>) throws(WireError) {
    buffer += bytes
    while buffer.count >= Self.prefixBytes {
      guard buffer[0] == 0 else { throw WireError("a message is compressed, which was not asked") }
      let count = buffer[1..<Self.prefixBytes].reduce(0) { $0 << 8 | Int($1) }
      let stored = messages.reduce(0) { $0 + $1.count }
      guard stored + count <= limit else {
        isOverLimit = true
        throw WireError("a message exceeds \(limit) bytes")
      }
      guard messages.count < 1000 else { throw WireError("a stream has too many messages") }
      guard buffer.count >= Self.prefixBytes + count else { return }
      messages.append(Array(buffer[Self.prefixBytes..<(Self.prefixBytes + count)]))
      buffer.removeFirst(Self.prefixBytes + count)
    }
  }

  /// A message as it stands in a stream.
  public static func frame(_ message: [UInt8]) -> [UInt8] {
    let count = UInt32(message.count)
    return [0] + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
      + message
  }

  /// The text of a `grpc-message` header, whose unusual bytes are written as `%` and two digits.
  public static func message(fromHeader text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8.prefix(2048))[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
