/// A line of a container's log file: what the container wrote, in the runtime's wrapping.
struct ContainerLine {
  var text: Bytes
  /// When the runtime took it, in microseconds since 1970.
  var timeUs: Int64?
  /// Whether the container's line goes on in the next one.
  var isPartial: Bool

  /// `2031-04-02T09:15:19.500123456Z stderr F text`, or docker's
  /// `{"log":"text\n","stream":"stderr","time":"…"}`; nil for a line without wrapping.
  init?(_ line: Bytes) {
    if line.first == UInt8(ascii: "{") { self.init(docker: line) } else { self.init(cri: line) }
  }

  private init?(cri line: Bytes) {
    guard line.first?.isASCIIDigit == true, let (us, end) = Timestamp.iso8601(line),
      end < line.endIndex, line[end] == 0x20
    else { return nil }
    var rest = line[(end + 1)...]
    guard rest.starts("stdout ") || rest.starts("stderr ") else { return nil }
    rest = rest.dropFirst(7)
    // Tags may follow the first one behind a colon.
    guard let tag = rest.first, tag == UInt8(ascii: "F") || tag == UInt8(ascii: "P"),
      let (_, text) = rest.cut(at: 0x20)
    else { return nil }
    self.text = text
    timeUs = us
    isPartial = tag == UInt8(ascii: "P")
  }

  private init?(docker line: Bytes) {
    guard line.starts(#"{"log":""#) else { return nil }
    var reader = JSONReader(line, valueLimit: 100)
    // A damaged wrapping is no wrapping; the log's reader says what is wrong with the line.
    guard let value = try? reader.value(), let text = value["log"]?.string else { return nil }
    var bytes = Array(text.utf8)[...]
    isPartial = bytes.last != 0x0a
    if !isPartial { bytes = bytes.dropLast() }
    self.text = bytes
    timeUs = value["time"]?.string.flatMap { Timestamp.iso8601(Array($0.utf8)[...])?.us }
  }
}

/// Puts lines together that a container's runtime wrapped and may have broken in pieces.
struct ContainerLines {
  /// When the runtime took the first piece of the last line, in microseconds since 1970.
  private(set) var timeUs: Int64?

  /// What a container wrote as its next line, and the number of the line on which it starts.
  mutating func next(
    _ input: inout ArtifactInput
  ) throws(ParseError) -> (bytes: Bytes, line: Int)? {
    var carried: [UInt8] = []
    var start: Int?
    timeUs = nil
    while let line = try input.nextLine() {
      guard let wrapped = ContainerLine(line) else {
        return start.map { (carried[...], $0) } ?? (line, input.lineNumber)
      }
      if start == nil { timeUs = wrapped.timeUs }
      if start == nil, !wrapped.isPartial { return (wrapped.text, input.lineNumber) }
      start = start ?? input.lineNumber
      if carried.count < FactLimits.lineBytes { carried += wrapped.text }
      if !wrapped.isPartial { break }
    }
    return start.map { (carried[...], $0) }
  }
}
