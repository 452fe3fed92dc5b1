public import BundleModel

/// The bytes of one bundle member: handed out line by line or as a whole, within bounds, and
/// cleaned of what copying and crashes leave behind (byte order mark, carriage returns, zero
/// padding, terminal colours).
public struct ArtifactInput {
  /// The item that the member belongs to.
  public let artifact: ArtifactID
  /// The member's path in the bundle: the evidence path of its rows.
  public let path: String
  /// The absolute path on the node, for copied files.
  public let origin: String?
  /// When the member was written or gathered, in microseconds since 1970; supplies the year to
  /// time stamps that have none.
  public let referenceTimeUs: Int64?
  /// The number of the line that `nextLine` returned last, counted from 1.
  public private(set) var lineNumber: Int
  /// Whether that line was longer than the bound and was cut.
  public private(set) var lineWasCut = false
  /// What the bytes of that line look like.
  private(set) var lineMarks = LineMarks()
  /// What was cleaned or found missing so far.
  public private(set) var damage = Damage()

  /// Gets what ipamd says about its pool, if the member is a log of it and this is not nil.
  public var journal: IPAMDJournal?

  /// What an earlier table made of the whole member, so that the next one need not.
  var documents: [ReadDocuments.Form: ReadDocuments] = [:]
  /// The same for objects of Kubernetes.
  var objects: ReadObjects?

  private let lineLimit: Int
  private let firstLine: Int
  private var chunk: ArraySlice<UInt8>
  private var whole: ArraySlice<UInt8>?
  private var pull: (() throws -> ArraySlice<UInt8>?)?

  /// Reads from memory.
  public init(
    artifact: ArtifactID, path: String, origin: String? = nil, referenceTimeUs: Int64? = nil,
    bytes: [UInt8], lineLimit: Int = FactLimits.lineBytes
  ) {
    self.artifact = artifact
    self.path = path
    self.origin = origin
    self.referenceTimeUs = referenceTimeUs
    self.lineLimit = lineLimit
    firstLine = 1
    lineNumber = 0
    chunk = bytes[...]
    whole = bytes[...]
  }

  /// Reads from a stream: `pull` returns the next bytes, nil at the end. `firstLine` is where in its
  /// file the stream begins, when it is only a part of it.
  public init(
    artifact: ArtifactID, path: String, origin: String? = nil, referenceTimeUs: Int64? = nil,
    lineLimit: Int = FactLimits.lineBytes, firstLine: Int = 1,
    pull: @escaping () throws -> ArraySlice<UInt8>?
  ) {
    self.artifact = artifact
    self.path = path
    self.origin = origin
    self.referenceTimeUs = referenceTimeUs
    self.lineLimit = lineLimit
    self.firstLine = firstLine
    lineNumber = firstLine - 1
    chunk = []
    self.pull = pull
  }

  /// The next line without its line end; nil at the end. Marks of omitted bytes are skipped.
  public mutating func nextLine() throws(ParseError) -> ArraySlice<UInt8>? {
    while let line = try cleanedLine() {
      if line.first == UInt8(ascii: "#"), Self.isOmissionMark(line) {
        damage.omissions += 1
        continue
      }
      return line
    }
    return nil
  }

  /// Takes the next line if it is `expected`, line end included, but for the bytes of a range which
  /// `read` can make something of; answers what that made of them.
  mutating func takeLine<Value>(
    _ expected: [UInt8], except range: Range<Int>, if read: (Span<UInt8>) -> Value?
  ) -> Value? {
    guard chunk.count >= expected.count else { return nil }
    let chunk = self.chunk
    let span = chunk.span
    let wanted = expected.span
    guard
      Word.areEqual(
        span.extracting(range.upperBound..<wanted.count),
        wanted.extracting(range.upperBound..<wanted.count)),
      Word.areEqual(
        span.extracting(0..<range.lowerBound), wanted.extracting(0..<range.lowerBound)),
      let value = read(span.extracting(range))
    else { return nil }
    self.chunk = chunk.dropFirst(expected.count)
    lineNumber += 1
    lineWasCut = false
    lineMarks = LineMarks()
    return value
  }

  /// Whether a JSON document begins here. Tools print a whole document as one line, which the bound
  /// of lines would cut; nothing is taken.
  mutating func isAtDocument() throws(ParseError) -> Bool {
    var skipped = 0
    while skipped < FactLimits.lineBytes {
      if chunk.dropFirst(skipped).contains(where: Self.decides) { break }
      skipped = chunk.count
      guard let more = try pulled() else { break }
      chunk.append(contentsOf: more)
    }
    var rest = chunk.drop { $0.isWhitespace || Self.byteOrderMark.contains($0) }
    guard let first = rest.popFirst() else { return false }
    if first == UInt8(ascii: "{") { return true }
    // `[root@node ~]#` is a prompt.
    let second = rest.first { !$0.isWhitespace }
    return first == UInt8(ascii: "[") && second.map { Array("[{\"]".utf8).contains($0) } == true
  }

  private static func decides(_ byte: UInt8) -> Bool {
    !byte.isWhitespace && byte != UInt8(ascii: "[") && !byteOrderMark.contains(byte)
  }

  /// Everything that is left, up to `limit` bytes. Line numbers mean nothing afterwards.
  public mutating func readAll(
    limit: Int = FactLimits.documentBytes
  ) throws(ParseError) -> ArraySlice<UInt8> {
    var all = chunk
    chunk = []
    while all.count <= limit, let more = try pulled() {
      all.append(contentsOf: more)
    }
    if all.count > limit {
      damage.isCut = true
      all = all.prefix(limit)
    }
    if all.starts(with: Self.byteOrderMark) { all = all.dropFirst(3) }
    if all.contains(0x1b) { all = Self.withoutColours(all) }
    return all
  }

  /// Shows the next bytes, more and more of them until `decide` has an answer or there are no more;
  /// nothing is consumed. Asked at most for the length of a line.
  mutating func peek<Answer>(
    _ decide: (ArraySlice<UInt8>) -> Answer?
  ) throws(ParseError) -> Answer? {
    while true {
      if let answer = decide(chunk) { return answer }
      guard chunk.count < lineLimit, let more = try pulled() else { return nil }
      chunk.append(contentsOf: more)
    }
  }

  /// Keeps the bytes, so that `rewind` works: needed when several tables read one stream.
  public mutating func makeRewindable(
    limit: Int = FactLimits.documentBytes
  ) throws(ParseError) {
    guard whole == nil else { return }
    var all = chunk
    while all.count <= limit, let more = try pulled() {
      all.append(contentsOf: more)
    }
    damage.isCut = all.count > limit
    whole = all.prefix(limit)
    pull = nil
    rewind()
  }

  /// Starts again from the first byte; does nothing for a stream that was not kept.
  public mutating func rewind() {
    guard let whole else { return }
    let isCut = damage.isCut
    chunk = whole
    lineNumber = firstLine - 1
    lineWasCut = false
    damage = Damage()
    damage.isCut = isCut
  }
}

extension ArtifactInput {
  /// What was wrong with the bytes themselves.
  public struct Damage: Sendable, Hashable {
    /// Lines longer than the bound.
    public var cutLines = 0
    /// Lines that held zero bytes, which a crash leaves at the end of a file.
    public var zeroPaddedLines = 0
    /// Lines that held the colour codes of a terminal.
    public var colouredLines = 0
    /// Lines that ended in a carriage return.
    public var carriageReturnLines = 0
    /// Whether a byte order mark stood in front.
    public var hasByteOrderMark = false
    /// Places where the collector left bytes out.
    public var omissions = 0
    /// Whether the last line has no line end, so that it may be incomplete.
    public var endsInsideLine = false
    /// Whether the member was longer than what is read of it.
    public var isCut = false

    /// The damage in words.
    public var reasons: [String] {
      var reasons: [String] = []
      if cutLines > 0 { reasons.append("\(cutLines) lines were too long and were cut") }
      if zeroPaddedLines > 0 { reasons.append("\(zeroPaddedLines) lines held zero bytes") }
      if colouredLines > 0 { reasons.append("\(colouredLines) lines held colours of a terminal") }
      if carriageReturnLines > 0 {
        reasons.append("\(carriageReturnLines) lines ended in a carriage return")
      }
      if hasByteOrderMark { reasons.append("a byte order mark stood in front") }
      if omissions > 0 { reasons.append("the collector left bytes out in \(omissions) places") }
      if isCut { reasons.append("the file is longer than what is read of it") }
      return reasons
    }
  }

  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
  private static let omissionMark = Array("### cnitriage: ".utf8)

  private static func isOmissionMark(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: omissionMark) && line.hasSuffix("bytes omitted ###")
  }

  private mutating func pulled() throws(ParseError) -> ArraySlice<UInt8>? {
    guard let pull else { return nil }
    do {
      let next = try pull()
      if next == nil { self.pull = nil }
      return next
    } catch {
      self.pull = nil
      throw ParseError(reason: "\(error)")
    }
  }

  private mutating func cleanedLine() throws(ParseError) -> ArraySlice<UInt8>? {
    guard var line = try rawLine() else { return nil }
    lineNumber += 1
    if line.last == UInt8(ascii: "\r") {
      damage.carriageReturnLines += 1
      while line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    }
    if lineNumber == 1, line.starts(with: Self.byteOrderMark) {
      damage.hasByteOrderMark = true
      line = line.dropFirst(3)
    }
    if lineMarks.needsCleaning {
      if line.contains(0) {
        damage.zeroPaddedLines += 1
        line = ArraySlice(line.filter { $0 != 0 })
      }
      if line.contains(0x1b) {
        damage.colouredLines += 1
        line = Self.withoutColours(line)
      }
    }
    return line
  }

  /// A line as it stands; also sets its marks.
  private mutating func rawLine() throws(ParseError) -> ArraySlice<UInt8>? {
    lineWasCut = false
    lineMarks = LineMarks()
    var carried: [UInt8] = []
    while true {
      if chunk.isEmpty {
        guard let next = try pulled() else {
          guard !carried.isEmpty else { return nil }
          damage.endsInsideLine = true
          return carried[...]
        }
        chunk = next
        continue
      }
      let marks = LineScan.line(chunk)
      lineMarks.append(marks)
      let start = chunk.startIndex
      var part = chunk[start..<start + marks.length]
      chunk = chunk[(start + marks.length + (marks.foundEnd ? 1 : 0))...]
      let room = lineLimit - carried.count
      if part.count > room {
        part = part.prefix(max(0, room))
        if !lineWasCut { damage.cutLines += 1 }
        lineWasCut = true
      }
      if marks.foundEnd, carried.isEmpty { return part }
      carried.append(contentsOf: part)
      if marks.foundEnd { return carried[...] }
    }
  }

  /// Removes `ESC [ … letter` sequences, which tools print when they believe in a terminal.
  private static func withoutColours(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == 0x1b {
        index += 1
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "[") else { continue }
        index += 1
        while index < bytes.endIndex, !bytes[index].isASCIILetter { index += 1 }
        index += 1
      } else {
        kept.append(bytes[index])
        index += 1
      }
    }
    return kept[...]
  }
}
