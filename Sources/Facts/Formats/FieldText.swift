/// Builds the text of a flat JSON object from bytes of a message.
struct FieldText {
  private var bytes: [UInt8] = []

  /// The object; nil without a member.
  var text: String? {
    bytes.isEmpty
      ? nil : String(decoding: [UInt8(ascii: "{")] + bytes + [UInt8(ascii: "}")], as: UTF8.self)
  }

  /// Adds a member. Numbers stand without quotes.
  mutating func add(_ name: String, _ value: Bytes, isNumber: Bool = false) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    if isNumber {
      bytes.append(contentsOf: value)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in value.prefix(FactLimits.messageBytes) { append(byte) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x0a: bytes.append(contentsOf: "\\n".utf8)
    case 0x0d: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20:
      let digits = String(byte, radix: 16)
      bytes.append(contentsOf: ("\\u00" + (digits.utf8.count < 2 ? "0" : "") + digits).utf8)
    default: bytes.append(byte)
    }
  }
}
