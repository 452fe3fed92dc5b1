/// A request, reduced to what the lab's servers look at.
public struct HTTPRequest: Sendable {
  /// `GET`, `PUT`, …
  public var method: String
  /// The path without the query.
  public var path: String
  /// What stands behind the question mark, still encoded.
  public var query: String
  /// Header fields, names in lower case.
  public var headers: [String: String]
  /// Address and port of the client.
  public var client = "127.0.0.1:0"

  /// Creates a request for a path with an optional query.
  public init(method: String = "GET", uri: String, headers: [String: String] = [:]) {
    self.method = method
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first.map(String.init) ?? uri
    query = parts.count > 1 ? String(parts[1]) : ""
    self.headers = headers
  }
}

/// An answer.
public struct HTTPResponse: Sendable {
  /// The status code.
  public var status: Int
  /// The value of Content-Type.
  public var type: String
  /// The body.
  public var body: String
  /// Further header fields.
  public var headers: [(String, String)] = []

  /// Creates an answer; 200 and plain text unless said otherwise.
  public init(_ body: String, status: Int = 200, type: String = "text/plain; charset=utf-8") {
    self.status = status
    self.type = type
    self.body = body
  }

  static func json(_ body: String, status: Int = 200) -> Self {
    Self(body, status: status, type: "application/json")
  }
}

/// Something that answers requests.
public protocol HTTPService: Sendable {
  /// The answer to one request.
  func respond(to request: HTTPRequest) async -> HTTPResponse
}
