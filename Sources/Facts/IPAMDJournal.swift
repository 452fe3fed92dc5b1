/// The statements of one ipamd log in the order in which they were written, every one of them:
/// tables keep what repeats as one row, but a replay needs each.
public struct IPAMDJournal: Sendable {
  /// The log's path in the bundle.
  public private(set) var path = ""
  /// What it says, in the order of its lines.
  public private(set) var statements: [IPAMDStatement] = []
  /// Whether the bound was reached, so that the rest of the log is missing.
  public private(set) var isFull = false
  /// Whether the log has records of level debug, without which decisions can't be followed.
  public private(set) var hasDebug = false
  /// Whether the log has records of level info.
  public private(set) var hasInfo = false
  /// When the first record was written, in microseconds since 1970 UTC.
  public private(set) var firstUs: Int64?
  /// When the last record was written, in microseconds since 1970 UTC.
  public private(set) var lastUs: Int64?

  private let limit: Int
  private var texts: [UInt8] = []
  private var ends: [Int] = [0]
  private var places: [UInt64: Int32] = [:]

  /// An empty journal that takes up to `limit` statements.
  public init(limit: Int = FactLimits.journalStatements) {
    self.limit = limit
  }

  /// A name or text; empty for none.
  public func text(of symbol: IPAMDStatement.Symbol) -> String {
    guard !symbol.isNone else { return "" }
    let index = Int(symbol.index)
    return String(decoding: texts[ends[index]..<ends[index + 1]], as: UTF8.self)
  }

  /// Code and operation of the AWS call whose error a text is.
  public func error(
    of symbol: IPAMDStatement.Symbol
  ) -> (code: String?, operation: String?) {
    guard !symbol.isNone else { return (nil, nil) }
    let index = Int(symbol.index)
    let error = AWSError(texts[ends[index]..<ends[index + 1]])
    return (error.code, error.operation)
  }

  /// Takes down a log without filling any table.
  public static func read(_ input: inout ArtifactInput) throws(ParseError) -> IPAMDJournal {
    var sinks = TableSinks()
    func open<Row: FactRow>(_ table: Row.Type) {
      sinks.open(RowSink<Row>(path: input.path) { _ in })
    }
    for table in ComponentLog.tables { open(table) }
    input.journal = IPAMDJournal()
    try ComponentLog.read(&input, into: &sinks)
    return input.journal ?? IPAMDJournal()
  }

  // MARK: Writing

  mutating func begin(path: String) {
    self = IPAMDJournal(limit: limit)
    self.path = path
  }

  /// Takes the time and the level of a record in, whatever it says.
  mutating func observe(_ record: LogRecord) {
    switch record.level {
    case .debug, .trace: hasDebug = true
    case .info: hasInfo = true
    default: break
    }
    guard let time = record.timeUs else { return }
    if firstUs == nil { firstUs = time }
    lastUs = time
  }

  /// The number of a text.
  mutating func symbol(_ bytes: Bytes) -> IPAMDStatement.Symbol {
    guard !bytes.isEmpty else { return .none }
    let bytes = bytes.prefix(FactLimits.journalTextBytes)
    var hash = Word.hash(bytes)
    while let place = places[hash] {
      let known = texts[ends[Int(place)]..<ends[Int(place) + 1]]
      if Word.areEqual(known, bytes) { return IPAMDStatement.Symbol(index: place) }
      hash &+= 1
    }
    let place = Int32(ends.count - 1)
    places[hash] = place
    texts += bytes
    ends.append(texts.count)
    return IPAMDStatement.Symbol(index: place)
  }

  /// Adds a statement; answers its place, or nil if it was not taken.
  mutating func append(_ statement: IPAMDStatement) -> Int? {
    guard statements.count < limit else {
      isFull = true
      return nil
    }
    statements.append(statement)
    return statements.count - 1
  }

  /// Adds what was stated before at `place` once more.
  mutating func repeatStatement(at place: Int, _ record: LogRecord) {
    guard statements.indices.contains(place) else { return }
    var statement = statements[place]
    statement.line = Int32(clamping: record.line)
    statement.timeUs = record.timeUs
    _ = append(statement)
  }
}

/// Makes statements of records that a catalogue of shapes recognised.
struct IPAMDStatementReader {
  private let kinds: [IPAMDStatement.Kind?]
  private let roles: [Role]

  /// What becomes of a gap's content.
  private enum Role {
    case eni, eniTail, address, card, key, namespace, pod, duration, text, flagOrText, fields
    case number(Int)
    case unused
  }

  init(_ catalogue: PatternCatalogue) {
    kinds = catalogue.patterns.map { IPAMDStatement.Kind(rawValue: $0.event) }
    roles = catalogue.names.map { Self.roles[$0] ?? .unused }
  }

  /// The kind of a shape; nil for one that says nothing about the pool.
  func kind(_ pattern: Int) -> IPAMDStatement.Kind? { kinds[pattern] }

  /// The statement of a record.
  func statement(
    _ kind: IPAMDStatement.Kind, _ record: LogRecord, _ gaps: [PatternGap],
    _ journal: inout IPAMDJournal
  ) -> IPAMDStatement {
    var statement = IPAMDStatement(
      kind: kind, line: Int32(clamping: record.line), timeUs: record.timeUs,
      numbers: (nil, nil, nil, nil, nil))
    var namespace: Bytes = []
    var pod: Bytes = []
    for gap in gaps {
      let bytes = gap.bytes(record.message)
      switch roles[gap.name] {
      case .eni: statement.eni = journal.symbol(bytes)
      case .eniTail: statement.eni = journal.symbol(Self.eniPrefix + bytes)
      case .address: statement.address = IPAMDStatement.Address(bytes)
      case .card: statement.card = bytes.integer.map { Int8(clamping: $0) }
      case .key: statement.sandbox = journal.symbol(bytes)
      case .namespace: namespace = bytes
      case .pod: pod = bytes
      case .duration: statement.durationUs = Self.microseconds(bytes)
      case .text: statement.text = journal.symbol(bytes)
      case .flagOrText:
        if bytes.equals("true") {
          statement.flag = true
        } else if bytes.equals("false") {
          statement.flag = false
        } else if gap.isNumber {
          statement.set(0, bytes.integer)
        } else {
          statement.text = journal.symbol(bytes)
        }
      // A limit of addresses has the name of a reply's list of them.
      case .fields where gap.isNumber: statement.set(0, bytes.integer)
      case .fields:
        statement.address = Self.quoted(Self.addressField, bytes).flatMap {
          IPAMDStatement.Address($0)
        }
        if kind == .addRequestFields {
          namespace = Self.quoted(Self.namespaceField, bytes) ?? []
          pod = Self.quoted(Self.podField, bytes) ?? []
          statement.sandbox =
            Self.quoted(Self.containerField, bytes).map { journal.symbol($0) }
            ?? .none
        }
      case .number(let place): statement.set(place, bytes.integer)
      case .unused: break
      }
    }
    if !pod.isEmpty { statement.pod = journal.symbol(namespace + Self.slash + pod) }
    // The shape alone does not say which fact about the instance it is.
    if kind == .instance || kind == .poolStatistics {
      statement.text = journal.symbol(record.message.prefix(Self.headBytes))
    }
    return statement
  }

  private static let eniPrefix = Bytes("eni-".utf8)
  private static let slash = Bytes("/".utf8)
  private static let addressField = Array("IPv4Addr:\"".utf8)
  private static let namespaceField = Array("K8S_POD_NAMESPACE:\"".utf8)
  private static let podField = Array("K8S_POD_NAME:\"".utf8)
  private static let containerField = Array("ContainerID:\"".utf8)
  /// Enough of a message to tell which instance fact or which mode it is about.
  private static let headBytes = 64

  private static func quoted(_ field: [UInt8], _ text: Bytes) -> Bytes? {
    guard let found = text.firstRange(of: field),
      let end = text[found.upperBound...].firstIndex(of: UInt8(ascii: "\"")),
      end > found.upperBound
    else { return nil }
    return text[found.upperBound..<end]
  }

  private static func microseconds(_ bytes: Bytes) -> Int64? {
    guard let seconds = GoDuration.seconds(Substring(String(bytes))), seconds.isFinite,
      abs(seconds) < 1e12
    else { return nil }
    return Int64((seconds * 1_000_000).rounded())
  }

  private static let roles: [String: Role] = [
    "eni": .eni, "eni_tail": .eniTail, "ip": .address, "v4": .address, "card": .card,
    "key": .key, "cid": .key, "ns": .namespace, "pod": .pod, "since": .duration,
    "dur": .duration, "err": .text, "why": .text, "what": .text, "ver": .text, "var": .text,
    "type": .text, "state": .text, "kind": .text, "uri": .text, "rest": .text, "code": .text,
    "subnet": .text, "list": .text, "v": .flagOrText, "ok": .flagOrText, "room": .flagOrText,
    "low": .flagOrText, "ips": .fields, "pb": .fields, "total": .number(0), "assigned": .number(1),
    "cooling": .number(2), "pfx": .number(3), "per": .number(4), "enis": .number(0),
    "max": .number(1), "unmanaged": .number(2), "trunk": .number(3), "excluded": .number(4),
    "maxpods": .number(0), "wip": .number(1), "wpfx": .number(2), "weni": .number(3),
    "min": .number(4), "n": .number(0), "dev": .number(0), "freed": .number(2),
    "pods": .number(0), "old": .number(0), "new": .number(1),
    "cur": .number(0), "avail": .number(0), "target": .number(1), "over": .number(2),
    "try": .number(0), "of": .number(1),
  ]
}

extension IPAMDStatement.Address {
  /// Reads `10.0.0.5`, `10.0.0.16/28` or an IPv6 address with or without a length.
  init?(_ bytes: Bytes) {
    let (address, length) = bytes.cut(at: UInt8(ascii: "/")) ?? (bytes, [])
    let isV6 = address.contains(UInt8(ascii: ":"))
    let full: Int64 = isV6 ? 128 : 32
    let bits = length.isEmpty ? full : length.integer ?? -1
    guard (0...full).contains(bits) else { return nil }
    if isV6 {
      guard let (high, low) = IPRange.ipv6(address) else { return nil }
      self.init(high: high, low: low, isV6: true, length: UInt8(bits))
    } else {
      guard let low = IPRange.ipv4(address, mayBeShort: false) else { return nil }
      self.init(high: 0, low: UInt64(low), isV6: false, length: UInt8(bits))
    }
  }
}
