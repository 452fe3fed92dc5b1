public import BundleModel

/// The logs of kubelet, kernel, system services and cluster programs on the host: one pass finds
/// their events, counts what is none, and tells what each file covers.
public enum HostLog: FactReader {
  /// Journals, kernel messages, the system log, and the container output of cluster programs.
  public static let artifacts: [ArtifactID] = [
    .kubeletJournal, .kernelMessages, .foreignKernelMessages, .foreignKernelMessagesByTime,
    .systemLog, .warnings, .networkJournals, .runtimeJournal, .proxyPodLogs, .dnsPodLogs,
    .foreignJournal,
  ]
  /// The tables that one log may fill.
  public static let tables: [any FactRow.Type] = [
    KubeletEvent.self, HostEvent.self, LogShape.self, LogExtent.self,
  ]

  /// Reads a log from its first line to its last. What was read before a failure is kept.
  public static func read(
    _ input: inout ArtifactInput, into sinks: inout TableSinks
  ) throws(ParseError) {
    var pass = HostPass(input.artifact, sinks)
    defer { pass.finish(&sinks) }
    while let bytes = try input.nextLine() {
      guard bytes.contains(where: { !$0.isWhitespace }),
        let line = HostLine(bytes, of: input.artifact, reference: input.referenceTimeUs)
      else { continue }
      pass.take(line, input.lineNumber)
    }
  }

  /// What the tables of shapes and extents call a log.
  fileprivate static func source(_ artifact: ArtifactID) -> String {
    switch artifact {
    case .kubeletJournal: "kubelet"
    case .kernelMessages, .foreignKernelMessages, .foreignKernelMessagesByTime: "kernel"
    case .runtimeJournal: "runtime"
    case .proxyPodLogs: "kubeproxy"
    case .dnsPodLogs: "coredns"
    case .networkJournals: "network"
    default: "system"
    }
  }
}

/// One pass over one log.
private struct HostPass {
  private let artifact: ArtifactID
  private var kubeletEvents: RowSink<KubeletEvent>
  private var hostEvents: RowSink<HostEvent>
  private var shapeRows: RowSink<LogShape>
  private var extentRows: RowSink<LogExtent>
  private var extent: LogExtent.Tally
  private var shapes: ShapeCounts
  private var open: KubeletEvent.Open?
  private var pending: (row: HostEvent, line: Int)?

  init(_ artifact: ArtifactID, _ sinks: TableSinks) {
    self.artifact = artifact
    kubeletEvents = sinks.sink(of: KubeletEvent.self)
    hostEvents = sinks.sink(of: HostEvent.self)
    shapeRows = sinks.sink(of: LogShape.self)
    extentRows = sinks.sink(of: LogExtent.self)
    extent = LogExtent.Tally(HostLog.source(artifact))
    shapes = ShapeCounts(HostLog.source(artifact))
  }

  mutating func take(_ line: HostLine, _ number: Int) {
    if line.isContinuation, open != nil {
      open?.append(line.message)
      return
    }
    open?.flush(&kubeletEvents)
    open = nil
    if line.timeUs == nil, line.bootUs == nil, ShellPrompt.matches(line.message) { return }
    if line.isDamaged { hostEvents.unreadable("a record is damaged", line: number) }
    let isEvent = isKubelet(line) ? takeKubelet(line, number) : takeHost(line, number)
    // What goes on with another record is none of its own.
    guard isEvent || !line.isContinuation else { return }
    let record = LogRecord(
      line: number, level: line.level, timeUs: line.timeUs, message: line.message,
      encoding: line.encoding, damage: line.isDamaged ? "a record is damaged" : nil)
    // Times of the node's own zone would put the end of the log hours off.
    var dated = record
    if artifact == .foreignKernelMessagesByTime { dated.timeUs = nil }
    extent.add(dated)
    guard !isEvent else { return }
    let hash = Word.hash(record.message)
    if line.isDamaged || !shapes.again(hash, record.level, record.timeUs) {
      _ = shapes.add(record, hash)
    }
  }

  private func isKubelet(_ line: HostLine) -> Bool {
    artifact == .kubeletJournal
      || artifact == .foreignJournal && line.program?.equals("kubelet") == true
  }

  private mutating func takeKubelet(_ line: HostLine, _ number: Int) -> Bool {
    guard let event = KubeletPatterns.catalogue.event(line.message) else { return false }
    open = KubeletEvent.Open(KubeletEvent(line, event), text: line.message, line: number)
    return true
  }

  private mutating func takeHost(_ line: HostLine, _ number: Int) -> Bool {
    guard let event = HostPatterns.catalogue(of: line.program)?.event(line.message) else {
      return false
    }
    let row = HostEvent(line, event)
    if pending?.row.isRepeated(by: row) == true {
      pending?.row.repeated(by: row)
    } else {
      if let (row, line) = pending { hostEvents.append(row, line: line) }
      pending = (row, number)
    }
    return true
  }

  mutating func finish(_ sinks: inout TableSinks) {
    open?.flush(&kubeletEvents)
    if let (row, line) = pending { hostEvents.append(row, line: line) }
    shapes.write(into: &shapeRows)
    extent.write(into: &extentRows)
    sinks.replace(kubeletEvents)
    sinks.replace(hostEvents)
    sinks.replace(shapeRows)
    sinks.replace(extentRows)
  }
}
