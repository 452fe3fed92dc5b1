import BundleModel

extension ArtifactInput {
  /// The member as one JSON document: the last complete one, if a collector appended several.
  /// Damage becomes issues.
  mutating func readJSON<Row>(
    _ rows: inout RowSink<Row>
  ) throws(ParseError) -> JSONValue? {
    let bytes = try readAll()
    guard !bytes.allSatisfy({ $0.isWhitespace || $0 == 0 }) else { return nil }
    let (values, failure) = JSONReader.documents(bytes)
    if let failure {
      rows.unreadable("not JSON: \(failure.reason)", line: failure.line)
    }
    if values.count > 1 {
      rows.unreadable("\(values.count) documents in one file: the last one is used", line: nil)
    }
    return values.last
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
