public import BundleModel

/// The logs of the CNI's components: one pass fills the tables of their events, the counts of what
/// is no known event, and what each file covers.
public enum ComponentLog: FactReader {
  /// The logs of ipamd, the plugins, the policy agent, and the container output of aws-node.
  public static let artifacts: [ArtifactID] = [
    .ipamdLog, .ipamdRotatedLogs, .pluginLog, .egressLogs, .policyAgentLogs, .agentPodLogs,
  ]
  /// The tables that one log may fill.
  public static let tables: [any FactRow.Type] = [
    IPAMDEvent.self, PluginEvent.self, LogEvent.self, LogShape.self, LogExtent.self,
  ]

  /// Reads a log from its first line to its last. What was read before a failure is kept.
  public static func read(
    _ input: inout ArtifactInput, into sinks: inout TableSinks
  ) throws(ParseError) {
    guard let source = LogSource(input.artifact, path: input.path) else { return }
    var reader = LogReader(
      isWrapped: LogSource.isContainerOutput(input.artifact), acceptsPlainText: source == .awsnode)
    input.journal?.begin(path: input.path)
    var pass = ComponentPass(source, sinks, input.journal.take())
    defer { input.journal = pass.finish(&sinks) }
    while true {
      if let line = reader.nextRepeat(&input) {
        pass.take(line) { reader.record(of: line) }
        continue
      }
      guard let record = try reader.next(&input) else { break }
      pass.take(record)
    }
  }
}

/// One pass over one log.
private struct ComponentPass {
  private let source: LogSource
  private var ipamdEvents: RowSink<IPAMDEvent>
  private var pluginEvents: RowSink<PluginEvent>
  private var logEvents: RowSink<LogEvent>
  private var shapeRows: RowSink<LogShape>
  private var extentRows: RowSink<LogExtent>
  private var extent: LogExtent.Tally
  private var shapes: ShapeCounts
  private var ipamd: IPAMDPass
  private var plugin = PluginEvent.Classifier()
  private var other: LogEventPass

  init(_ source: LogSource, _ sinks: TableSinks, _ journal: IPAMDJournal?) {
    self.source = source
    ipamd = IPAMDPass(journal: journal)
    ipamdEvents = sinks.sink(of: IPAMDEvent.self)
    pluginEvents = sinks.sink(of: PluginEvent.self)
    logEvents = sinks.sink(of: LogEvent.self)
    shapeRows = sinks.sink(of: LogShape.self)
    extentRows = sinks.sink(of: LogExtent.self)
    extent = LogExtent.Tally(source.rawValue)
    shapes = ShapeCounts(source.rawValue)
    other = LogEventPass(source)
  }

  mutating func take(_ record: LogRecord) {
    extent.add(record)
    if let damage = record.damage { note(damage, record.line) }
    let hash = record.hash ?? Word.hash(record.message)
    // Chatter is known by its words, before anything is compared with shapes.
    if record.damage == nil, record.others.isEmpty,
      shapes.again(hash, record.level, record.timeUs)
    {
      return
    }
    read(record, hash)
  }

  /// Takes a line that came before, and makes a record of it only if it has to be looked at.
  mutating func take(_ line: RepeatedLines.Repeat, _ record: () -> LogRecord) {
    extent.add(line.level, line.timeUs, .json, line: line.line)
    if shapes.again(line.hash, line.level, line.timeUs) { return }
    read(record(), line.hash)
  }

  private mutating func read(_ record: LogRecord, _ hash: UInt64) {
    switch source {
    case .ipamd:
      guard !ipamd.take(record, hash, into: &ipamdEvents) else { return }
      if isKept(record, shapes.add(record, hash)) { ipamd.keep(record, into: &ipamdEvents) }
    case .plugin:
      guard !plugin.take(record, into: &pluginEvents) else { return }
      if isKept(record, shapes.add(record, hash)) { plugin.keep(record, into: &pluginEvents) }
    case .awsnode:
      // ipamd writes to its container's output if its settings say so.
      guard !other.take(record, into: &logEvents), !ipamd.take(record, hash, into: &ipamdEvents)
      else { return }
      if isKept(record, shapes.add(record, hash)) { other.keep(record, into: &logEvents) }
    case .egress, .npa, .ebpf:
      guard !other.take(record, into: &logEvents) else { return }
      if isKept(record, shapes.add(record, hash)) { other.keep(record, into: &logEvents) }
    }
  }

  /// Whether a record of no known event gets a row all the same.
  private func isKept(_ record: LogRecord, _ count: Int64) -> Bool {
    record.level?.isComplaint ?? true && count <= Int64(FactLimits.rowsPerShape)
  }

  private mutating func note(_ damage: String, _ line: Int) {
    switch source {
    case .ipamd: ipamdEvents.unreadable(damage, line: line)
    case .plugin: pluginEvents.unreadable(damage, line: line)
    case .egress, .npa, .ebpf, .awsnode: logEvents.unreadable(damage, line: line)
    }
  }

  /// Hands over what is left; answers what ipamd said.
  mutating func finish(_ sinks: inout TableSinks) -> IPAMDJournal? {
    ipamd.finish(into: &ipamdEvents)
    other.finish(into: &logEvents)
    shapes.write(into: &shapeRows)
    extent.write(into: &extentRows)
    sinks.replace(ipamdEvents)
    sinks.replace(pluginEvents)
    sinks.replace(logEvents)
    sinks.replace(shapeRows)
    sinks.replace(extentRows)
    return ipamd.journal
  }
}
