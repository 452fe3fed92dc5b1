import BundleModel

/// Whether the metadata service answered, and to whom.
public struct IMDSCheck: FactTable {
  var origin: String
  var netns: String?
  var podAddress: String?
  var method: String
  var status: Int64?
  var error: String?
  var durationUs: Int64?

  /// The declaration of `imds_check`.
  public static let schema = Schema<Self>(
    "imds_check", "Attempts to reach the instance metadata service.",
    from: [.metadataReach, .metadataHopLimit],
    columns: [
      Column("origin", \.origin, "host or pod."),
      Column("netns", \.netns, "Network namespace of the pod; NULL for the host."),
      Column("pod_address", \.podAddress, "Address of the pod; NULL for the host."),
      Column("method", \.method, "`PUT token`, `GET without token` or `GET with token`."),
      Column("status", \.status, "HTTP status; NULL or 0 if there was no answer."),
      Column(
        "error", \.error,
        "Why there was no answer: timeout inside a pod means that the hop limit is 1."),
      Column("duration_us", \.durationUs, "How long the attempt took, in microseconds."),
    ])

  /// Reads the collector's list of checks, or the steps that it took inside a pod's namespace.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    let namespace = document["netns"]?.filledString
    for check in document["checks"]?.array ?? document["steps"]?.array ?? [] {
      let origin = check["origin"]?.string ?? namespace.map { _ in "pod" }
      guard let origin, let method = check["method"]?.string else {
        rows.unreadable("a check without origin or method", line: check.object?.line)
        continue
      }
      rows.append(
        Self(
          origin: origin, netns: check["netns"]?.filledString ?? namespace,
          podAddress: check["pod_address"]?.filledString, method: method,
          status: check["status"]?.integer, error: check["error"]?.filledString,
          durationUs: check["duration_us"]?.integer), line: nil)
    }
  }
}
