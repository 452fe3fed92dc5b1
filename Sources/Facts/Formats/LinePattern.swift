/// The shape of a log message: text with named gaps, such as `Found ENI: {eni}, MAC {mac}`.
///
/// `{name}` takes the bytes up to the text behind it, `{#name}` a whole number, `{_}` bytes that
/// nobody wants; `«a|b»` stands for either text. A blank matches one or more blanks, because
/// copies collapse them.
struct LinePattern: Sendable {
  /// What a message of this shape means.
  let event: String
  /// The shape's pieces in order.
  let pieces: [Piece]
  /// The fixed text of all pieces, one behind the other.
  private let bytes: [UInt8]

  /// A piece of a shape: no more than numbers, so that comparing costs nothing but comparing.
  struct Piece: Sendable {
    enum Kind: Sendable {
      case text, number, gap, skipped
    }

    var kind: Kind
    /// The name of what a number or a gap holds.
    var name = 0
    /// Where a text stands in the shape's bytes.
    var start = 0
    var end = 0
  }

  /// The patterns that one line of a catalogue stands for, one for each choice.
  static func expand(
    _ event: String, _ shape: String, names: inout [String]
  ) -> [LinePattern] {
    var shapes = [""]
    var rest = shape[...]
    while let open = rest.firstIndex(of: "«") {
      let close = rest[open...].firstIndex(of: "»") ?? rest.endIndex
      let before = rest[..<open]
      let choices = rest[rest.index(after: open)..<close]
        .split(separator: "|", omittingEmptySubsequences: false)
      shapes = shapes.flatMap { start in choices.map { start + before + $0 } }
      rest = close < rest.endIndex ? rest[rest.index(after: close)...] : ""
    }
    return shapes.map { LinePattern(event, $0 + rest, &names) }
  }

  private init(_ event: String, _ shape: String, _ names: inout [String]) {
    self.event = event
    var pieces: [Piece] = []
    var bytes: [UInt8] = []
    func add(_ text: Substring) {
      guard !text.isEmpty else { return }
      let start = bytes.count
      bytes += Array(text.utf8)
      pieces.append(Piece(kind: .text, start: start, end: bytes.count))
    }
    var rest = shape[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      add(rest[..<open])
      var name = String(rest[rest.index(after: open)..<close])
      let isNumber = name.hasPrefix("#")
      if isNumber { name.removeFirst() }
      if name == "_" {
        pieces.append(Piece(kind: .skipped))
      } else {
        let index = names.firstIndex(of: name) ?? names.count
        if index == names.count { names.append(name) }
        pieces.append(Piece(kind: isNumber ? .number : .gap, name: index))
      }
      rest = rest[rest.index(after: close)...]
    }
    add(rest)
    self.pieces = pieces
    self.bytes = bytes
  }

  /// The text that a message of this shape starts with; empty if a gap comes first.
  var start: ArraySlice<UInt8> {
    guard let first = pieces.first, first.kind == .text else { return [] }
    return bytes[first.start..<first.end]
  }

  /// Whether the message has this shape; fills the gaps with places in the message.
  func match(_ span: Span<UInt8>, _ gaps: inout [PatternGap]) -> Bool {
    let bytes = self.bytes
    let texts = bytes.span
    let pieces = self.pieces
    var at = 0
    var index = 0
    while index < pieces.count {
      let piece = pieces[index]
      switch piece.kind {
      case .text:
        guard let next = Self.after(texts.extracting(piece.start..<piece.end), span, at) else {
          return false
        }
        at = next
      case .number:
        while at < span.count, span[at].isBlank { at += 1 }
        let start = at
        if at < span.count, span[at] == UInt8(ascii: "-") { at += 1 }
        let digits = at
        while at < span.count, span[at].isASCIIDigit { at += 1 }
        guard at > digits else { return false }
        gaps.append(PatternGap(name: piece.name, start: start, end: at, isNumber: true))
      case .gap, .skipped:
        var end = span.count
        var next = span.count
        if index + 1 < pieces.count, pieces[index + 1].kind == .text {
          let text = texts.extracting(pieces[index + 1].start..<pieces[index + 1].end)
          guard let found = Self.find(text, span, at) else { return false }
          (end, next) = found
          // The text behind a gap may occur in it as well: at the end of a message only its last
          // occurrence counts.
          if index + 2 == pieces.count, next < span.count {
            guard let last = Self.findLast(text, span, end) else { return false }
            (end, next) = last
          }
        }
        if piece.kind == .gap {
          gaps.append(PatternGap(name: piece.name, start: at, end: end, isNumber: false))
        }
        at = next
        index += 1
      }
      index += 1
    }
    return at == span.count
  }

  /// The place behind `text`, if it stands at `at`.
  private static func after(
    _ text: Span<UInt8>, _ span: Span<UInt8>, _ at: Int
  ) -> Int? {
    var at = at
    for index in text.indices {
      guard at < span.count else { return nil }
      let wanted = text[index]
      if wanted == 0x20 {
        guard span[at].isBlank else { return nil }
        at += 1
        // The last blank takes one only: more of them belong to the gap or to the text behind it.
        guard index + 1 < text.count else { return at }
        while at < span.count, span[at].isBlank { at += 1 }
      } else {
        guard span[at] == wanted else { return nil }
        at += 1
      }
    }
    return at
  }

  private static func find(
    _ text: Span<UInt8>, _ span: Span<UInt8>, _ from: Int
  ) -> (start: Int, end: Int)? {
    let first = text[0]
    var at = from
    while at < span.count {
      let isCandidate = first == 0x20 ? span[at].isBlank : span[at] == first
      if isCandidate, let end = after(text, span, at) { return (at, end) }
      at += 1
    }
    return nil
  }

  private static func findLast(
    _ text: Span<UInt8>, _ span: Span<UInt8>, _ from: Int
  ) -> (start: Int, end: Int)? {
    var at = span.count - 1
    while at >= from {
      if let end = after(text, span, at), end == span.count { return (at, end) }
      at -= 1
    }
    return nil
  }
}

/// What stands in a gap: a range relative to the start of the message.
struct PatternGap {
  var name: Int
  var start: Int
  var end: Int
  var isNumber: Bool

  func bytes(_ message: Bytes) -> Bytes {
    message[(message.startIndex + start)..<(message.startIndex + end)].trimmed
  }
}

/// A catalogue of shapes, ordered so that a message is compared with few of them.
struct PatternCatalogue: Sendable {
  /// The names of all gaps; a gap's `name` is an index into them.
  let names: [String]
  /// The shapes, in the order of the catalogue. What a match answers is an index into them.
  let patterns: [LinePattern]
  private let candidates: [Candidate]
  /// For each first byte where its candidates begin; those of the last byte end with all others.
  private let starts: [Int]

  /// A pattern with the bytes that a message must start with, up to the first blank. Comparing
  /// them as one number leaves few patterns to be tried.
  private struct Candidate: Sendable {
    var mask: UInt64
    var value: UInt64
    var index: Int

    init(_ pattern: LinePattern, index: Int) {
      self.index = index
      mask = 0
      value = 0
      for (offset, byte) in pattern.start.prefix(8).enumerated() {
        guard byte != 0x20 else { break }
        mask |= 0xff << UInt64(offset * 8)
        value |= UInt64(byte) << UInt64(offset * 8)
      }
    }
  }

  init(_ entries: [(event: String, shape: String)]) {
    var names: [String] = []
    let patterns = entries.flatMap { LinePattern.expand($0.event, $0.shape, names: &names) }
    var candidates: [Candidate] = []
    var starts: [Int] = []
    for byte in UInt8.min...UInt8.max {
      starts.append(candidates.count)
      for (index, pattern) in patterns.enumerated()
      where pattern.start.isEmpty || pattern.start.first == byte {
        candidates.append(Candidate(pattern, index: index))
      }
    }
    starts.append(candidates.count)
    self.names = names
    self.patterns = patterns
    self.candidates = candidates
    self.starts = starts
  }

  /// The first shape that fits, and what stands in its gaps.
  func match(_ message: Bytes, _ gaps: inout [PatternGap]) -> Int? {
    gaps.removeAll(keepingCapacity: true)
    var end = message.endIndex
    while end > message.startIndex, message[end - 1].isWhitespace { end -= 1 }
    let message = message[..<end]
    let span = message.span
    guard span.count > 0 else { return nil }
    var start: UInt64 = 0
    if span.count >= 8 {
      start = Word.load(span, 0)
    } else {
      for index in span.indices { start |= UInt64(span[index]) << UInt64(index * 8) }
    }
    let first = Int(span[0])
    for place in starts[first]..<starts[first + 1] {
      let candidate = candidates[place]
      guard start & candidate.mask == candidate.value else { continue }
      gaps.removeAll(keepingCapacity: true)
      if patterns[candidate.index].match(span, &gaps) { return candidate.index }
    }
    gaps.removeAll(keepingCapacity: true)
    return nil
  }
}
