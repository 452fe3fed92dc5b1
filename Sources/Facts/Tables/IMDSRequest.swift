import BundleModel

/// A question to the instance metadata service, and its answer.
public struct IMDSRequest: FactTable {
  var path: String
  var status: Int64?
  var body: String?
  var error: String?
  var durationUs: Int64?

  /// The declaration of `imds_request`.
  public static let schema = Schema<Self>(
    "imds_request", "Questions to the instance metadata service.",
    from: [
      .metadataIdentity, .metadataBasic, .metadataInterfaces, .metadataProfile, .metadataEvents,
      .metadataTags,
    ],
    columns: [
      Column("path", \.path, "Path below /latest/."),
      Column("status", \.status, "HTTP status; 404 means none, 0 that there was no answer."),
      Column("body", \.body, "Answer as text; NULL if there was none. Never credentials."),
      Column("error", \.error, "Why there was no answer, such as timeout."),
      Column("duration_us", \.durationUs, "How long the answer took, in microseconds."),
    ])

  /// Reads the collector's list of requests.
  public static func parse(
    _ input: inout ArtifactInput, into rows: inout RowSink<Self>
  ) throws(ParseError) {
    guard let document = try input.readJSON(&rows) else { return }
    for var row in requests(document) {
      if row.holdsCredentials {
        row.body = nil
        rows.unreadable("an answer with credentials was left out", line: nil)
      }
      rows.append(row, line: nil)
    }
  }

  /// Whether the answer is a secret, by its path or by what stands in it. Our collector never asks
  /// for one; a list that a person put together may hold one.
  private var holdsCredentials: Bool {
    guard let body else { return false }
    let bytes = Array(path.utf8)[...]
    if bytes.contains("security-credentials/") { return !bytes.hasSuffix("security-credentials/") }
    let text = Array(body.utf8)[...]
    return bytes.hasSuffix("api/token") || text.contains("SecretAccessKey")
  }

  static func requests(_ document: JSONValue) -> [Self] {
    (document["requests"]?.array ?? []).compactMap { request in
      request["path"]?.string.map {
        Self(
          path: $0, status: request["status"]?.integer, body: request["body"]?.string,
          error: request["error"]?.filledString, durationUs: request["duration_us"]?.integer)
      }
    }
  }
}
