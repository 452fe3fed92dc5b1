/// Which statement stands in which line, and when it was written: one or two bytes for most of them,
/// because ipamd writes the same statements in the same order, line by line, a moment apart.
struct StatementTape: Sendable {
  /// A statement: what it says, by its place among the contents, and where and when.
  struct Entry: Sendable, Equatable {
    var content: Int32
    var line: Int32
    /// Microseconds since 1970 UTC; the least number for none.
    var timeUs: Int64
  }

  /// Statements between two places at which reading can begin.
  static let partLength = 4096

  /// How many statements there are.
  private(set) var count = 0
  private var bytes: [UInt8] = []
  private var starts: [Int] = []
  private var context = Context()

  /// What is known of the statements before, which tells the next one most of the time.
  private struct Context {
    var last = Entry(content: 0, line: 0, timeUs: 0)
    private var followers = Array(repeating: Int32(0), count: Self.slots)

    private static let slots = 1024

    private var slot: Int { Int(truncatingIfNeeded: last.content) & (Self.slots - 1) }

    /// The statement that came behind the last one when that was seen before.
    var expected: Int32 { followers[slot] }

    mutating func advance(to entry: Entry) {
      followers[slot] = entry.content
      last = entry
    }
  }

  /// A statement's first byte: two flags, and the milliseconds since the one before or what stands
  /// for them.
  private enum Head {
    static let expectedContent: UInt8 = 0x80
    static let nextLine: UInt8 = 0x40
    static let milliseconds: UInt8 = 0x3f
    /// The milliseconds follow.
    static let longMilliseconds: UInt8 = 0x3d
    /// The whole time follows.
    static let wholeTime: UInt8 = 0x3e
    /// There is no time.
    static let noTime: UInt8 = 0x3f
  }

  // MARK: Writing

  mutating func append(_ entry: Entry) {
    if count % Self.partLength == 0 {
      starts.append(bytes.count)
      context = Context()
    }
    count += 1
    let last = context.last
    var head: UInt8 = 0
    if entry.content == context.expected { head |= Head.expectedContent }
    if entry.line == last.line &+ 1 { head |= Head.nextLine }
    let (passed, overflow) = entry.timeUs.subtractingReportingOverflow(last.timeUs)
    let isExact = !overflow && last.timeUs != .min && passed >= 0 && passed % 1000 == 0
    if entry.timeUs == .min {
      head |= Head.noTime
    } else if !isExact {
      head |= Head.wholeTime
    } else {
      head |= UInt8(min(passed / 1000, Int64(Head.longMilliseconds)))
    }
    bytes.append(head)
    if head & Head.expectedContent == 0 { write(UInt64(UInt32(bitPattern: entry.content))) }
    if head & Head.nextLine == 0 { write(UInt64(UInt32(bitPattern: entry.line))) }
    switch head & Head.milliseconds {
    case Head.longMilliseconds: write(UInt64(passed / 1000))
    case Head.wholeTime: write(UInt64(bitPattern: entry.timeUs))
    default: break
    }
    context.advance(to: entry)
  }

  /// Seven bits a byte, the last of which has no eighth.
  private mutating func write(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  // MARK: Reading

  /// Reads the statements of a part.
  func read(_ part: Int, into entries: inout [Entry]) {
    entries.removeAll(keepingCapacity: true)
    guard starts.indices.contains(part) else { return }
    var place = starts[part]
    var context = Context()
    for _ in 0..<min(Self.partLength, count - part * Self.partLength) {
      let head = bytes[place]
      place += 1
      var entry = Entry(
        content: context.expected, line: context.last.line &+ 1, timeUs: context.last.timeUs)
      if head & Head.expectedContent == 0 {
        entry.content = Int32(truncatingIfNeeded: number(&place))
      }
      if head & Head.nextLine == 0 { entry.line = Int32(truncatingIfNeeded: number(&place)) }
      switch head & Head.milliseconds {
      case Head.noTime: entry.timeUs = .min
      case Head.wholeTime: entry.timeUs = Int64(bitPattern: number(&place))
      case Head.longMilliseconds:
        entry.timeUs &+= Int64(truncatingIfNeeded: number(&place)) &* 1000
      case let milliseconds: entry.timeUs &+= Int64(milliseconds) &* 1000
      }
      context.advance(to: entry)
      entries.append(entry)
    }
  }

  private func number(_ place: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while bytes[place] & 0x80 != 0 {
      value |= UInt64(bytes[place] & 0x7f) << shift
      shift += 7
      place += 1
    }
    value |= UInt64(bytes[place]) << shift
    place += 1
    return value
  }
}
