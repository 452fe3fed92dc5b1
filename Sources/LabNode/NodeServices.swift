/// Answers of fixed paths, as health endpoints give them; 404 elsewhere.
struct FixedPaths: HTTPService {
  let bodies: [String: String]

  func respond(to request: HTTPRequest) -> HTTPResponse {
    bodies[request.path].map { HTTPResponse($0) }
      ?? HTTPResponse("404 page not found\n", status: 404)
  }
}

/// A port that speaks TLS on a real node. The lab has no TLS; plain clients get the answer that they
/// get from a real one.
struct TLSOnly: HTTPService {
  func respond(to request: HTTPRequest) -> HTTPResponse {
    HTTPResponse("Client sent an HTTP request to an HTTPS server.\n", status: 400)
  }
}

/// kube-proxy's health, port 10256: the rules are as fresh as the moment.
struct ProxyHealth: HTTPService {
  func respond(to request: HTTPRequest) -> HTTPResponse {
    guard ["/healthz", "/livez"].contains(request.path) else {
      return HTTPResponse("404 page not found\n", status: 404)
    }
    let now = LabHost.now()
    let body: JSON = [
      "lastUpdated": .string(now.goTime), "currentTime": .string(now.goTime),
      "nodeEligible": true,
    ]
    return .json(body.text)
  }
}

/// Servers of the node's system pods beside aws-node.
enum NodeServices {
  /// kube-proxy: health for load balancers, and health and metrics for the node.
  static func proxy() async throws {
    let metrics = """
      # HELP kubeproxy_sync_proxy_rules_last_timestamp_seconds [ALPHA] The last time proxy rules were successfully synced
      # TYPE kubeproxy_sync_proxy_rules_last_timestamp_seconds gauge
      kubeproxy_sync_proxy_rules_last_timestamp_seconds \(LabHost.now().seconds)

      """
    let local = FixedPaths(bodies: [
      "/healthz": "ok", "/proxyMode": "iptables", "/metrics": metrics,
    ])
    try await HTTPServer.run([
      HTTPListener(host: "0.0.0.0", port: 10_256, service: ProxyHealth()),
      HTTPListener(host: "127.0.0.1", port: 10_249, service: local),
    ])
  }

  /// The network policy agent: metrics and health.
  static func policyAgent() async throws {
    let metrics = """
      # HELP go_goroutines Number of goroutines that currently exist.
      # TYPE go_goroutines gauge
      go_goroutines 41
      # HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
      # TYPE process_start_time_seconds gauge
      process_start_time_seconds \(LabHost.now().seconds)

      """
    try await HTTPServer.run([
      HTTPListener(
        host: "0.0.0.0", port: 8_162, service: FixedPaths(bodies: ["/metrics": metrics])),
      HTTPListener(
        host: "0.0.0.0", port: 8_163,
        service: FixedPaths(bodies: ["/healthz": "ok", "/readyz": "ok"])),
    ])
  }

  /// The agent that hands out credentials to pods: it refuses whoever shows no token of a pod.
  static func podIdentityAgent() async throws {
    struct Credentials: HTTPService {
      func respond(to request: HTTPRequest) -> HTTPResponse {
        request.path == "/v1/credentials"
          ? HTTPResponse("Service account token cannot be empty\n", status: 400)
          : HTTPResponse("404 page not found\n", status: 404)
      }
    }
    try await HTTPServer.run([
      HTTPListener(host: "169.254.170.23", port: 80, service: Credentials()),
      HTTPListener(
        host: "127.0.0.1", port: 2_703,
        service: FixedPaths(bodies: ["/healthz": "ok", "/readyz": "ok"])),
    ])
  }
}
