import BundleModel

/// JSON documents one after another, with other text in between: what collectors append, what tools
/// print beside their answer, and the logs of `kubectl cluster-info dump`.
enum JSONSequence {
  /// Every document. A damaged one is kept without its damaged part; what is left out is reported.
  static func read(_ bytes: Bytes) -> ReadDocuments {
    var read = ReadDocuments()
    var reader = JSONReader(bytes, keepsWholeParts: true)
    while true {
      reader.skipWhitespace()
      let index = reader.index
      guard index < bytes.endIndex else { return read }
      guard bytes[index] == UInt8(ascii: "{") || isArray(bytes[index...]) else {
        reader = skipped(reader, bytes, &read)
        continue
      }
      // Parts of a damaged document are kept; only the bound of values ends the reading.
      guard let value = try? reader.value() else {
        read.problem("too many values: the rest is left out", reader.line)
        return read
      }
      read.values.append(value)
      if let damage = reader.damage {
        read.problem("not JSON: \(damage.reason)", damage.line)
        let next = nextDocument(bytes, from: max(reader.index, index + 1))
        reader = resumed(reader, bytes, from: reader.index, at: next)
      }
    }
  }

  /// A prompt may start with a bracket too.
  private static func isArray(_ bytes: Bytes) -> Bool {
    guard bytes.first == UInt8(ascii: "[") else { return false }
    return !ShellPrompt.matches(bytes.prefix { $0 != 0x0a })
  }

  /// Behind a line that is no document, or behind a whole log.
  private static func skipped(
    _ reader: JSONReader, _ bytes: Bytes, _ read: inout ReadDocuments
  ) -> JSONReader {
    let end = bytes[reader.index...].firstIndex(of: 0x0a) ?? bytes.endIndex
    let line = bytes[reader.index..<end]
    if isLog(line) {
      return resumed(reader, bytes, from: reader.index, at: endOfLog(bytes, from: end))
    }
    if !ShellPrompt.matches(line), !line.allSatisfy({ $0 == 0 }) {
      read.problem("not JSON: neither a document nor a log", reader.line)
    }
    return resumed(reader, bytes, from: reader.index, at: end)
  }

  private static func resumed(
    _ reader: JSONReader, _ bytes: Bytes, from: Int, at next: Int
  ) -> JSONReader {
    let passed = from < next ? bytes[from..<next].count { $0 == 0x0a } : 0
    return JSONReader(bytes[next...], line: reader.line + passed, keepsWholeParts: true)
  }

  /// The next line that starts with a brace or with the mark of a log.
  private static func nextDocument(_ bytes: Bytes, from: Int) -> Int {
    var at = from
    while at < bytes.endIndex, let end = bytes[at...].firstIndex(of: 0x0a) {
      at = end + 1
      if at < bytes.endIndex, bytes[at] == UInt8(ascii: "{") || isLog(bytes[at...]) { return at }
    }
    return bytes.endIndex
  }

  /// The line in front of a log inside of `kubectl cluster-info dump`.
  static func isLog(_ line: Bytes) -> Bool { line.starts("==== START logs for container ") }

  /// The place behind the line that ends a log.
  private static func endOfLog(_ bytes: Bytes, from: Int) -> Int {
    guard let mark = bytes.firstRange(of: Array("\n==== END logs for container ".utf8), from: from)
    else { return bytes.endIndex }
    return bytes[mark.upperBound...].firstIndex(of: 0x0a) ?? bytes.endIndex
  }
}

extension ReadDocuments {
  mutating func problem(_ reason: String, _ line: Int?) {
    guard problems.count < FactLimits.issuesPerMember else { return }
    problems.append((reason, line))
  }
}

extension ArtifactInput {
  /// Every JSON document of the member with other text in between. Damage becomes issues.
  mutating func readJSONSequence<Row>(
    _ rows: inout RowSink<Row>
  ) throws(ParseError) -> [JSONValue] {
    let read: ReadDocuments
    if let known = documents[.sequence] {
      read = known
    } else {
      read = JSONSequence.read(try readAll())
    }
    documents[.sequence] = read
    for problem in read.problems { rows.unreadable(problem.reason, line: problem.line) }
    return read.values
  }
}
