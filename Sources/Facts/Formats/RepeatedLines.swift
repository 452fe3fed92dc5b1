/// Lines of a JSON log that were seen before but for their time.
///
/// Most of a log is a few statements that come again and again in nearly the same order. So the line
/// that comes next is guessed by what came before: to compare it with a guess costs less than to look
/// for its end, its members and its message.
struct RepeatedLines {
  /// A line that was seen before. No more than numbers, so that handing it on costs nothing.
  struct Repeat {
    var line: Int
    var timeUs: Int64
    var level: LogLevel?
    /// A number made of the message.
    var hash: UInt64
    /// Where its text stands.
    fileprivate var place: Int
  }

  private struct Line {
    var isKnown = false
    /// Where the time begins.
    var timeStart = 0
    var level: LogLevel?
    var hash: UInt64 = 0
    /// The place of the line that came behind this one last.
    var next = 0
  }

  private static let places = 1024
  private static let pairs = 8192
  /// `2031-04-02T09:15:22.418Z`.
  private static let timeCount = 24
  /// Longer lines are looked at the long way.
  private static let lineBytes = 2048
  private static let timeMark = Word.literal(#"","ts":""#)

  /// Lines by their hash. A line is kept when it is seen again, so that those that never come again
  /// cost nothing and drive nothing out.
  private var lines = [Line](repeating: Line(), count: places)
  /// Their bytes, with the line end.
  private var bytes = [[UInt8]](repeating: [], count: places)
  private var messages = [Bytes](repeating: [], count: places)
  private var seen = [UInt64](repeating: 0, count: places)
  /// The places of lines that came behind two others, by the end of a hash of their places: the same
  /// words may end every entry of a list.
  private var behindTwo = [UInt16](repeating: 0, count: pairs)
  /// The place of the line that came last, and of the one before it.
  private var last = 0
  private var lastButOne = 0

  /// Takes the next line if it is one of the guesses, written in the minute of the line before.
  mutating func next(_ input: inout ArtifactInput, _ clock: LogClock) -> Repeat? {
    let guess = Int(behindTwo[pair])
    return take(guess, &input, clock) ?? take(lines[last].next, &input, clock)
  }

  private var pair: Int { (lastButOne &* 0x9E5 &+ last) & (Self.pairs - 1) }

  private mutating func take(
    _ place: Int, _ input: inout ArtifactInput, _ clock: LogClock
  ) -> Repeat? {
    let line = lines[place]
    guard line.isKnown,
      let us = input.takeLine(
        bytes[place], except: line.timeStart..<line.timeStart + Self.timeCount,
        if: { clock.microseconds(inSameMinute: $0) })
    else { return nil }
    follow(place)
    return Repeat(
      line: input.lineNumber, timeUs: us, level: line.level, hash: line.hash, place: place)
  }

  /// The message of a line that `next` answered last.
  func message(of line: Repeat) -> Bytes { messages[line.place] }

  /// Remembers a line that was read the long way, and what it says.
  mutating func learn(_ text: Bytes, _ record: LogRecord) {
    guard let hash = record.hash, text.count < Self.lineBytes else { return }
    let place = Int(truncatingIfNeeded: hash) & (Self.places - 1)
    guard seen[place] == hash else {
      seen[place] = hash
      return
    }
    guard let timeStart = Self.timeStart(text.span) else { return }
    if lines[place].hash != hash || bytes[place].count != text.count + 1 {
      bytes[place] = Array(text) + [0x0a]
      // The message is a part of a chunk that should not be kept for its sake.
      messages[place] = Array(record.message)[...]
      lines[place] = Line(isKnown: true, timeStart: timeStart, level: record.level, hash: hash)
    }
    follow(place)
  }

  private mutating func follow(_ place: Int) {
    lines[last].next = place
    behindTwo[pair] = UInt16(truncatingIfNeeded: place)
    lastButOne = last
    last = place
  }

  /// Where the time begins in a line that starts with a level of four or five letters.
  private static func timeStart(_ span: Span<UInt8>) -> Int? {
    [22, 23].first { start in
      span.count > start + timeCount && Word.load(span, start - 8) == timeMark
        && span[start + timeCount] == UInt8(ascii: "\"")
    }
  }
}
