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

  enum Piece: Sendable {
    case text([UInt8])
    case number(Int)
    case gap(Int)
    case skipped
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
    var rest = shape[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(.text(Array(rest[..<open].utf8))) }
      var name = String(rest[rest.index(after: open)..<close])
      let isNumber = name.hasPrefix("#")
      if isNumber { name.removeFirst() }
      if name == "_" {
        pieces.append(.skipped)
      } else {
        let index = names.firstIndex(of: name) ?? names.count
        if index == names.count { names.append(name) }
        pieces.append(isNumber ? .number(index) : .gap(index))
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(Array(rest.utf8))) }
    self.pieces = pieces
  }

  /// The byte that a message of this shape starts with; nil if a gap comes first.
  var firstByte: UInt8? {
    if case .text(let text) = pieces.first { text.first } else { nil }
  }

  /// Whether the message has this shape; fills the gaps with places in the message.
  func match(_ message: Bytes, _ gaps: inout [PatternGap]) -> Bool {
    let span = message.span
    var at = 0
    var index = 0
    while index < pieces.count {
      switch pieces[index] {
      case .text(let text):
        guard let next = Self.after(text, span, at) else { return false }
        at = next
      case .number(let name):
        while at < span.count, span[at].isBlank { at += 1 }
        let start = at
        if at < span.count, span[at] == UInt8(ascii: "-") { at += 1 }
        let digits = at
        while at < span.count, span[at].isASCIIDigit { at += 1 }
        guard at > digits else { return false }
        gaps.append(PatternGap(name: name, start: start, end: at, isNumber: true))
      case .gap, .skipped:
        var end = span.count
        var next = span.count
        if index + 1 < pieces.count, case .text(let text) = pieces[index + 1] {
          guard let found = Self.find(text, span, at) else { return false }
          (end, next) = found
          // The text behind a gap may occur in it as well: at the end of a message only its last
          // occurrence counts.
          if index + 2 == pieces.count, next < span.count {
            guard let last = Self.findLast(text, span, end) else { return false }
            (end, next) = last
          }
        }
        if case .gap(let name) = pieces[index] {
          gaps.append(PatternGap(name: name, start: at, end: end, isNumber: false))
        }
        at = next
        index += 1
      }
      index += 1
    }
    return at == span.count
  }

  /// The place behind `text`, if it stands at `at`.
  private static func after(_ text: [UInt8], _ span: Span<UInt8>, _ at: Int) -> Int? {
    var at = at
    let text = text.span
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
    _ text: [UInt8], _ span: Span<UInt8>, _ from: Int
  ) -> (start: Int, end: Int)? {
    guard let first = text.first else { return (from, from) }
    var at = from
    while at < span.count {
      let isCandidate = first == 0x20 ? span[at].isBlank : span[at] == first
      if isCandidate, let end = after(text, span, at) { return (at, end) }
      at += 1
    }
    return nil
  }

  private static func findLast(
    _ text: [UInt8], _ span: Span<UInt8>, _ from: Int
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
  private let patterns: [LinePattern]
  private let byFirstByte: [[Candidate]]

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
      guard case .text(let text) = pattern.pieces.first else { return }
      for (offset, byte) in text.prefix(8).enumerated() {
        guard byte != 0x20 else { break }
        mask |= 0xff << UInt64(offset * 8)
        value |= UInt64(byte) << UInt64(offset * 8)
      }
    }
  }

  init(_ entries: [(event: String, shape: String)]) {
    var names: [String] = []
    let patterns = entries.flatMap { LinePattern.expand($0.event, $0.shape, names: &names) }
    var byFirstByte: [[Candidate]] = Array(repeating: [], count: 256)
    for (index, pattern) in patterns.enumerated() {
      let candidate = Candidate(pattern, index: index)
      if let byte = pattern.firstByte {
        byFirstByte[Int(byte)].append(candidate)
      } else {
        for byte in 0..<256 { byFirstByte[byte].append(candidate) }
      }
    }
    self.names = names
    self.patterns = patterns
    self.byFirstByte = byFirstByte
  }

  /// The event of the first shape that fits, and what stands in its gaps.
  func match(_ message: Bytes, _ gaps: inout [PatternGap]) -> String? {
    gaps.removeAll(keepingCapacity: true)
    var end = message.endIndex
    while end > message.startIndex, message[end - 1].isWhitespace { end -= 1 }
    let message = message[..<end]
    guard let first = message.first else { return nil }
    var start: UInt64 = 0
    for (offset, byte) in message.prefix(8).enumerated() {
      start |= UInt64(byte) << UInt64(offset * 8)
    }
    for candidate in byFirstByte[Int(first)] where start & candidate.mask == candidate.value {
      gaps.removeAll(keepingCapacity: true)
      if patterns[candidate.index].match(message, &gaps) {
        return patterns[candidate.index].event
      }
    }
    gaps.removeAll(keepingCapacity: true)
    return nil
  }
}
