import NIOCore

/// ipamd's gRPC services on its socket, as far as others than the plugin call them: health, and the
/// settings for the network policy agent.
struct AgentCalls: GRPCService {
  /// Whether ipamd says that it serves.
  var isServing = true
  /// How long an answer takes.
  var delay: Duration?
  /// The names of which ipamd tells the health.
  private static let known: Set<String> = ["", "grpc.health.v1.aws-node"]

  func respond(to method: String, _ request: ByteBuffer) async -> GRPCAnswer {
    if let delay {
      do {
        try await Task.sleep(for: delay)
      } catch {
        // Cancelled: the node goes down, and nobody waits for the answer.
      }
    }
    switch method {
    case "/grpc.health.v1.Health/Check": return health(request)
    case "/rpc.ConfigServerBackend/GetNetworkPolicyConfigs":
      var answer = GRPCAnswer()
      answer.message.add(1, "standard")
      return answer
    default: return .failure(12, "unknown method \(method)")
    }
  }

  /// What aws-node's probes do: ask once, and end well if ipamd serves.
  static func probe(_ socket: String) async throws {
    let method = "/grpc.health.v1.Health/Check"
    let answer = try await GRPCClient.call(method, ProtobufMessage(), at: socket)
    guard answer.number(1) == 1 else {
      throw GRPCFailure(method: method, status: 0, text: "status: NOT_SERVING")
    }
    print("status: SERVING")
  }

  private func health(_ request: ByteBuffer) -> GRPCAnswer {
    guard let fields = ProtobufFields(request) else {
      return .failure(13, "the request is no message")
    }
    guard Self.known.contains(fields.text(1) ?? "") else {
      return .failure(5, "unknown service")
    }
    var answer = GRPCAnswer()
    answer.message.add(1, number: isServing ? 1 : 2)
    return answer
  }
}
