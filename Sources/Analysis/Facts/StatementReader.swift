import BundleArchive
import SystemPackage

/// Gathers the lines of a prompt until they make a statement.
public struct StatementReader: Sendable {
  /// The longest statement that is read, in bytes.
  public static let limitBytes = 1 << 20
  private var text = ""

  /// Starts without a line.
  public init() {}

  /// Whether a statement has begun.
  public var hasBegun: Bool { !text.isEmpty }

  /// Takes a line; a statement when it ends with this line: a dot command at once, SQL at a semicolon
  /// outside of quotes and comments.
  public mutating func add(_ line: String) -> String? {
    if text.isEmpty {
      guard let first = line.first(where: { !$0.isWhitespace }) else { return nil }
      if first == "." { return line }
    }
    text += line + "\n"
    guard Self.isComplete(text) || text.utf8.count > Self.limitBytes else { return nil }
    defer { text = "" }
    return text
  }

  /// Forgets what has begun.
  public mutating func cancel() { text = "" }

  /// Whether the last sign outside of quotes, comments and blanks is a semicolon.
  static func isComplete(_ sql: String) -> Bool {
    let bytes = Array(sql.utf8)
    var last: UInt8 = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
        guard let end = bytes[(index + 1)...].firstIndex(of: byte) else { return false }
        index = end
        last = byte
      case UInt8(ascii: "-") where next == byte:
        index = bytes[index...].firstIndex(of: 0x0A) ?? bytes.count
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
        guard let end = Self.end(ofComment: bytes, from: index + 2) else { return false }
        index = end
      case 0...0x20: break
      default: last = byte
      }
      index += 1
    }
    return last == UInt8(ascii: ";")
  }

  private static func end(ofComment bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
        return index + 1
      }
      index += 1
    }
    return nil
  }
}

extension StatementReader {
  /// Reads a statement from standard input, to its end.
  public static func standardInput() throws(AnalysisError) -> String {
    var bytes: [UInt8] = []
    do throws(Errno) {
      while case let chunk = try FileDescriptor.standardInput.readChunk(upTo: 64 << 10),
        !chunk.isEmpty, bytes.count <= limitBytes
      {
        bytes += chunk
      }
    } catch {
      throw AnalysisError(
        code: "E306", what: "standard input cannot be read: \(error)", why: "it was closed",
        remedy: "pass the SQL as the last argument", exitCode: 3)
    }
    guard bytes.count <= limitBytes else {
      throw AnalysisError(
        code: "E404", what: "the SQL has more than \(limitBytes) bytes",
        why: "no question is that long", remedy: "name - as the bundle if standard input is one",
        exitCode: 2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
