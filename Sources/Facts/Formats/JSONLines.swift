extension ArtifactInput {
  /// Hands out the JSON objects of a member that holds one on each line. What is none becomes an
  /// issue; several on one line are all read.
  mutating func forEachJSON<Row>(
    _ rows: inout RowSink<Row>, _ take: (JSONValue, Int, inout RowSink<Row>) -> Void
  ) throws(ParseError) {
    while let line = try nextLine() {
      guard line.contains(where: { !$0.isWhitespace }), !ShellPrompt.matches(line) else { continue }
      let (values, failure) = JSONReader.documents(line)
      for value in values where value.object != nil { take(value, lineNumber, &rows) }
      if let failure {
        rows.unreadable("not JSON: \(failure.reason)", line: lineNumber)
      } else if values.contains(where: { $0.object == nil }) {
        rows.unreadable("not a JSON object", line: lineNumber)
      }
    }
  }

  /// Whether a text member holds a JSON object: our own collector's spelling of what others keep as
  /// text. Looks at the first byte that says something and leaves the input where it was.
  mutating func startsWithObject() throws(ParseError) -> Bool {
    try peek { bytes in
      let first = bytes.first { !$0.isWhitespace && $0 != 0xef && $0 != 0xbb && $0 != 0xbf }
      return first.map { $0 == UInt8(ascii: "{") }
    } ?? false
  }
}
