import BundleModel

/// An event in a log of the CNI's smaller components: egress plugins, network policy agent, its
/// library, and the container output of aws-node.
public struct LogEvent: RepeatableRow {
  var source: String
  var timeUs: Int64?
  var level: String?
  var event: String?
  var message: String
  var sourceAddress: String?
  var sourcePort: Int64?
  var destinationAddress: String?
  var destinationPort: Int64?
  var transport: String?
  var verdict: String?
  var failure: String?
  var count: Int64 = 1
  var lastUs: Int64?
  var lastLine: Int64?

  /// The declaration of `log_event`.
  public static let schema = Schema<Self>(
    "log_event",
    "Events in the logs of the egress plugins, the policy agent and aws-node's container. Repeated statements are one row; `line` gives the order.",
    from: [.egressLogs, .policyAgentLogs, .agentPodLogs],
    columns: [
      Column("source", \.source, "Component that wrote it: egress, npa, ebpf or awsnode."),
      Column("time_us", \.timeUs, "When it was written, in microseconds since 1970 UTC."),
      Column("level", \.level, "debug, info, warn, error, fatal, panic or trace."),
      Column(
        "event", \.event,
        "What happened, such as NP_VERDICT or AN_TIMEOUT; NULL for a complaint of unknown shape."),
      Column("message", \.message, "The message, with further members of the record behind it."),
      Column("src", \.sourceAddress, "Source address of a flow that was judged."),
      Column(
        "src_port", \.sourcePort,
        "Its source port; of equal flows that differ in their client's port, that of the first."),
      Column("dst", \.destinationAddress, "Destination address of the flow."),
      Column("dst_port", \.destinationPort, "Its destination port, with the same exception."),
      Column("proto", \.transport, "Transport protocol of the flow, such as TCP or UDP."),
      Column("verdict", \.verdict, "ACCEPT or DENY, in capital letters."),
      Column("failure", \.failure, "What went wrong, where the record says so."),
      Column(
        "count", \.count,
        "How often it was stated; above 1 only for statements that repeat, with the first one's time."
      ),
      Column("last_us", \.lastUs, "When it was stated last, in microseconds since 1970 UTC."),
      Column("last_line", \.lastLine, "Line of the last statement; NULL for a single one."),
    ])

  fileprivate init(_ record: LogRecord, _ source: LogSource, _ text: Bytes, _ event: String?) {
    self.source = source.rawValue
    timeUs = record.timeUs
    level = record.level?.text
    self.event = event
    message = String.text(of: text)
    lastUs = record.timeUs
  }

  /// Takes what stands in a gap.
  fileprivate mutating func read(_ bytes: Bytes, of name: String) {
    guard !bytes.isEmpty else { return }
    switch name {
    case "src": sourceAddress = String(bytes)
    case "dst": destinationAddress = String(bytes)
    case "sport": sourcePort = bytes.integer
    case "dport": destinationPort = bytes.integer
    case "proto": transport = String(bytes).uppercased()
    case "verdict": verdict = String(bytes).uppercased()
    case "err": failure = Self.failure(bytes)
    default: break
    }
  }

  /// Without the punctuation between the message and the error.
  private static func failure(_ bytes: Bytes) -> String? {
    let text = bytes.drop { ":,. ".utf8.contains($0) }
    return text.isEmpty ? nil : String.text(of: text)
  }
}

/// Turns the records of one log into rows.
struct LogEventPass {
  private let source: LogSource
  private let catalogue: PatternCatalogue
  private var gaps: [PatternGap] = []
  private var repeats = Repeats<LogEvent, Int>()

  /// Ports from here on are those of clients, by the kernel's default.
  private static let firstClientPort: Int64 = 32_768

  init(_ source: LogSource) {
    self.source = source
    catalogue = AgentPatterns.catalogue(source)
  }

  /// Takes a record in; answers whether it stands for a known event.
  mutating func take(_ record: LogRecord, into rows: inout RowSink<LogEvent>) -> Bool {
    let text = Self.text(of: record)
    guard let pattern = catalogue.match(text, &gaps) else { return false }
    let event = catalogue.patterns[pattern].event
    var row = LogEvent(record, source, text, event)
    for gap in gaps { row.read(gap.bytes(text), of: catalogue.names[gap.name]) }
    let statement: Bytes
    let repetition: Repetition
    if AgentPatterns.listings.contains(event) {
      statement = Self.flow(row)
      repetition = .listing
    } else if AgentPatterns.states.contains(event) {
      statement = text
      repetition = .state
    } else {
      repeats.closeStates(into: &rows)
      rows.append(row, line: record.line)
      return true
    }
    let hash = Word.hash(statement)
    guard repeats.again(statement, hash, timeUs: record.timeUs, line: record.line) == nil else {
      return true
    }
    repeats.hold(
      Repeats.Statement(
        row: row, line: record.line, text: statement, hash: hash, topic: hash, subjects: (0, 0),
        tag: pattern), as: repetition, into: &rows)
    return true
  }

  /// Writes a row for a record of no known event.
  mutating func keep(_ record: LogRecord, into rows: inout RowSink<LogEvent>) {
    let isPanic = record.level == .panic && record.encoding == .plain
    if isPanic { repeats.closeStates(into: &rows) }
    let row = LogEvent(record, source, Self.text(of: record), isPanic ? "PANIC" : nil)
    rows.append(row, line: record.line)
  }

  mutating func finish(into rows: inout RowSink<LogEvent>) {
    repeats.closeAll(into: &rows)
  }

  /// The first logger of the policy agent puts half of the message into members of its own.
  private static func text(of record: LogRecord) -> Bytes {
    guard !record.others.isEmpty else { return record.message }
    return record.message.trimmed + record.others
  }

  /// What tells a flow from others: its client's port differs from connection to connection.
  private static func flow(_ row: LogEvent) -> Bytes {
    func port(_ number: Int64?) -> String {
      guard let number, number < firstClientPort else { return "*" }
      return String(number)
    }
    let parts = [
      row.sourceAddress, port(row.sourcePort), row.destinationAddress, port(row.destinationPort),
      row.transport, row.verdict,
    ]
    return Array(parts.map { $0 ?? "" }.joined(separator: " ").utf8)[...]
  }
}
