import BundleModel

/// A sample of the address manager's metrics.
public struct Metric: FactTable {
  var name: String
  var labels: String
  var value: Double?
  var reading: Int

  /// The declaration of `metric`.
  public static let schema = Schema<Self>(
    "metric", "Samples of the address manager's metrics.",
    from: [.ipamdMetrics, .ipamdMetricsAgain],
    columns: [
      Column("name", \.name, "Name of the metric, with its prefix awscni_."),
      Column("labels", \.labels, "Labels as a JSON object with sorted names; {} without labels."),
      Column("value", \.value, "Value; NULL if it is not a number."),
      Column(
        "reading", \.reading,
        "1 for the reading at the start of the run, 2 for the one at its end; counters start at 0"
          + " with ipamd."),
    ])

  /// Reads the text format of Prometheus.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    while let bytes = try input.nextLine() {
      let line = bytes.trimmed
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      if let sample = PrometheusText.sample(line) {
        let labels = sample.labels.sorted { $0.name < $1.name }.map {
          "\(JSONValue.quoted($0.name)):\(JSONValue.quoted($0.value))"
        }
        rows.append(
          Self(
            name: sample.name, labels: "{" + labels.joined(separator: ",") + "}",
            value: sample.value, reading: input.reading), line: input.lineNumber)
      } else if !ShellPrompt.matches(line) {
        rows.unreadable("not a sample", line: input.lineNumber)
      }
    }
  }
}
