import BundleModel

/// A counter of connection tracking on one processor.
public struct ConntrackCounter: FactTable {
  var sample: SampleTime
  var processor: Int64
  var name: String
  var value: Int64

  /// The declaration of `conntrack_counter`.
  public static let schema = Schema<Self>(
    "conntrack_counter", "Counters of connection tracking by processor, in two samples.",
    from: [.trackingCounters, .trackingCountersAgain, .foreignTrackingCounters],
    columns: SampleTime.columns(\.sample) + [
      Column("cpu", \.processor, "Number of the processor."),
      Column(
        "name", \.name, "Name as `conntrack -S` prints it, such as insert_failed or early_drop."),
      Column("value", \.value, "Total since boot; it may wrap at 32 bits."),
    ])

  /// Other names of the same counters: those of `/proc/net/stat/nf_conntrack`.
  private static let names = [
    "icmp_error": "error", "clashres": "clash_resolve", "chainlength": "chaintoolong",
  ]

  /// Reads the collector's document, or the lines of `conntrack -S`.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while true {
      if rows.count == 0, try input.isAtDocument() { return try readJSON(&input, &rows) }
      guard let bytes = try input.nextLine() else { return }
      let line = bytes.trimmed
      if line.starts("cpu=") {
        read(line, SampleTime(input), input.lineNumber, &rows)
      } else if !line.isEmpty, !ConntrackKind.isRemark(line) {
        rows.unreadable("not a line of counters", line: input.lineNumber)
      }
    }
  }

  /// `cpu=0  found=12 invalid=3 insert_failed=0`.
  private static func read(
    _ line: Bytes, _ sample: SampleTime, _ number: Int, _ rows: inout RowSink<Self>
  ) {
    var processor: Int64 = 0
    for word in line.words {
      guard let (name, text) = word.cut(at: UInt8(ascii: "=")), let value = text.integer else {
        rows.unreadable("a counter without a value", line: number)
        continue
      }
      if name.equals("cpu") {
        processor = value
      } else {
        rows.append(
          Self(sample: sample, processor: processor, name: String(name), value: value),
          line: number)
      }
    }
  }

  private static func readJSON(
    _ input: inout ArtifactInput, _ rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readDocument({ rows.unreadable($0, line: $1) }) else { return }
    let sample = SampleTime(input, document)
    for (index, processor) in (document["processors"]?.array ?? []).enumerated() {
      for (name, value) in processor.object?.members ?? [] where name != "entries" {
        guard let value = value.integer else { continue }
        rows.append(
          Self(
            sample: sample, processor: Int64(index), name: names[name] ?? name, value: value),
          line: processor.object?.line)
      }
    }
  }
}

/// How full the table of tracked connections is.
public struct ConntrackState: FactTable {
  var sample: SampleTime
  var value: JSONValue

  /// The declaration of `conntrack_state`.
  public static let schema = Schema<Self>(
    "conntrack_state", "How full the table of tracked connections is, in two samples.",
    from: [.trackingCounters, .trackingCountersAgain],
    columns: SampleTime.columns(\.sample) + [
      Column("entries", { $0.value["count"]?.integer }, "Connections that are tracked."),
      Column("max_entries", { $0.value["max"]?.integer }, "Connections that may be tracked."),
      Column("buckets", { $0.value["buckets"]?.integer }, "Size of the hash table."),
    ])

  /// Reads the collector's document.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSONQuietly(), document.object != nil else { return }
    guard document["count"]?.integer != nil || document["max"]?.integer != nil else { return }
    rows.append(
      Self(sample: SampleTime(input, document), value: document), line: document.object?.line)
  }
}
