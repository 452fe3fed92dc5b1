/// Writes the fields of one protocol buffers message.
public struct ProtobufWriter: Sendable {
  /// The message so far.
  public private(set) var bytes: [UInt8] = []

  /// Begins an empty message.
  public init() {}

  /// Adds a text; an empty one is the default and needs no place.
  public mutating func add(_ number: Int, _ text: String) {
    guard !text.isEmpty else { return }
    add(number, Array(text.utf8))
  }

  /// Adds bytes, or a message that is written already.
  public mutating func add(_ number: Int, _ value: [UInt8]) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  /// Adds a number; zero is the default and needs no place.
  public mutating func add(_ number: Int, _ value: Int64) {
    guard value != 0 else { return }
    varint(UInt64(number) << 3)
    varint(UInt64(bitPattern: value))
  }

  /// Adds a truth value; `false` is the default and needs no place.
  public mutating func add(_ number: Int, _ value: Bool) {
    add(number, Int64(value ? 1 : 0))
  }

  /// Adds an entry of a map of texts.
  public mutating func add(_ number: Int, key: String, value: String) {
    var entry = ProtobufWriter()
    entry.add(1, key)
    entry.add(2, value)
    add(number, entry.bytes)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
