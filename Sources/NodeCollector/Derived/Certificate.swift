import FoundationEssentials

/// The public fields of an X.509 certificate that tell whose it is and how long it is valid.
struct Certificate: Sendable, Equatable, Encodable {
  /// Common name of the owner.
  var subject: String?
  /// Common name of the signer.
  var issuer: String?
  /// RFC 3339 in UTC.
  var not_before: String
  var not_after: String
  /// Number of alternative names, which themselves may tell more than wanted.
  var alternative_names: Int

  /// The certificates of a PEM file; what else it holds, such as a private key, is not decoded.
  static func all(inPEM text: String) -> [Certificate] {
    let begin = "-----BEGIN CERTIFICATE-----"
    let end = "-----END CERTIFICATE-----"
    var found: [Certificate] = []
    var rest = text[...]
    while let start = rest.firstRange(of: begin),
      let stop = rest[start.upperBound...].firstRange(of: end)
    {
      let base64 = rest[start.upperBound..<stop.lowerBound].filter { !$0.isWhitespace }
      if let data = Data(base64Encoded: String(base64)),
        let certificate = Certificate(der: Array(data))
      {
        found.append(certificate)
      }
      rest = rest[stop.upperBound...]
    }
    return found
  }

  /// Reads the DER form; `nil` for anything that is none.
  init?(der bytes: [UInt8]) {
    // Certificate > tbsCertificate > [version], serial, algorithm, issuer, validity, subject, …
    guard let outer = DERValue.all(bytes[...]).first, outer.tag == 0x30,
      let body = outer.children.first, body.tag == 0x30
    else { return nil }
    var fields = body.children[...]
    if fields.first?.tag == 0xA0 { fields = fields.dropFirst() }
    guard fields.count >= 5 else { return nil }
    let at = fields.startIndex
    let validity = fields[at + 3].children
    guard validity.count == 2, let start = Self.time(validity[0]), let end = Self.time(validity[1])
    else { return nil }
    issuer = Self.commonName(fields[at + 2])
    subject = Self.commonName(fields[at + 4])
    not_before = start
    not_after = end
    let extensions = fields.last { $0.tag == 0xA3 }?.children.first?.children ?? []
    let names = extensions.first {
      $0.children.first?.content.elementsEqual([0x55, 0x1D, 0x11]) == true
    }
    alternative_names =
      names?.children.last.flatMap { DERValue.all($0.content).first }?.children.count ?? 0
  }

  /// A name is a list of sets of pairs of an object identifier and a text; 2.5.4.3 is the common
  /// name.
  private static func commonName(_ name: DERValue) -> String? {
    for pair in name.children.flatMap(\.children) {
      let parts = pair.children
      guard parts.count == 2, parts[0].content.elementsEqual([0x55, 0x04, 0x03]) else { continue }
      return String(decoding: parts[1].content, as: UTF8.self)
    }
    return nil
  }

  /// `YYMMDDHHMMSSZ` with years from 1950 to 2049, or `YYYYMMDDHHMMSSZ`.
  private static func time(_ value: DERValue) -> String? {
    var digits = String(decoding: value.content, as: UTF8.self)
    if value.tag == 0x17, let year = Int(digits.prefix(2)) {
      digits = (year < 50 ? "20" : "19") + digits
    }
    guard digits.utf8.count == 15, digits.hasSuffix("Z"),
      digits.dropLast().utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let characters = Array(digits)
    func part(_ from: Int, _ count: Int) -> String { String(characters[from..<(from + count)]) }
    return "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z"
  }
}

/// One value of the encoding that certificates use: a tag, a length and the content.
struct DERValue {
  let tag: UInt8
  let content: ArraySlice<UInt8>

  /// The values inside, of a value that consists of values.
  var children: [DERValue] { tag & 0x20 != 0 ? Self.all(content) : [] }

  /// The values of a run of bytes, up to the first that is not whole.
  static func all(_ bytes: ArraySlice<UInt8>) -> [DERValue] {
    var values: [DERValue] = []
    var rest = bytes
    while rest.count >= 2 {
      let tag = rest.removeFirst()
      var length = Int(rest.removeFirst())
      if length >= 0x80 {
        let count = length & 0x7F
        // Nothing that fits in memory needs more than four bytes of length.
        guard (1...4).contains(count), rest.count >= count else { break }
        length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(count)
      }
      guard rest.count >= length else { break }
      values.append(DERValue(tag: tag, content: rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return values
  }
}
