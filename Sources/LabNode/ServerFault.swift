import NIOCore

/// A server of a node that a test wants to misbehave.
public struct ServerFault: Hashable, Codable, Sendable {
  /// How it misbehaves.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// It accepts and never answers.
    case hanging
    /// Every answer takes `ServerFault.delay`.
    case slow
    /// Nobody listens.
    case refusing
    /// It answers that it does not serve: 503, or NOT_SERVING.
    case notServing = "not-serving"
    /// It answers with bytes of no protocol.
    case garbage
    /// Its answer never ends.
    case endless
  }

  /// The servers that can misbehave.
  public enum Server: String, CaseIterable, Codable, Sendable {
    /// The instance metadata service.
    case imds
    /// ipamd's introspection, port 61679.
    case introspection
    /// ipamd's health service on its socket.
    case ipamdGRPC = "ipamd-grpc"
    /// The kubelet's health endpoint, port 10248.
    case kubeletHealthz = "kubelet-healthz"
  }

  /// How long an answer of a slow server takes: longer than one second, which is the kubelet's default
  /// limit for probes, and shorter than what the collector grants to the metadata service.
  public static let delay = Duration.milliseconds(1_200)

  let kind: Kind
  let server: Server

  /// Reads `slow:ipamd-grpc`; nothing if the text has another form.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let kind = Kind(rawValue: parts[0]),
      let server = Server(rawValue: parts[1])
    else { return nil }
    self.kind = kind
    self.server = server
  }
}

/// Answers of servers that misbehave below HTTP.
enum Misbehaviour {
  /// Serves an endpoint in this way until the task is cancelled.
  static func run(_ kind: ServerFault.Kind, at endpoint: Endpoint) async throws {
    switch kind {
    case .refusing: try await Task.sleep(for: .seconds(1 << 30))
    case .garbage:
      try await ByteServer.run(endpoint) { connection in
        try await connection.executeThenClose { inbound, outbound in
          for try await _ in inbound {
            try await outbound.write(ByteBuffer(repeating: 0xA7, count: 2_048))
            return
          }
        }
      }
    case .endless:
      try await ByteServer.run(endpoint) { connection in
        try await connection.executeThenClose { inbound, outbound in
          for try await _ in inbound {
            try await outbound.write(
              ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"))
            let lines = ByteBuffer(string: String(repeating: "the same line again\n", count: 256))
            while !Task.isCancelled { try await outbound.write(lines) }
          }
        }
      }
    case .hanging, .slow, .notServing:
      try await ByteServer.run(endpoint) { connection in
        try await connection.executeThenClose { inbound, _ in
          for try await _ in inbound {}
        }
      }
    }
  }
}

/// A service whose every answer comes late.
struct SlowService: HTTPService {
  let service: any HTTPService

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    do {
      try await Task.sleep(for: ServerFault.delay)
    } catch {
      // Cancelled: the node goes down, and nobody waits for the answer.
    }
    return await service.respond(to: request)
  }
}

/// A service that is up and refuses to work.
struct UnavailableService: HTTPService {
  func respond(to request: HTTPRequest) -> HTTPResponse {
    HTTPResponse("503 service unavailable\n", status: 503)
  }
}
