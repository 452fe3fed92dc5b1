/// Reads the fixed-size fields of kernel structures: every read is checked against the end, so that
/// a damaged message gives `nil` and never a crash. The kernel writes its structures in the
/// machine's byte order, which is little-endian on every platform that the collector runs on.
extension ArraySlice<UInt8> {
  /// The byte at an offset from the beginning of the slice.
  func u8(_ offset: Int) -> UInt8? {
    guard offset >= 0, offset < count else { return nil }
    return self[startIndex + offset]
  }

  /// Two bytes in the machine's order.
  func u16(_ offset: Int) -> UInt16? { integer(offset, size: 2).map { UInt16($0) } }

  /// Four bytes in the machine's order.
  func u32(_ offset: Int) -> UInt32? { integer(offset, size: 4).map { UInt32($0) } }

  /// Eight bytes in the machine's order.
  func u64(_ offset: Int) -> UInt64? { integer(offset, size: 8) }

  /// Two bytes in network order.
  func networkU16(_ offset: Int) -> UInt16? { u16(offset)?.byteSwapped }

  /// Four bytes in network order.
  func networkU32(_ offset: Int) -> UInt32? { u32(offset)?.byteSwapped }

  /// Eight bytes in network order.
  func networkU64(_ offset: Int) -> UInt64? { u64(offset)?.byteSwapped }

  private func integer(_ offset: Int, size: Int) -> UInt64? {
    guard offset >= 0, count >= size, offset <= count - size else { return nil }
    var value: UInt64 = 0
    for index in (0..<size).reversed() {
      value = value << 8 | UInt64(self[startIndex + offset + index])
    }
    return value
  }

  /// The bytes from an offset on; empty beyond the end.
  func from(_ offset: Int) -> ArraySlice<UInt8> { dropFirst(Swift.max(0, offset)) }

  /// Text up to its terminating zero.
  var zeroTerminated: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }

  /// Bytes as hexadecimal digits.
  var hexadecimal: String { map { $0.hexadecimal }.joined() }

  /// A hardware address in the usual form.
  var hardwareAddress: String { map { $0.hexadecimal }.joined(separator: ":") }
}

extension UInt8 {
  /// Two hexadecimal digits.
  var hexadecimal: String {
    let text = String(self, radix: 16)
    return text.utf8.count == 1 ? "0" + text : text
  }
}

extension [UInt8] {
  /// Adds an integer in the machine's order.
  mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    for index in 0..<value.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: value >> (index * 8)))
    }
  }

  /// A structure of this many zero bytes.
  static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
