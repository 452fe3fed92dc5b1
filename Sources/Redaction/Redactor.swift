/// Masks the text of one item while it streams through. Text of any size passes in bounded memory,
/// and the result does not depend on how the text is cut into chunks.
///
/// Lines are never merged or split. A line longer than ``lineLimit`` is looked at in overlapping
/// windows; under R11 it is cut instead, with a marker that says how much is missing.
public struct Redactor: Sendable {
  /// The longest line, in bytes with its line feed, that is looked at as a whole.
  public static let lineLimit = 64 << 10
  /// How far behind the place where a window ends a secret may go on and still be recognised by its
  /// end as well as by its beginning.
  static let overlap = 16 << 10
  /// How much of the text before a window stays visible, so that names and word limits are seen.
  static let context = 256

  private let rules: RedactionRules
  private var scanner: LineScanner
  private var filter: StructureFilter?
  private var structured: [UInt8] = []
  /// `done` bytes that are written already and only serve as context, then bytes that are not.
  private var buffer: [UInt8] = []
  private var done = 0
  /// Past the last byte that was looked at, `done` or a little more.
  private var seen = 0
  private var isLineStart = true
  /// How many bytes of a cut line were left out so far; nil outside such a line.
  private var omitted: Int?

  /// Makes a redactor for one item. R1 is always on, whatever else is.
  public init(_ rules: RedactionRules) {
    self.init(rules, skipsPlainText: true)
  }

  init(_ rules: RedactionRules, skipsPlainText: Bool) {
    self.rules = rules
    scanner = LineScanner(rules, skipsPlainText: skipsPlainText)
    filter = StructureFilter(rules)
    buffer.reserveCapacity(Self.lineLimit)
  }

  /// How often each rule masked something so far.
  public var counts: RedactionCounts {
    var counts = scanner.counts
    if let filter { counts.add(filter.counts) }
    return counts
  }

  /// Takes the next bytes and appends what is masked and complete to `output`. Up to ``lineLimit``
  /// bytes wait for what follows them.
  public mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    guard filter != nil else {
      scan(bytes, into: &output)
      return
    }
    structured.removeAll(keepingCapacity: true)
    filter?.feed(bytes, into: &structured)
    scan(structured[...], into: &output)
  }

  /// Ends the text and appends what was still waiting.
  public mutating func finish(into output: inout [UInt8]) {
    if filter != nil {
      structured.removeAll(keepingCapacity: true)
      filter?.finish(into: &structured)
      scan(structured[...], into: &output)
    }
    if omitted != nil {
      endCut(into: &output)
    }
    if done < buffer.count {
      _ = pass(upTo: buffer.count, isOpen: false, into: &output)
    }
    buffer.removeAll()
    done = 0
    seen = 0
  }

  /// Fills the buffer; every time it is full, its whole lines pass.
  private mutating func scan(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) {
    var rest = bytes
    while !rest.isEmpty {
      if omitted != nil {
        rest = skip(rest, into: &output)
        continue
      }
      let room = Self.lineLimit - buffer.count
      buffer.append(contentsOf: rest.prefix(room))
      rest = rest.dropFirst(room)
      if buffer.count == Self.lineLimit {
        drain(into: &output)
      }
    }
  }

  private mutating func drain(into output: inout [UInt8]) {
    if let newline = buffer[done...].lastIndex(of: Byte.newline) {
      let end = pass(upTo: newline + 1, isOpen: false, into: &output)
      buffer.removeFirst(end)
      done = 0
      seen = 0
      isLineStart = true
    } else {
      passWindow(into: &output)
    }
  }

  /// Passes the beginning of a line that does not fit into the buffer.
  private mutating func passWindow(into output: inout [UInt8]) {
    let isCut = rules.contains(.logs) && done == 0
    let limit = max(seen, buffer.count - Self.overlap)
    let end = pass(upTo: limit, isOpen: true, into: &output)
    isLineStart = false
    if isCut {
      omitted = buffer.count - end
      scanner.count(.logs)
      buffer.removeAll(keepingCapacity: true)
      done = 0
      seen = 0
      return
    }
    let kept = min(end, Self.context)
    buffer.removeFirst(end - kept)
    done = kept
    seen -= end - kept
  }

  private mutating func pass(
    upTo limit: Int, isOpen: Bool, into output: inout [UInt8]
  ) -> Int {
    let window = Window(bytes: buffer, end: isOpen ? buffer.count : limit, isOpen: isOpen)
    let progress = scanner.scan(
      window, from: LineScanner.Progress(written: done, seen: seen), to: limit,
      isLineStart: isLineStart, into: &output)
    seen = progress.seen
    return progress.written
  }

  /// Leaves out the rest of a cut line.
  private mutating func skip(
    _ bytes: ArraySlice<UInt8>, into output: inout [UInt8]
  ) -> ArraySlice<UInt8> {
    let end = bytes.firstIndex(of: Byte.newline) ?? bytes.endIndex
    omitted = (omitted ?? 0) + end - bytes.startIndex
    if end < bytes.endIndex {
      endCut(into: &output)
      isLineStart = false
    }
    return bytes[end...]
  }

  /// Writes the marker of a cut line.
  private mutating func endCut(into output: inout [UInt8]) {
    output.append(contentsOf: " ### cnitriage: \(omitted ?? 0) bytes omitted ###".utf8)
    omitted = nil
    scanner.endCut()
  }
}
