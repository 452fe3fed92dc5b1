/// An entry of `conntrack -L`, reduced to what connections are counted by. Lists hold millions of
/// entries, so nothing here makes a text.
struct ConntrackLine {
  /// What distinguishes a kind of connection. Words are small numbers of a table.
  struct Kind: Hashable {
    var isIPv6 = false
    var transport: UInt16 = 0
    var state: UInt16 = 0
    var zone: UInt16 = 0
    var mark: UInt32 = 0
    var port: PortClass = .none
    var isSourceTranslated = false
    var isDestinationTranslated = false
    var isReplied = true
    var isAssured = false
  }

  /// Ports of well-known services by number, the others by range: as the collector counts them.
  struct PortClass: Hashable {
    private var code: Int32

    static let none = PortClass(code: -1)

    private init(code: Int32) { self.code = code }

    init(port: Int64) {
      switch port {
      case 22, 53, 67, 68, 80, 123, 443, 2049, 6443, 10250, 10256, 50051, 51678...51680, 61678,
        61679:
        code = Int32(port)
      case 0...1023: code = 100_000
      case 30000...32767: code = 100_001
      case 1024...29999: code = 100_002
      default: code = 100_003
      }
    }

    var text: String {
      switch code {
      case -1: "none"
      case 100_000: "0-1023"
      case 100_001: "30000-32767"
      case 100_002: "1024-29999"
      case 100_003: "32768-65535"
      default: String(code)
      }
    }
  }

  /// Words of lists by their number. Few are known; a hostile list gets no more than fit.
  struct Words {
    private(set) var texts: [String] = [""]
    private var places: [[UInt8]] = [[]]

    mutating func number(_ word: Bytes) -> UInt16 {
      // A handful of words: comparing bytes is faster than hashing them.
      for index in places.indices where places[index].elementsEqual(word) {
        return UInt16(index)
      }
      guard places.count < 64 else { return 0 }
      places.append(Array(word))
      texts.append(String(word))
      return UInt16(places.count - 1)
    }
  }

  var kind = Kind()
  private var sources: [Bytes] = []
  private var destinations: [Bytes] = []

  /// `ipv4 2 tcp 6 86399 ESTABLISHED src=… dst=… sport=… dport=… src=… [ASSURED] mark=128 use=1`;
  /// without the first two words where the format is not the extended one. Nil for other lines.
  init?(_ line: Bytes, words: inout Words) {
    var rest = line
    var number = 0
    var hasFamily = false
    while let word = Self.next(&rest) {
      defer { number += 1 }
      if number == 0, word.equals("ipv4") || word.equals("ipv6") {
        hasFamily = true
        kind.isIPv6 = word.equals("ipv6")
        continue
      }
      if number == (hasFamily ? 2 : 0) {
        guard word.first?.isASCIILetter == true else { return nil }
        kind.transport = words.number(word)
        continue
      }
      guard let first = word.first, !first.isASCIIDigit else { continue }
      if first == UInt8(ascii: "[") {
        if word.equals("[UNREPLIED]") { kind.isReplied = false }
        if word.equals("[ASSURED]") { kind.isAssured = true }
      } else if let (name, value) = word.cut(at: UInt8(ascii: "=")) {
        read(name, value)
      } else if sources.isEmpty, kind.state == 0 {
        kind.state = words.number(word)
      }
    }
    guard sources.count >= 1, destinations.count >= 1 else { return nil }
    if sources.count >= 2, destinations.count >= 2 {
      kind.isSourceTranslated = destinations[1] != sources[0]
      kind.isDestinationTranslated = sources[1] != destinations[0]
    }
    if !hasFamily { kind.isIPv6 = sources[0].contains(UInt8(ascii: ":")) }
  }

  private mutating func read(_ name: Bytes, _ value: Bytes) {
    switch name.first {
    case UInt8(ascii: "s") where name.equals("src"): sources.append(value)
    case UInt8(ascii: "d") where name.equals("dst"): destinations.append(value)
    case UInt8(ascii: "d") where name.equals("dport"):
      if kind.port == .none, let port = value.integer { kind.port = PortClass(port: port) }
    case UInt8(ascii: "m") where name.equals("mark"):
      kind.mark = value.integer.flatMap { UInt32(exactly: $0) } ?? 0
    case UInt8(ascii: "z") where name.equals("zone"):
      kind.zone = value.integer.flatMap { UInt16(exactly: $0) } ?? 0
    default: break
    }
  }

  private static func next(_ rest: inout Bytes) -> Bytes? {
    let line = rest
    let span = line.span
    var start = 0
    while start < span.count, span[start].isBlank { start += 1 }
    guard start < span.count else { return nil }
    var end = start
    while end < span.count, !span[end].isBlank { end += 1 }
    let base = line.startIndex
    rest = line[(base + end)...]
    return line[base + start..<base + end]
  }
}
