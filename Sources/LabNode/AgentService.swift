/// The process `aws-k8s-agent`: it lives on after the node came up, so that its log grows and its pool
/// is what the log says.
public actor AgentService {
  private var node: NodeModel
  private let write: @Sendable (_ ipamd: String, _ plugin: String) -> Void

  /// Creates the agent of a node whose logs were written up to `node.now`. Everything that happens
  /// later is handed to `write`.
  public init(
    _ node: NodeModel, write: @escaping @Sendable (_ ipamd: String, _ plugin: String) -> Void
  ) {
    self.node = node
    self.write = write
    _ = self.node.history.log.drain(upTo: node.now)
    _ = self.node.history.pluginLog.drain(upTo: node.now)
  }

  /// Lets time pass.
  public func advance(to moment: Moment) {
    node.history.advance(to: moment)
    flush()
  }

  /// Introspection, port 61679.
  public nonisolated var introspection: any HTTPService { Introspection(agent: self) }
  /// Metrics, port 61678.
  public nonisolated var metrics: any HTTPService { Metrics(agent: self) }

  private func flush() {
    let (ipamd, plugin) = (
      node.history.log.drain(upTo: node.history.clock),
      node.history.pluginLog.drain(upTo: node.history.clock)
    )
    if !ipamd.isEmpty || !plugin.isEmpty { write(ipamd, plugin) }
  }

  private func introspect(_ request: HTTPRequest) -> HTTPResponse {
    let texts = PoolTexts(node: node)
    node.history.log.info(
      "Handling http request: \(request.method), from: \(request.client), URI: \(request.path)",
      at: node.history.clock)
    defer { flush() }
    switch request.path {
    case "/v1/enis": return .json(texts.enis)
    case "/v1/eni-configs": return .json("\"default\"")
    case "/v1/networkutils-env-settings": return .json(texts.networkSettings)
    case "/v1/ipamd-env-settings":
      node.history.log.debug("Using WARM_ENI_TARGET 1", at: node.history.clock)
      return .json(texts.ipamdSettings)
    default: return .json(PoolTexts.commands.text)
    }
  }

  private func expose(_ request: HTTPRequest) -> HTTPResponse {
    guard request.path == "/metrics" else {
      return HTTPResponse("404 page not found\n", status: 404)
    }
    return HTTPResponse(
      PoolTexts(node: node).metrics, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  private struct Introspection: HTTPService {
    let agent: AgentService
    func respond(to request: HTTPRequest) async -> HTTPResponse { await agent.introspect(request) }
  }

  private struct Metrics: HTTPService {
    let agent: AgentService
    func respond(to request: HTTPRequest) async -> HTTPResponse { await agent.expose(request) }
  }
}

/// The kubelet's health endpoint, port 10248.
public struct KubeletHealth: HTTPService {
  /// Creates the endpoint of a kubelet that is well.
  public init() {}

  /// The answer to one request.
  public func respond(to request: HTTPRequest) -> HTTPResponse {
    request.path == "/healthz"
      ? HTTPResponse("ok") : HTTPResponse("404 page not found\n", status: 404)
  }
}
