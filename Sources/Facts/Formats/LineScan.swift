/// What one look at a line's bytes tells, so that no parser has to look at all of them again.
struct LineMarks {
  /// Bytes before the line end.
  var length = 0
  /// Whether the line end was among the bytes.
  var foundEnd = false
  /// Whether it holds zero or escape bytes, which have to be removed.
  var needsCleaning = false
  /// Whether it holds a backslash, so that its JSON strings may hold escapes.
  var hasBackslash = false
  /// How many double quotes it holds; nil for lines that are too long to count them.
  var quotes: Int? = 0

  /// Takes the marks of the line's next part in.
  mutating func append(_ other: LineMarks) {
    length += other.length
    foundEnd = other.foundEnd
    needsCleaning = needsCleaning || other.needsCleaning
    hasBackslash = hasBackslash || other.hasBackslash
    if let own = quotes, let more = other.quotes { quotes = own + more } else { quotes = nil }
  }
}

/// Counts lines without reading them.
public enum LineEnds {
  /// How many line ends there are among the bytes.
  public static func count(in bytes: ArraySlice<UInt8>) -> Int {
    LineScan.ends(in: bytes)
  }
}

/// Looks for the end of a line, sixteen bytes at a time.
enum LineScan {
  private typealias Block = SIMD16<UInt8>
  private static let width = 16
  /// Each lane counts up to 255 quotes.
  private static let countedBytes = 255 * width

  /// Looks at the bytes up to the next line end or up to their own end.
  static func line(_ bytes: Bytes) -> LineMarks {
    let span = bytes.span
    var at = 0
    var quotes = Block(repeating: 0)
    var odd = Block(repeating: 0)
    let zero = Block(repeating: 0)
    let one = Block(repeating: 1)
    let two = Block(repeating: 2)
    while span.count - at >= width {
      let block = load(span.extracting(at..<at + width))
      // At most sixteen ones: a sum is cheaper than asking for any of them.
      let ends = zero.replacing(with: one, where: block .== Block(repeating: 0x0a))
      if ends.wrappedSum() != 0 { break }
      quotes &+= zero.replacing(with: one, where: block .== Block(repeating: 0x22))
      odd |= zero.replacing(with: one, where: block .== zero)
      odd |= zero.replacing(with: one, where: block .== Block(repeating: 0x1b))
      odd |= zero.replacing(with: two, where: block .== Block(repeating: 0x5c))
      at += width
    }
    var marks = LineMarks()
    var count = Int(SIMD16<UInt16>(truncatingIfNeeded: quotes).wrappedSum())
    let seen = (0..<width).reduce(UInt8(0)) { $0 | odd[$1] }
    marks.needsCleaning = seen & 1 != 0
    marks.hasBackslash = seen & 2 != 0
    let rest = span.extracting(at..<span.count)
    var index = 0
    while index < rest.count {
      let byte = rest[index]
      if byte == 0x0a {
        marks.foundEnd = true
        break
      }
      if byte == 0x22 { count += 1 }
      if byte == 0x5c { marks.hasBackslash = true }
      if byte == 0 || byte == 0x1b { marks.needsCleaning = true }
      index += 1
    }
    marks.length = at + index
    marks.quotes = at > countedBytes ? nil : count
    return marks
  }

  /// How many line ends there are among the bytes.
  static func ends(in bytes: Bytes) -> Int {
    let span = bytes.span
    let zero = Block(repeating: 0)
    let one = Block(repeating: 1)
    let end = Block(repeating: 0x0a)
    var total = 0
    var at = 0
    while span.count - at >= width {
      // A lane counts no further than 255.
      let last = min(span.count - width, at + (255 - 1) * width)
      var count = Block(repeating: 0)
      while at <= last {
        let block = load(span.extracting(at..<at + width))
        count &+= zero.replacing(with: one, where: block .== end)
        at += width
      }
      total += Int(SIMD16<UInt16>(truncatingIfNeeded: count).wrappedSum())
    }
    while at < span.count {
      if span[at] == 0x0a { total += 1 }
      at += 1
    }
    return total
  }

  /// Sixteen bytes of a span that holds exactly those; the compiler makes one load of it.
  @inline(__always)
  private static func load(_ bytes: Span<UInt8>) -> Block {
    Block(
      bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
      bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15])
  }
}

/// Numbers made of the bytes of a text, to compare and to tell texts apart at eight bytes a step.
enum Word {
  /// The eight bytes from `at` on, the first one lowest. The caller knows that they exist.
  @inline(__always)
  static func load(_ span: Span<UInt8>, _ at: Int) -> UInt64 {
    let bytes = span.extracting(at..<at &+ 8)
    let low =
      UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24
    let high =
      UInt64(bytes[4]) | UInt64(bytes[5]) << 8 | UInt64(bytes[6]) << 16 | UInt64(bytes[7]) << 24
    return low | high << 32
  }

  /// Whether two texts are the same.
  static func areEqual(_ one: Bytes, _ other: Bytes) -> Bool {
    areEqual(one.span, other.span)
  }

  /// Whether two texts are the same.
  static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    let count = left.count
    guard count == right.count else { return false }
    var at = 0
    while count - at >= 16 {
      // In Swift `^` and `|` bind alike, from left to right.
      let differs =
        (load(left, at) ^ load(right, at)) | (load(left, at &+ 8) ^ load(right, at &+ 8))
      guard differs == 0 else { return false }
      at &+= 16
    }
    if count - at >= 8 {
      guard load(left, at) == load(right, at) else { return false }
      at &+= 8
    }
    guard at < count else { return true }
    // The last word looks at some bytes again.
    if count >= 8 { return load(left, count - 8) == load(right, count - 8) }
    while at < count {
      guard left[at] == right[at] else { return false }
      at += 1
    }
    return true
  }

  /// A word of up to eight bytes of text.
  static func literal(_ text: String) -> UInt64 {
    text.utf8.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64($1.offset * 8) }
  }

  /// A number that differs for different texts as far as chance goes. Whoever needs certainty
  /// compares the texts as well.
  static func hash(_ bytes: Bytes, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) -> UInt64 {
    hash(of: bytes.span, seed: seed)
  }

  private static func hash(of span: Span<UInt8>, seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(span.count)
    var at = 0
    while span.count - at >= 8 {
      hash = mixed(hash, load(span, at))
      at += 8
    }
    var rest: UInt64 = 0
    while at < span.count {
      rest = rest << 8 | UInt64(span[at])
      at += 1
    }
    hash = mixed(hash, rest)
    return hash ^ hash >> 29
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
    return product ^ product >> 32
  }
}
