import BundleModel
import SystemPackage
import WireFormats

/// The gRPC server of the address manager: whether it serves, and how it enforces network policy.
struct IPAMDHealth: Sendable {
  let host: Host

  /// The service whose health the kubelet's probe asks for.
  static let service = "grpc.health.v1.aws-node"
  /// Since 1.23 ipamd listens on a socket, before that on a port.
  private static let sockets = ["/var/run/aws-node/ipamd.sock", "/run/aws-node/ipamd.sock"]
  private static let port = 50051
  private static let states = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]

  /// Where this node's ipamd listens.
  func target() async -> GRPCClient.Target {
    let found = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      Self.sockets.map { host.path($0).string }.first { SocketFile.exists(at: $0) }
    }
    if let path = found ?? nil { return .unix(path) }
    return .tcp(host.endpoint("127.0.0.1", port: Self.port))
  }

  /// Asks for the health once, over a new connection as the kubelet's probe does.
  static func check(_ target: GRPCClient.Target, seconds: Double) async -> GRPCClient.Reply {
    var request = ProtobufWriter()
    request.add(1, service)
    return await GRPCClient(target: target, capBytes: 4096)
      .call("/grpc.health.v1.Health/Check", request.bytes, seconds: seconds)
  }

  /// The state that an answer names.
  static func state(_ message: [UInt8]) throws(WireError) -> String {
    let number = try ProtobufMessage(message[...]).number(1)
    return Int(exactly: number).flatMap { $0 < states.count ? states[$0] : nil }
      ?? "state \(number)"
  }

  /// One try of a probe.
  static func attempt(_ target: GRPCClient.Target, seconds: Double) async -> ProbeResult {
    let reply = await check(target, seconds: seconds)
    var result: ProbeResult
    switch reply.outcome {
    case .answered(let message):
      do {
        let state = try state(message)
        result = ProbeResult(state == "SERVING" ? .ok : .fail, code: state)
      } catch {
        result = ProbeResult(.fail, code: error.reason)
      }
    case .status(GRPCClient.deadlineExceeded, _): result = ProbeResult(.timeout)
    case .status(let code, _): result = ProbeResult(.fail, code: "grpc-status \(code)")
    case .unreachable(let failure): result = ProbeResult(failure: failure)
    case .tooLarge: result = ProbeResult(.fail, code: "too large")
    case .unreadable(let reason): result = ProbeResult(.fail, code: reason)
    }
    result.nanoseconds = reply.timing.total
    result.phases = reply.timing.phases
    return result
  }

  // MARK: - Items

  private struct Health: Encodable {
    var target: String
    var service: String
    var status: String
    var grpc_status: Int
    var duration_us: Int
  }

  /// Whether ipamd serves.
  func health(seconds: Double) async -> DerivedSource.Output {
    let target = await target()
    let reply = await Self.check(target, seconds: seconds)
    switch reply.outcome {
    case .answered(let message):
      do {
        return .json(
          Health(
            target: target.text, service: Self.service, status: try Self.state(message),
            grpc_status: 0, duration_us: Int(reply.timing.total / 1000)))
      } catch {
        return .none(.failed, "the answer can't be read: \(error.reason)")
      }
    default: return Self.none(reply.outcome, target, seconds)
    }
  }

  private struct PolicyMode: Encodable {
    var source: String
    var mode: String
  }

  /// How network policy is enforced: what ipamd tells the policy agent, or what it was told.
  func policyMode(seconds: Double) async -> DerivedSource.Output {
    let target = await target()
    let reply = await GRPCClient(target: target, capBytes: 4096)
      .call("/rpc.ConfigServerBackend/GetNetworkPolicyConfigs", [], seconds: seconds)
    if case .answered(let message) = reply.outcome {
      do {
        let mode = try ProtobufMessage(message[...]).text(1)
        return .json(PolicyMode(source: "grpc", mode: mode))
      } catch {
        return .none(.failed, "the answer can't be read: \(error.reason)")
      }
    }
    let environment = await NodeAccess.read(host).environment
    if let mode = environment["NETWORK_POLICY_ENFORCING_MODE"] {
      return .json(PolicyMode(source: "environment", mode: mode))
    }
    return Self.none(reply.outcome, target, seconds)
  }

  /// What a call without an answer means for an item.
  private static func none(
    _ outcome: GRPCClient.Outcome, _ target: GRPCClient.Target, _ seconds: Double
  ) -> DerivedSource.Output {
    switch outcome {
    case .answered: .none(.error, "an answer was not used")
    case .status(GRPCClient.unimplemented, let text):
      .none(.unsupported, "this version of ipamd lacks the function: \(text)")
    case .status(GRPCClient.deadlineExceeded, _), .unreachable(.timeout):
      .none(.timeout, "ipamd gave no answer in \(seconds) s")
    case .status(let code, let text): .none(.failed, "gRPC status \(code): \(text)")
    case .unreachable(.refused), .unreachable(.missing):
      .none(.missing, "nothing listens on \(target.text)")
    case .unreachable(.denied): .none(.denied, "permission denied: \(target.text)")
    case .unreachable(.cancelled): .none(.aborted, "the run was stopped")
    case .unreachable(let failure): .none(.failed, failure.text)
    case .tooLarge: .none(.failed, "the answer is too large")
    case .unreadable(let reason): .none(.failed, "not gRPC: \(reason)")
    }
  }
}

extension GRPCClient.Timing {
  /// The parts that were reached, by name.
  var phases: [String: UInt64] {
    var phases = ["total": total]
    phases["connect"] = connected
    phases["first_byte"] = firstByte
    return phases
  }
}
