/// The statements of one ipamd log in the order in which they were written, every one of them:
/// tables keep what repeats as one row, but a replay needs each.
public struct IPAMDJournal: Sendable {
  /// The log's path in the bundle.
  public private(set) var path = ""
  /// What was said when, in the order of the lines; what is said again stands once.
  private var tape = StatementTape()
  private var contents: [IPAMDStatement.Content] = []
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

  /// Contents that come again often, by the end of their hash.
  private static let recentCount = 4096

  private let limit: Int
  private var recent: [Int32] = []
  private var texts: [UInt8] = []
  private var ends: [Int] = [0]
  private var places: [UInt64: Int32] = [:]

  /// An empty journal that takes up to `limit` statements.
  public init(limit: Int = FactLimits.journalStatements) {
    self.limit = limit
  }

  /// How many statements there are.
  public var count: Int { tape.count }
  /// Whether the log says nothing about the pool.
  public var isEmpty: Bool { tape.count == 0 }

  /// A statement by its place. A ``Reader`` is much faster for more than a few.
  public subscript(index: Int) -> IPAMDStatement {
    var reader = Reader(self)
    return reader[index]
  }

  /// Reads statements one after the other, forwards or backwards.
  public struct Reader {
    private let journal: IPAMDJournal
    private var entries: [StatementTape.Entry] = []
    private var part = -1

    /// A reader of a journal that is complete.
    public init(_ journal: IPAMDJournal) {
      self.journal = journal
    }

    /// A statement by its place.
    public subscript(index: Int) -> IPAMDStatement {
      mutating get {
        let entry = entry(index)
        let content = journal.contents[Int(entry.content)]
        return IPAMDStatement(
          kind: content.kind, content: content, line: entry.line,
          timeUs: entry.timeUs == .min ? nil : entry.timeUs)
      }
    }

    /// The kind of a statement.
    public mutating func kind(at index: Int) -> IPAMDStatement.Kind {
      journal.contents[Int(entry(index).content)].kind
    }

    private mutating func entry(_ index: Int) -> StatementTape.Entry {
      let wanted = index / StatementTape.partLength
      if wanted != part {
        journal.tape.read(wanted, into: &entries)
        part = wanted
      }
      return entries[index % StatementTape.partLength]
    }
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
    guard let time = Self.time(record) else { return }
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

  /// Adds a statement; answers the place of what it says, or nil if it was not taken.
  mutating func append(_ content: IPAMDStatement.Content, _ record: LogRecord) -> Int? {
    guard tape.count < limit else {
      isFull = true
      return nil
    }
    let place = place(of: content)
    add(place, record)
    return place
  }

  /// Adds what was said before at `place` once more.
  mutating func `repeat`(_ place: Int, _ record: LogRecord) {
    guard contents.indices.contains(place) else { return }
    guard tape.count < limit else {
      isFull = true
      return
    }
    add(place, record)
  }

  private mutating func add(_ place: Int, _ record: LogRecord) {
    tape.append(
      StatementTape.Entry(
        content: Int32(truncatingIfNeeded: place), line: Int32(clamping: record.line),
        timeUs: Self.time(record) ?? .min))
  }

  /// When a record was written; nil if no log can have been written then, so that sums and
  /// differences of times can't overflow.
  private static func time(_ record: LogRecord) -> Int64? {
    record.timeUs.flatMap { FactLimits.journalTimesUs.contains($0) ? $0 : nil }
  }

  private mutating func place(of content: IPAMDStatement.Content) -> Int {
    // What is about a sandbox does not come again.
    guard content.sandbox.isNone else {
      contents.append(content)
      return contents.count - 1
    }
    if recent.isEmpty { recent = Array(repeating: -1, count: Self.recentCount) }
    let slot = Int(truncatingIfNeeded: content.hash & UInt64(Self.recentCount - 1))
    let known = Int(recent[slot])
    if known >= 0, contents[known] == content { return known }
    recent[slot] = Int32(truncatingIfNeeded: contents.count)
    contents.append(content)
    return contents.count - 1
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
  ) -> IPAMDStatement.Content {
    var statement = IPAMDStatement.Content(kind: kind)
    var namespace: Bytes = []
    var pod: Bytes = []
    for gap in gaps {
      let bytes = gap.bytes(record.message)
      switch roles[gap.name] {
      case .eni: statement.eni = journal.symbol(bytes)
      case .eniTail: statement.eni = journal.symbol(Self.eniPrefix + bytes)
      case .address: statement.set(IPAMDStatement.Address(bytes))
      case .card: if let card = bytes.integer { statement.card = max(Int8(clamping: card), 0) }
      case .key: statement.sandbox = journal.symbol(bytes)
      case .namespace: namespace = bytes
      case .pod: pod = bytes
      case .duration: statement.durationUs = Self.microseconds(bytes) ?? .min
      case .text: statement.text = journal.symbol(bytes)
      case .flagOrText:
        if bytes.equals("true") {
          statement.flag = 1
        } else if bytes.equals("false") {
          statement.flag = 0
        } else if gap.isNumber {
          statement.set(0, bytes.integer)
        } else {
          statement.text = journal.symbol(bytes)
        }
      // A limit of addresses has the name of a reply's list of them.
      case .fields where gap.isNumber: statement.set(0, bytes.integer)
      case .fields:
        if let text = Self.quoted(Self.addressField, bytes) {
          statement.set(IPAMDStatement.Address(text))
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
    // The shape alone does not say which fact about the instance it is, or which mode.
    if kind == .instance {
      statement.text = journal.symbol(record.message.prefix(Self.headBytes))
    } else if kind == .poolStatistics {
      statement.text = journal.symbol(record.message.prefix(Self.modeBytes))
    }
    return statement
  }

  private static let eniPrefix = Bytes("eni-".utf8)
  private static let slash = Bytes("/".utf8)
  private static let addressField = Array("IPv4Addr:\"".utf8)
  private static let namespaceField = Array("K8S_POD_NAMESPACE:\"".utf8)
  private static let podField = Array("K8S_POD_NAME:\"".utf8)
  private static let containerField = Array("ContainerID:\"".utf8)
  /// Enough of a message to tell which fact about the instance it is.
  private static let headBytes = 64
  /// `Prefix` or the begin of `IP pool`.
  private static let modeBytes = 6

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

extension IPAMDStatement.Content {
  mutating func set(_ address: IPAMDStatement.Address?) {
    guard let address else { return }
    high = address.high
    low = address.low
    isV6 = address.isV6
    length = address.length
  }
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
