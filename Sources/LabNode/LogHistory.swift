import Foundation

/// Makes a log of two hours as long as that of a node which runs for weeks: what it tells happened on
/// every day before as well, each time at other milliseconds and to other pods, with ids, sandboxes,
/// interfaces and addresses of their own. So it packs like a grown log, and not like a repetition.
///
/// The same log and node give the same history.
struct LogHistory {
  /// A part of the log and what becomes of it.
  fileprivate enum Piece {
    case text(Range<Int>)
    /// A moment, and whether milliseconds are written.
    case time(Moment, isFine: Bool)
    /// Hexadecimal digits that name one thing, the same one wherever they stand.
    case id(Range<Int>)
    /// The last letters of a pod's name.
    case suffix(Range<Int>)
    /// An address of a pool's, by its place among all.
    case address(pool: Int, index: Int)
  }

  private let log: [UInt8]
  private let pools: [[[UInt8]]]
  private var pieces: [Piece] = []

  init(_ log: [UInt8], of node: NodeModel) {
    self.log = log
    let instance = node.instance
    pools = instance.enis.map { eni in
      eni.secondaries(instance.slotsPerENI).map { Array($0.utf8) }
    }
    pieces = LogPieces(log, node, pools).found
  }

  /// Writes the days before, oldest first, as many as fill a number of bytes, and then the log itself.
  func write(bytes: Int, to output: (inout [UInt8]) throws -> Void) rethrows {
    var buffer: [UInt8] = []
    for day in stride(from: bytes / max(1, log.count), to: 0, by: -1) {
      append(day: day, to: &buffer)
      try output(&buffer)
    }
    buffer += log
    try output(&buffer)
  }

  private func append(day: Int, to buffer: inout [UInt8]) {
    var random = Mixer(state: UInt64(day))
    // Every run of ipamd's timer begins a little late.
    var drift = Double(random.next() % 5000) / 1000
    var latest: Moment?
    var clock = DayClock()
    let turns = pools.map { _ in Int(random.next() % 65_536) }
    for piece in pieces {
      switch piece {
      case .text(let range): buffer += log[range]
      case .time(let moment, let isFine):
        if isFine, moment != latest {
          drift += Double(random.next() % 4) / 1000
          latest = moment
        }
        clock.append(moment - Double(day) * 86_400 + drift, isFine: isFine, to: &buffer)
      case .id(let range): append(id: range, key: UInt64(day), to: &buffer)
      case .suffix(let range):
        var letters = Mixer(state: Mixer.hash(log[range]) ^ UInt64(day) << 40)
        for _ in range { buffer.append(Self.letters[Int(letters.next() % 27)]) }
      case .address(let pool, let index):
        buffer += pools[pool][(index + turns[pool]) % pools[pool].count]
      }
    }
  }

  /// What Kubernetes makes the ends of names of.
  private static let letters = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
  private static let digits = Array("0123456789abcdef".utf8)

  private func append(id range: Range<Int>, key: UInt64, to buffer: inout [UInt8]) {
    var random = Mixer(state: Mixer.hash(log[range]) ^ key << 40)
    var bits: UInt64 = 0
    for (place, byte) in log[range].enumerated() {
      if place % 16 == 0 { bits = random.next() }
      // Dashes and the version of a UUID stay.
      let stays = byte == UInt8(ascii: "-") || (range.count == 36 && (place == 14 || place == 19))
      buffer.append(stays ? byte : Self.digits[Int(bits & 15)])
      bits >>= 4
    }
  }
}

extension LogHistory {
  /// Lengthens a file in place by a number of bytes.
  static func lengthen(_ path: String, by bytes: Int, of node: NodeModel) throws {
    let url = URL(fileURLWithPath: path)
    let longer = path + ".longer"
    let history = LogHistory([UInt8](try Data(contentsOf: url)), of: node)
    guard FileManager.default.createFile(atPath: longer, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: longer))
    try history.write(bytes: bytes) { buffer in
      try file.write(contentsOf: Data(buffer))
      buffer.removeAll(keepingCapacity: true)
    }
    try file.close()
    try FileManager.default.removeItem(at: url)
    try FileManager.default.moveItem(atPath: longer, toPath: path)
  }
}

/// Finds in a log what changes from day to day.
private struct LogPieces {
  private(set) var found: [LogHistory.Piece] = []
  private let log: [UInt8]
  private let dates: [[UInt8]: Moment]
  private let pods: Set<[UInt8]>
  private var addresses: [[UInt8]: (pool: Int, index: Int)] = [:]
  private var copied = 0

  init(_ log: [UInt8], _ node: NodeModel, _ pools: [[[UInt8]]]) {
    self.log = log
    pods = Set(node.pods.map { Array($0.name.utf8) })
    // The two hours may go over midnight, and a cooldown past their end.
    dates = Dictionary(
      [node.booted, node.now, node.now + 3600].map { moment in
        let midnight = moment - Double(moment.seconds % 86_400)
        return (Array(moment.zulu.utf8.prefix(10)), midnight.wholeSecond)
      }, uniquingKeysWith: { first, _ in first })
    for (pool, texts) in pools.enumerated() {
      for (index, text) in texts.enumerated() { addresses[text] = (pool, index) }
    }
    var index = 0
    while index < log.count {
      guard Self.isWordByte(log[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < log.count, Self.isWordByte(log[index]) { index += 1 }
      take(start..<index)
    }
    add(.text(copied..<log.count))
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2D || byte == 0x2E
  }

  private mutating func take(_ word: Range<Int>) {
    guard word.count >= 7 else { return }
    switch word.count {
    case 64 where isHex(word): add(.id(word), at: word)
    case 14 where hasPrefix("eni", word) && isHex(word.dropFirst(3)):
      add(.id(word.dropFirst(3)), at: word.dropFirst(3))
    case 36, 40:
      let id = word.suffix(36)
      if isHex(id) { add(.id(id), at: id) } else { takeName(word) }
    case 10 where word.upperBound + 14 < log.count && log[word.upperBound] == UInt8(ascii: "T"):
      takeTime(word)
    default: takeName(word)
    }
  }

  private mutating func takeName(_ word: Range<Int>) {
    let text = Array(log[word])
    if let address = addresses[text] {
      add(.address(pool: address.pool, index: address.index), at: word)
    } else if pods.contains(text) {
      add(.suffix(word.suffix(5)), at: word.suffix(5))
    }
  }

  /// `2031-04-02T09:15:22.418Z`, or without the milliseconds.
  private mutating func takeTime(_ word: Range<Int>) {
    guard let midnight = dates[Array(log[word])] else { return takeName(word) }
    func number(_ offset: Int, _ count: Int) -> Int {
      log[(word.lowerBound + offset)...].prefix(count).reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    let isFine = log[word.lowerBound + 19] == UInt8(ascii: ".")
    let seconds = number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2)
    let fraction = isFine ? Int64(number(20, 3)) * 1000 : 0
    let moment = Moment(
      microseconds: midnight.microseconds + Int64(seconds) * 1_000_000 + fraction)
    add(
      .time(moment, isFine: isFine),
      at: word.lowerBound..<word.lowerBound + (isFine ? 23 : 19))
  }

  private func hasPrefix(_ text: String, _ range: Range<Int>) -> Bool {
    log[range].starts(with: text.utf8)
  }

  private func isHex(_ range: Range<Int>) -> Bool {
    log[range].allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) || $0 == 0x2D }
  }

  private mutating func add(_ piece: LogHistory.Piece, at range: Range<Int>) {
    // The rest of a time was taken with its date.
    guard range.lowerBound >= copied else { return }
    add(.text(copied..<range.lowerBound))
    found.append(piece)
    copied = range.upperBound
  }

  private mutating func add(_ text: LogHistory.Piece) {
    if case .text(let range) = text, range.isEmpty { return }
    found.append(text)
  }
}

/// Writes times of one day after another; a date is made only when it changes.
private struct DayClock {
  private var day: Int64 = -1
  private var date: [UInt8] = []

  mutating func append(_ moment: Moment, isFine: Bool, to buffer: inout [UInt8]) {
    let seconds = moment.seconds
    if seconds / 86_400 != day {
      day = seconds / 86_400
      date = Array(moment.zulu.utf8.prefix(11))
    }
    buffer += date
    let rest = Int(seconds % 86_400)
    for (index, number) in [rest / 3600, rest / 60 % 60, rest % 60].enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ":")) }
      buffer.append(0x30 + UInt8(number / 10))
      buffer.append(0x30 + UInt8(number % 10))
    }
    guard isFine else { return }
    let milliseconds = Int(moment.microseconds % 1_000_000) / 1000
    buffer.append(UInt8(ascii: "."))
    buffer.append(0x30 + UInt8(milliseconds / 100))
    buffer.append(0x30 + UInt8(milliseconds / 10 % 10))
    buffer.append(0x30 + UInt8(milliseconds % 10))
  }
}

/// Numbers that look random and follow from a seed: SplitMix64 (Steele, Lea and Flood, 2014).
private struct Mixer {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// FNV-1a.
  static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
