import BundleModel

/// What one source says about the node's clock.
public struct ClockState: FactTable {
  var source: String
  var isSynchronized: Bool?
  var offsetUs: Int64?
  var errorUs: Int64?
  var server: String?
  var stratum: Int64?
  var problem: String?
  var realtimeUs: Int64?
  var monotonicUs: Int64?
  var reading: Int

  /// The declaration of `clock_state`.
  public static let schema = Schema<Self>(
    "clock_state", "What the kernel, chrony, timedatectl and a time server say about the clock.",
    from: [.clock, .clockAgain, .probeClock],
    columns: [
      Column("source", \.source, "kernel, chrony, timedatectl, or ntp for an answer of a server."),
      Column(
        "is_synchronized", \.isSynchronized,
        "1 if the source takes the clock for disciplined, 0 if not; NULL if it does not say."),
      Column(
        "offset_us", \.offsetUs,
        "How far the clock is behind, in microseconds; negative if it is ahead."),
      Column("error_us", \.errorUs, "Largest error that the source thinks possible, microseconds."),
      Column("server", \.server, "Server that the source follows or that was asked."),
      Column("stratum", \.stratum, "Distance of the server from a reference clock."),
      Column("problem", \.problem, "Why the source gave no answer; NULL if it gave one."),
      Column(
        "realtime_us", \.realtimeUs,
        "The clock when it was read, in microseconds since 1970 UTC; NULL for other sources than"
          + " the kernel."),
      Column(
        "monotonic_us", \.monotonicUs,
        "Time since boot at the same moment, in microseconds: both differences between two readings"
          + " are equal unless the clock was set."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end."),
    ])

  private init(_ source: String, reading: Int) {
    self.source = source
    self.reading = reading
  }

  /// Reads our documents, or what `chronyc tracking` and `timedatectl` print.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let reading = input.reading
    guard try input.startsWithObject() else {
      var fields: [String: String] = [:]
      while let line = try input.nextLine() {
        guard fields.count < FactLimits.fieldsPerRecord else { break }
        if let (key, value) = line.cut(at: UInt8(ascii: "=")), !key.contains(0x20) {
          fields[String(key.trimmed)] = String(value.trimmed)
        } else if let (key, value) = line.cut(at: UInt8(ascii: ":")) {
          fields[String(key.trimmed)] = String(value.trimmed)
        }
      }
      if let row = chrony(fields, reading) { rows.append(row, line: 1) }
      if let row = timedatectl(fields, reading) { rows.append(row, line: 1) }
      return
    }
    guard let document = try input.readJSON(&rows) else { return }
    if input.artifact == .probeClock { return readAnswers(document, &rows) }
    var kernel = Self("kernel", reading: reading)
    kernel.realtimeUs = document["realtime_us"]?.integer
    kernel.monotonicUs = document["monotonic_us"]?.integer
    kernel.isSynchronized = document["kernel"]?["synchronized"]?.bool
    kernel.offsetUs = document["kernel"]?["offset_us"]?.integer
    kernel.errorUs = document["kernel"]?["maximal_error_us"]?.integer
    rows.append(kernel, line: document.object?.line)
    for (name, make) in [("chrony", chrony), ("timedatectl", timedatectl)] {
      var fields: [String: String] = [:]
      for (key, value) in document[name]?.object?.members ?? [] { fields[key] = value.scalarText }
      if let row = make(fields, reading) { rows.append(row, line: document[name]?.object?.line) }
    }
    for (name, reason) in document["unanswered"]?.object?.members ?? [] {
      var row = Self(name == "chronyc" ? "chrony" : name, reading: reading)
      row.problem = reason.string
      rows.append(row, line: document["unanswered"]?.object?.line)
    }
  }

  /// `Reference ID : A9FEA97B (169.254.169.123)`, `System time : 0.000012 seconds slow of NTP time`.
  private static func chrony(_ fields: [String: String], _ reading: Int) -> Self? {
    guard let leap = fields["Leap status"] else { return nil }
    var row = Self("chrony", reading: reading)
    row.isSynchronized = leap != "Not synchronised"
    if let id = fields["Reference ID"], let open = id.firstIndex(of: "(") {
      let name = id[id.index(after: open)...].prefix { $0 != ")" }
      row.server = name.isEmpty ? nil : String(name)
    }
    row.stratum = fields["Stratum"].flatMap { Int64($0) }
    if let words = fields["System time"]?.split(separator: " "), words.count >= 3 {
      row.offsetUs = microseconds(words[0]).map { words[2] == "fast" ? -$0 : $0 }
    }
    // chrony bounds the error by the dispersion and half of the delay.
    if let dispersion = fields["Root dispersion"].flatMap(firstMicroseconds),
      let delay = fields["Root delay"].flatMap(firstMicroseconds)
    {
      row.errorUs = dispersion + delay / 2
    }
    return row
  }

  private static func timedatectl(_ fields: [String: String], _ reading: Int) -> Self? {
    let word =
      fields["NTPSynchronized"] ?? fields["System clock synchronized"] ?? fields["NTP synchronized"]
    guard let word else { return nil }
    var row = Self("timedatectl", reading: reading)
    row.isSynchronized = word == "yes"
    return row
  }

  private static func firstMicroseconds(_ text: String) -> Int64? {
    text.split(separator: " ").first.flatMap(microseconds)
  }

  private static func microseconds(_ text: Substring) -> Int64? {
    guard let seconds = Double(text), abs(seconds) < 1e12 else { return nil }
    return Int64((seconds * 1_000_000).rounded())
  }

  private static func readAnswers(_ document: JSONValue, _ rows: inout RowSink<Self>) {
    for sample in document["samples"]?.array ?? [] {
      var row = Self("ntp", reading: 1)
      row.server = document["server"]?.filledString
      row.offsetUs = sample["offset_us"]?.integer
      row.errorUs = sample["delay_us"]?.integer.map { $0 / 2 }
      row.stratum = sample["stratum"]?.integer
      if sample["outcome"]?.string != "ok" {
        row.problem = sample["code"]?.filledString ?? sample["outcome"]?.filledString ?? "no answer"
      }
      rows.append(row, line: sample.object?.line)
    }
  }
}
