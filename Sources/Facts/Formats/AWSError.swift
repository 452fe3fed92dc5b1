/// The error of an AWS call inside a log message, in the spelling of either SDK.
struct AWSError {
  var code: String?
  var operation: String?

  /// Finds the error in a message.
  init(_ message: Bytes) {
    // Second SDK: `operation error EC2: Op, https response error …, api error Code: text`.
    if let found = message.firstRange(of: Self.operationMark) {
      let rest = message[found.upperBound...]
      if let (_, name) = rest.cut(at: UInt8(ascii: ":")) {
        operation = Self.identifier(name.trimmed)
      }
    } else if let found = message.firstRange(of: Self.permissionMark) {
      operation = Self.identifier(message[found.upperBound...])
    }
    if let found = message.firstRange(of: Self.apiMark) {
      code = Self.identifier(message[found.upperBound...])
    } else if let end = message.firstRange(of: Self.statusMark)
      ?? message.firstRange(of: Self.causedMark)
    {
      code = Self.firstCode(message[..<end.lowerBound])
    } else {
      code = Self.firstCode(message)
    }
  }

  private static let operationMark = Array("operation error ".utf8)
  private static let permissionMark = Array("failed to call ec2:".utf8)
  private static let apiMark = Array("api error ".utf8)
  private static let statusMark = Array("status code: ".utf8)
  private static let causedMark = Array("caused by: ".utf8)

  private static func identifier(_ bytes: Bytes) -> String? {
    let name = bytes.prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
    return name.isEmpty || name.count > 80 ? nil : String(name)
  }

  /// First SDK: the error starts with `Code: text`. A code is a word of several capitalised parts
  /// before a colon; plain words before a colon are prose.
  private static func firstCode(_ bytes: Bytes) -> String? {
    for word in bytes.prefix(4096).split(whereSeparator: \.isWhitespace) {
      guard word.last == UInt8(ascii: ":"), word.count >= 9, word.count <= 80,
        let first = word.first, first >= 0x41, first <= 0x5a
      else { continue }
      let name = word.dropLast()
      let isName = name.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: ".") }
      let hasParts = name.dropFirst().contains { $0 >= 0x41 && $0 <= 0x5a }
      let isOwnWord =
        name.starts("AssignPod") || name.starts("UnassignPod")
        || name.starts("UnAssign") || name.starts("RemoveENI") || name.starts("DataStore")
      if isName, !isOwnWord, hasParts || name.equals("Throttling") { return String(name) }
    }
    return nil
  }
}
