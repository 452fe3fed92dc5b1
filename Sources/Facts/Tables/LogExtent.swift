import BundleModel

/// What a log file covers: without it, nobody knows whether a missing record means anything.
public struct LogExtent: FactRow {
  var source: String
  var encoding: String?
  var records: Int64 = 0
  var damaged: Int64 = 0
  var debug: Int64 = 0
  var info: Int64 = 0
  var complaints: Int64 = 0
  var firstUs: Int64?
  var lastUs: Int64?
  var stepsBack: Int64 = 0
  var longestGapUs: Int64 = 0
  var longestGapFromUs: Int64?

  /// The declaration of `log_extent`.
  public static let schema = Schema<Self>(
    "log_extent", "What each log file covers, one row each.",
    from: ComponentLog.artifacts + HostLog.artifacts,
    columns: [
      Column("source", \.source, LogSource.columnSummary),
      Column(
        "encoding", \.encoding,
        "json, text, logfmt, klog or plain; mixed if records of several were found; NULL without any."
      ),
      Column("records", \.records, "Records, damaged ones included."),
      Column("damaged", \.damaged, "Records that are incomplete or not in the log's encoding."),
      Column("debug", \.debug, "Records of the levels debug and trace."),
      Column("info", \.info, "Records of the level info."),
      Column("complaints", \.complaints, "Records of the levels warn and above."),
      Column("first_us", \.firstUs, "Earliest time of a record, in microseconds since 1970 UTC."),
      Column("last_us", \.lastUs, "Latest time of a record, in microseconds since 1970 UTC."),
      Column(
        "steps_back", \.stepsBack,
        "Records that are more than a second older than the one before them."),
      Column(
        "longest_gap_us", \.longestGapUs, "Longest time without a record, in microseconds."),
      Column(
        "longest_gap_from_us", \.longestGapFromUs,
        "When that gap began, in microseconds since 1970 UTC."),
    ])

  /// Gathers a row record by record.
  struct Tally {
    private var row: LogExtent
    private var encodings: UInt8 = 0
    private var previousUs: Int64?
    private var firstLine: Int?

    init(_ source: String) {
      row = LogExtent(source: source)
    }

    mutating func add(_ record: LogRecord) {
      if record.damage != nil { row.damaged += 1 }
      add(
        record.level, record.timeUs, record.damage == nil ? record.encoding : nil,
        line: record.line)
    }

    /// Takes a record in; a damaged one has no encoding.
    mutating func add(
      _ level: LogLevel?, _ timeUs: Int64?, _ encoding: LogRecord.Encoding?, line: Int
    ) {
      row.records += 1
      if firstLine == nil { firstLine = line }
      if let encoding { encodings |= 1 << encoding.rawValue }
      switch level {
      case .debug, .trace: row.debug += 1
      case .info: row.info += 1
      case .warn, .error, .fatal, .panic: row.complaints += 1
      case .other, nil: break
      }
      guard let us = timeUs else { return }
      row.firstUs = min(row.firstUs ?? us, us)
      row.lastUs = max(row.lastUs ?? us, us)
      if let previousUs {
        // Hostile times may lie farther apart than a number can tell.
        let (gap, isOverflow) = us.subtractingReportingOverflow(previousUs)
        if gap < -1_000_000 { row.stepsBack += 1 }
        if !isOverflow, gap > row.longestGapUs {
          row.longestGapUs = gap
          row.longestGapFromUs = previousUs
        }
      }
      previousUs = us
    }

    func write(into sink: inout RowSink<LogExtent>) {
      guard let firstLine else { return }
      var row = row
      let found = LogRecord.Encoding.allCases.filter { encodings & 1 << $0.rawValue != 0 }
      row.encoding = found.count > 1 ? "mixed" : found.first.map { "\($0)" }
      sink.append(row, line: firstLine)
    }
  }
}
