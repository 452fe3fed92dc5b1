import BundleModel

/// Whether the network policy agent calls itself alive and ready.
struct AgentHealth: Sendable {
  let host: Host
  private static let port = 8163

  struct Report: Encodable {
    var checks: [Check]
  }

  struct Check: Encodable {
    var path: String
    var status: Int
    var error: String?
    var duration_us: Int
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let endpoint = Host.Endpoint(
      address: "127.0.0.1", port: host.ports[Self.port] ?? Self.port)
    var report = Report(checks: [])
    for path in ["/healthz", "/readyz"] {
      let start = host.clock.monotonic()
      let outcome = await LoopbackHTTP(capBytes: 4096)
        .send(.init(path: path), to: endpoint, seconds: seconds / 2.5)
      if case .refused = outcome {
        return .none(.missing, "nothing listens on port \(endpoint.port)")
      }
      let (status, error) = outcome.statusAndError
      report.checks.append(
        Check(
          path: path, status: status, error: error,
          duration_us: Int(host.clock.monotonic() - start)))
    }
    return .json(report)
  }
}
