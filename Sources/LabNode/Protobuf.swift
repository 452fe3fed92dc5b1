import NIOCore

/// As much of protocol buffers as the lab's messages need: fields of numbers, texts and messages.
struct ProtobufMessage: Sendable {
  private(set) var bytes = ByteBuffer()

  init() {}

  /// Adds a number, unless it is zero, which is the value of an absent field.
  mutating func add(_ field: Int, number: UInt64) {
    guard number != 0 else { return }
    Self.write(UInt64(field << 3), to: &bytes)
    Self.write(number, to: &bytes)
  }

  /// Adds a text, unless it is empty.
  mutating func add(_ field: Int, _ text: String) {
    guard !text.isEmpty else { return }
    add(field, ByteBuffer(string: text))
  }

  /// Adds a message.
  mutating func add(_ field: Int, _ message: ProtobufMessage) {
    add(field, message.bytes)
  }

  /// Adds a map from text to text, in the order of its keys.
  mutating func add(_ field: Int, _ map: [String: String]) {
    for (key, value) in map.sorted(by: { $0.key < $1.key }) {
      var entry = ProtobufMessage()
      entry.add(1, key)
      entry.add(2, value)
      add(field, entry)
    }
  }

  private mutating func add(_ field: Int, _ content: ByteBuffer) {
    Self.write(UInt64(field << 3 | 2), to: &bytes)
    Self.write(UInt64(content.readableBytes), to: &bytes)
    bytes.writeImmutableBuffer(content)
  }

  private static func write(_ number: UInt64, to bytes: inout ByteBuffer) {
    var rest = number
    while rest > 0x7F {
      bytes.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.writeInteger(UInt8(truncatingIfNeeded: rest))
  }
}

/// The fields of a received message.
struct ProtobufFields: Sendable {
  /// What a field holds.
  enum Value: Sendable {
    case number(UInt64)
    case bytes(ByteBuffer)
  }

  /// Every field in the order of the message.
  let all: [(field: Int, value: Value)]

  /// Reads a message; nothing if the bytes are none.
  init?(_ message: ByteBuffer) {
    var rest = message
    var all: [(Int, Value)] = []
    while rest.readableBytes > 0 {
      guard let key = Self.number(&rest) else { return nil }
      let field = Int(key >> 3)
      switch key & 7 {
      case 0:
        guard let number = Self.number(&rest) else { return nil }
        all.append((field, .number(number)))
      case 1:
        guard let number: UInt64 = rest.readInteger(endianness: .little) else { return nil }
        all.append((field, .number(number)))
      case 2:
        guard let length = Self.number(&rest), let slice = rest.readSlice(length: Int(length))
        else { return nil }
        all.append((field, .bytes(slice)))
      case 5:
        guard let number: UInt32 = rest.readInteger(endianness: .little) else { return nil }
        all.append((field, .number(UInt64(number))))
      default: return nil
      }
    }
    self.all = all
  }

  /// The last text of a field.
  func text(_ field: Int) -> String? {
    for case (field, .bytes(let bytes)) in all.reversed() { return String(buffer: bytes) }
    return nil
  }

  /// The last number of a field; absent fields are zero.
  func number(_ field: Int) -> UInt64 {
    for case (field, .number(let number)) in all.reversed() { return number }
    return 0
  }

  /// Every message of a repeated field.
  func messages(_ field: Int) -> [ProtobufFields] {
    all.compactMap { entry in
      guard case (field, .bytes(let bytes)) = entry else { return nil }
      return ProtobufFields(bytes)
    }
  }

  private static func number(_ bytes: inout ByteBuffer) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64, let byte: UInt8 = bytes.readInteger() {
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    return nil
  }
}
