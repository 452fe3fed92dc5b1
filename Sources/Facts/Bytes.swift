/// A run of bytes of an artifact. Parsers work on bytes: text from a node need not be valid UTF-8,
/// and comparing characters is many times slower.
typealias Bytes = ArraySlice<UInt8>

extension UInt8 {
  var isASCIILetter: Bool {
    (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z")
  }

  var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  var isBlank: Bool { self == 0x20 || self == 0x09 }

  var isWhitespace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0d) }

  var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension String {
  /// Text from bytes; what is not UTF-8 becomes U+FFFD.
  init(_ bytes: Bytes) {
    self.init(decoding: bytes, as: UTF8.self)
  }
}

extension ArraySlice<UInt8> {

  func hasPrefix(_ text: [UInt8]) -> Bool {
    guard count >= text.count else { return false }
    let own = span
    let other = text.span
    for index in other.indices where own[index] != other[index] { return false }
    return true
  }

  func hasSuffix(_ text: String) -> Bool {
    let utf8 = text.utf8
    return count >= utf8.count && suffix(utf8.count).elementsEqual(utf8)
  }

  func equals(_ text: String) -> Bool {
    let utf8 = text.utf8
    return count == utf8.count && elementsEqual(utf8)
  }

  func starts(_ text: String) -> Bool {
    let utf8 = text.utf8
    return count >= utf8.count && starts(with: utf8)
  }

  /// The place of the first occurrence of `text` at or after `from`.
  func firstRange(of text: [UInt8], from: Int? = nil) -> Range<Int>? {
    guard let first = text.first else { return nil }
    let own = span
    let other = text.span
    var at = (from ?? startIndex) - startIndex
    let last = own.count - other.count
    while at <= last {
      if own[at] == first {
        var offset = 1
        while offset < other.count, own[at + offset] == other[offset] { offset += 1 }
        if offset == other.count {
          return startIndex + at..<startIndex + at + other.count
        }
      }
      at += 1
    }
    return nil
  }

  func contains(_ text: String) -> Bool {
    firstRange(of: Array(text.utf8)) != nil
  }

  /// Without white space at both ends.
  var trimmed: Bytes {
    var slice = self
    while let first = slice.first, first.isWhitespace { slice = slice.dropFirst() }
    while let last = slice.last, last.isWhitespace { slice = slice.dropLast() }
    return slice
  }

  /// The parts between runs of white space.
  var words: [Bytes] {
    split(whereSeparator: \.isWhitespace)
  }

  /// The parts before and after the first `separator`; nil without one.
  func cut(at separator: UInt8) -> (Bytes, Bytes)? {
    guard let index = firstIndex(of: separator) else { return nil }
    return (self[startIndex..<index], self[(index + 1)...])
  }

  /// A decimal number that takes up all bytes; nil if it does not or does not fit.
  var integer: Int64? {
    var rest = self
    var isNegative = false
    if rest.first == UInt8(ascii: "-") {
      isNegative = true
      rest = rest.dropFirst()
    }
    guard !rest.isEmpty, rest.count <= 19 else { return nil }
    var value: Int64 = 0
    for byte in rest {
      guard byte.isASCIIDigit else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !overflow2 else { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }
}
