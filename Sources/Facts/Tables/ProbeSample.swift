import BundleModel

extension [ArtifactID] {
  /// Items that hold the samples of timed probes.
  static let probeSamples: Self = [
    .probeBaseline, .probeCanary, .probeIPAMD, .probeIPAMDExec, .probePolicyAgent, .probeKubelet,
    .probeKubeProxy, .probeRuntime, .probeAPIEndpoint, .probeAPIClusterAddress, .probeMetadata,
    .probeEC2, .probeServices, .probePodIdentity, .probeHostNames, .probeClusterNames,
    .probeLocalPods,
  ]
}

/// One try of a timed probe.
public struct ProbeSample: FactTable {
  var probe: String
  var object: JSONValue

  private func phase(_ name: String) -> Int64? { object["phase_ns"]?[name]?.integer }

  /// The number behind `exit ` in the code of a program that was started.
  private var exitCode: Int64? {
    guard let code = object["code"]?.string, code.hasPrefix("exit ") else { return nil }
    return Int64(code.dropFirst(5))
  }

  /// The declaration of `probe_sample`.
  public static let schema = Schema<Self>(
    "probe_sample", "Tries of the timed probes; none was repeated within a sample.",
    from: .probeSamples,
    columns: [
      Column("probe", \.probe, "Name of the probe, such as ipamd_grpc or canary."),
      Column("target", { $0.object["target"]?.string ?? "" }, "What was asked."),
      Column("sequence", { $0.object["seq"]?.integer }, "Place in its series, counted from 0."),
      Column(
        "start_ns", { $0.object["t_start_ns"]?.integer }, "When it began, nanoseconds since boot."),
      Column(
        "duration_ns", { $0.object["dur_ns"]?.integer },
        "How long it took, in nanoseconds: for a timeout at least that; for the canary how much"
          + " later than asked for a thread woke up."),
      Column("dns_ns", { $0.phase("dns") }, "Until the name was resolved, in nanoseconds."),
      Column("connect_ns", { $0.phase("connect") }, "Until the connection stood, in nanoseconds."),
      Column("token_ns", { $0.phase("token") }, "Until a metadata token was there, nanoseconds."),
      Column(
        "first_byte_ns", { $0.phase("first_byte") }, "Until the answer began, in nanoseconds."),
      Column("outcome", { $0.object["outcome"]?.string ?? "" }, "ok, fail or timeout."),
      Column("code", { $0.object["code"]?.filledString }, "Status or reason in the probe's words."),
      Column("exit_code", \.exitCode, "Exit code of a program that was started; else NULL."),
      Column("address", { $0.object["address"]?.filledString }, "Address that was used."),
      Column(
        "is_private", { $0.object["private"]?.bool },
        "1 if that address is private, as of a VPC endpoint; else 0."),
      Column(
        "error_output", { $0.object["stderr"]?.filledString }, "What the program wrote as errors."),
    ])

  /// Reads one sample on each line.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    let probe = String(input.artifact.rawValue.split(separator: ".").last ?? "")
    try input.forEachJSON(&rows) { value, line, rows in
      guard value["target"]?.string != nil, value["outcome"]?.string != nil else {
        return rows.unreadable("a sample without target or outcome", line: line)
      }
      rows.append(Self(probe: probe, object: value), line: line)
    }
  }
}

/// The figures of a series of tries.
public struct ProbeSeries: FactTable {
  var probe: String
  var target: String?
  var object: JSONValue

  private func count(_ key: String) -> Int64? { object[key]?.integer }

  /// The declaration of `probe_series`.
  public static let schema = Schema<Self>(
    "probe_series",
    "Figures of the series of a probe. Reading an item of ipamd is a series of one.",
    from: [.probeSummary],
    columns: [
      Column("probe", \.probe, "Name of the probe, or of the item of ipamd, such as enis."),
      Column("target", \.target, "What was asked; NULL for items of ipamd."),
      Column("planned", { $0.count("planned") }, "Tries that were planned."),
      Column("n", { $0.count("n") }, "Tries that were made."),
      Column("ok", { $0.count("ok") }, "Tries with a good answer."),
      Column("failed", { $0.count("fail") }, "Tries with a bad answer or none."),
      Column("timeouts", { $0.count("timeout") }, "Tries that took too long."),
      Column("first_ns", { $0.count("first_ns") }, "Duration of the first try, in nanoseconds."),
      Column("min_ns", { $0.count("min") }, "Shortest duration, in nanoseconds."),
      Column("p50_ns", { $0.count("p50") }, "Median by nearest rank, in nanoseconds."),
      Column("p90_ns", { $0.count("p90") }, "90th percentile by nearest rank, in nanoseconds."),
      Column("p95_ns", { $0.count("p95") }, "95th percentile; NULL with less than 20 tries."),
      Column("p99_ns", { $0.count("p99") }, "99th percentile; NULL with less than 100 tries."),
      Column("max_ns", { $0.count("max") }, "Longest duration, in nanoseconds."),
      Column("mean_ns", { $0.count("mean") }, "Mean duration, in nanoseconds."),
      Column("stddev_ns", { $0.count("stddev") }, "Standard deviation, in nanoseconds."),
      Column("codes", { $0.object["codes"]?.json }, "Reasons of bad answers with their counts."),
    ])

  /// Reads the collector's summary.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for probe in document["probes"]?.array ?? [] {
      let name = ProbeLoad.name(probe["id"]?.string)
      for series in probe["series"]?.array ?? [] where series.object != nil {
        rows.append(
          Self(probe: name, target: series["target"]?.string, object: series),
          line: series.object?.line)
      }
    }
    for item in document["introspection"]?.array ?? [] {
      guard let id = item["id"]?.string else { continue }
      let isGood = ["ok", "truncated"].contains(item["status"]?.string)
      let duration = item["duration_ms"]?.integer.flatMap { NodeLoad.product($0, 1_000_000) }
      var figures = JSONObject(line: item.object?.line ?? 1)
      let numbers: [(String, Int64?)] = [
        ("planned", 1), ("n", 1), ("ok", isGood ? 1 : 0), ("fail", isGood ? 0 : 1),
        ("timeout", item["status"]?.string == "timeout" ? 1 : 0), ("first_ns", duration),
        ("min", duration), ("p50", duration), ("max", duration), ("mean", duration),
      ]
      figures.members = numbers.compactMap { key, value in
        value.map { (key, .number(String($0))) }
      }
      rows.append(
        Self(probe: ProbeLoad.name(id), object: .object(figures)), line: figures.line)
    }
  }
}

/// The load of the node before and after a probe: a slow answer of a starved node says nothing
/// about who answered.
public struct ProbeLoad: FactTable {
  var probe: String
  var moment: String
  var load: JSONValue
  var processors: String?

  private func average(_ index: Int) -> Double? {
    guard let values = load["load"]?.array, index < values.count else { return nil }
    return values[index].double
  }

  /// The declaration of `probe_load`.
  public static let schema = Schema<Self>(
    "probe_load", "Load and pressure of the node before and after each probe.",
    from: [.probeSummary],
    columns: [
      Column("probe", \.probe, "Name of the probe."),
      Column("moment", \.moment, "before or after."),
      Column("load1", { $0.average(0) }, "Load average over one minute."),
      Column(
        "cpu_avg10", { $0.load["cpu"]?["some_avg10"]?.double },
        "Percentage of 10 seconds in which a task waited for a processor."),
      Column(
        "cpu_total_us", { $0.load["cpu"]?["some_total_us"]?.integer },
        "Such waiting since boot, in microseconds."),
      Column(
        "io_avg10", { $0.load["io"]?["some_avg10"]?.double },
        "Percentage of 10 seconds in which a task waited for a disk."),
      Column(
        "memory_avg10", { $0.load["memory"]?["some_avg10"]?.double },
        "Percentage of 10 seconds in which a task waited for memory."),
      Column("processors", \.processors, "Processors that are on, such as 0-1."),
    ])

  /// Reads the collector's summary.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    let processors = document["cpus"]?.filledString
    for probe in document["probes"]?.array ?? [] {
      for moment in ["before", "after"] {
        guard let load = probe["load_\(moment)"], load.object != nil else { continue }
        rows.append(
          Self(
            probe: name(probe["id"]?.string), moment: moment, load: load, processors: processors),
          line: load.object?.line)
      }
    }
  }

  /// `probe.ipamd_grpc` without its category.
  static func name(_ id: String?) -> String {
    id?.split(separator: ".").last.map { String($0) } ?? ""
  }
}
