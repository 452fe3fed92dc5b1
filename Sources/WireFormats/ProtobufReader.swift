/// Reads the fields of one protocol buffers message in the order in which they stand. What a field
/// means is the caller's business; unknown ones are simply left aside.
public struct ProtobufReader: Sendable {
  /// One field as it stands on the wire.
  public struct Field: Sendable, Equatable {
    /// The field's number in the message's declaration.
    public var number: Int
    /// Its value.
    public var value: Value
  }

  /// A value in one of the encodings of the wire.
  public enum Value: Sendable, Equatable {
    /// Integers, booleans and enumerations.
    case varint(UInt64)
    /// Eight bytes, little endian.
    case fixed64(UInt64)
    /// Texts, bytes, messages, maps and packed lists.
    case bytes(ArraySlice<UInt8>)
    /// Four bytes, little endian.
    case fixed32(UInt32)
  }

  private var rest: ArraySlice<UInt8>

  /// Reads the bytes of one message.
  public init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// The next field, or `nil` at the end of the message.
  public mutating func next() throws(WireError) -> Field? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    guard let number = Int(exactly: key >> 3), (1...536_870_911).contains(number) else {
      throw WireError("a field has an impossible number")
    }
    switch key & 7 {
    case 0: return Field(number: number, value: .varint(try varint()))
    case 1: return Field(number: number, value: .fixed64(try fixed(8)))
    case 2:
      guard let count = Int(exactly: try varint()), count <= rest.count else {
        throw WireError("a field is longer than its message")
      }
      return Field(number: number, value: .bytes(take(count)))
    case 5:
      return Field(number: number, value: .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw WireError("a field has an unknown encoding")
    }
  }

  private mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw WireError("a number is cut") }
      let bits = UInt64(byte & 0x7F)
      guard shift < 63 || bits <= 1 else { throw WireError("a number exceeds 64 bits") }
      value |= bits << shift
      if byte < 0x80 { return value }
    }
    throw WireError("a number exceeds 64 bits")
  }

  private mutating func fixed(_ count: Int) throws(WireError) -> UInt64 {
    guard rest.count >= count else { throw WireError("a number is cut") }
    return take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    let taken = rest.prefix(count)
    rest = rest.dropFirst(count)
    return taken
  }
}

/// The fields of one message, found by their number.
public struct ProtobufMessage: Sendable {
  /// The most fields that one message may have: more than any runtime has pods, containers and
  /// images, few enough to stay small.
  public static let fieldLimit = 100_000

  private var fields: [Int: [ProtobufReader.Value]] = [:]

  /// Reads a message.
  public init(_ bytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = ProtobufReader(bytes)
    var count = 0
    while let field = try reader.next() {
      count += 1
      guard count <= Self.fieldLimit else { throw WireError("a message has too many fields") }
      fields[field.number, default: []].append(field.value)
    }
  }

  /// Every value of a field, in order.
  public func values(_ number: Int) -> [ProtobufReader.Value] {
    fields[number] ?? []
  }

  /// A number; the last one counts, and an absent one is zero.
  public func number(_ number: Int) -> UInt64 {
    switch values(number).last {
    case .varint(let value), .fixed64(let value): value
    case .fixed32(let value): UInt64(value)
    case .bytes, nil: 0
    }
  }

  /// The bytes of every value of a field.
  public func all(_ number: Int) -> [ArraySlice<UInt8>] {
    values(number).compactMap { value in
      if case .bytes(let bytes) = value { bytes } else { nil }
    }
  }

  /// The bytes of a field; the last ones count.
  public func bytes(_ number: Int) -> ArraySlice<UInt8>? {
    all(number).last
  }

  /// A text; an absent one is empty.
  public func text(_ number: Int) -> String {
    String(decoding: bytes(number) ?? [], as: UTF8.self)
  }

  /// A map of texts; the last value of a name counts.
  public func map(_ number: Int) throws(WireError) -> [String: String] {
    var map: [String: String] = [:]
    for bytes in all(number) {
      let entry = try ProtobufMessage(bytes)
      map[entry.text(1)] = entry.text(2)
    }
    return map
  }
}
