import BundleModel

/// The documents of a member and what was wrong with them.
struct ReadDocuments {
  /// How a member was read.
  enum Form: Hashable {
    case documents, sequence, configuration
  }

  var values: [JSONValue] = []
  var problems: [(reason: String, line: Int?)] = []
}

extension ArtifactInput {
  /// The member as one JSON document: the last complete one, if a collector appended several.
  /// Damage becomes issues.
  mutating func readJSON<Row>(
    _ rows: inout RowSink<Row>
  ) throws(ParseError) -> JSONValue? {
    let values = try readJSONDocuments(&rows)
    if values.count > 1 {
      rows.unreadable("\(values.count) documents in one file: the last one is used", line: nil)
    }
    return values.last
  }

  /// Every JSON document of the member, in order. Damage becomes issues.
  mutating func readJSONDocuments<Row>(
    _ rows: inout RowSink<Row>
  ) throws(ParseError) -> [JSONValue] {
    let read: ReadDocuments
    if let known = documents[.documents] {
      read = known
    } else {
      read = try readDocuments()
    }
    documents[.documents] = read
    for problem in read.problems { rows.unreadable(problem.reason, line: problem.line) }
    return read.values
  }

  private mutating func readDocuments() throws(ParseError) -> ReadDocuments {
    let bytes = try readAll()
    guard !bytes.allSatisfy({ $0.isWhitespace || $0 == 0 }) else { return ReadDocuments() }
    let (values, failure) = JSONReader.documents(bytes)
    return ReadDocuments(
      values: values,
      problems: failure.map { [("not JSON: \($0.reason)", $0.line)] } ?? [])
  }

  /// The document that begins here, as `readJSON` has it, for parsers of several spellings. Lines
  /// are counted from the first one of the member.
  mutating func readDocument(
    _ complain: (String, Int?) -> Void
  ) throws(ParseError) -> JSONValue? {
    let (values, failure) = JSONReader.documents(try rest())
    if let failure { complain("not JSON: \(failure.reason)", failure.line) }
    if values.count > 1 {
      complain("\(values.count) documents in one file: the last one is used", nil)
    }
    return values.last
  }

  /// All that is left, with line breaks in the place of the lines that were taken.
  mutating func rest() throws(ParseError) -> Bytes {
    let taken = lineNumber
    let bytes = try readAll()
    guard taken > 0 else { return bytes }
    return [UInt8](repeating: 0x0a, count: taken) + bytes
  }

  /// The absolute path of the member on the node.
  var nodePath: String {
    if let origin { return origin }
    guard let folder = Catalog.artifact(artifact)?.path, path.hasPrefix(folder + "/") else {
      return path.hasPrefix("/") ? path : "/" + path
    }
    return String(path.dropFirst(folder.utf8.count))
  }

  /// The last component of the member's path.
  var fileName: String {
    Path.name(path)
  }

  /// Which reading of a state the member is: 1 at the start of the run, 2 at its end.
  var reading: Int {
    artifact.rawValue.hasSuffix("_again") ? 2 : 1
  }
}

/// Paths as text: facts never touch a file system.
enum Path {
  static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  static func directory(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[..<slash])
  }
}
