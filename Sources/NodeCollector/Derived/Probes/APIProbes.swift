import BundleModel
import FoundationEssentials
import SystemPackage
import WireFormats

/// The way from the node to the API server: the connection by itself, and the health check through
/// the node's own tools, because this program speaks no TLS.
struct APIProbes: Sendable {
  let request: DerivedSource.Request

  private var host: Host { request.host }

  /// The endpoint of the kubelet's kubeconfig.
  func endpoint() async -> DerivedSource.Output {
    let access = await NodeAccess.read(host)
    guard let (name, port) = access.serverHost, let server = access.server else {
      return .none(.missing, "no https server in \(access.settings.kubeconfig)")
    }
    return await run(name: name, port: port, server: server, access: access)
  }

  /// The cluster's own address of the API server, which aws-node uses when it starts.
  func clusterAddress() async -> DerivedSource.Output {
    let access = await NodeAccess.read(host)
    guard let address = await serviceAddress(access) else {
      return .none(.missing, "the address of the service `kubernetes` is not known")
    }
    let port = Int(access.environment["KUBERNETES_SERVICE_PORT"] ?? "") ?? 443
    let authority = address.contains(":") ? "[\(address)]" : address
    return await run(
      name: address, port: port, server: "https://\(authority):\(port)", access: access)
  }

  private func run(
    name: String, port: Int, server: String, access: NodeAccess
  ) async -> DerivedSource.Output {
    let resolver = await HostResolver.read(host)
    var series = [
      ProbeSeries.resolveAndConnect(
        to: name, port: port, resolver, count: 10, interval: 0.3, timeout: 10)
    ]
    if let health = await health(server: server, access: access) { series.append(health) }
    return await ProbeRunner(request: request).run(series)
  }

  private struct Service: Decodable {
    var spec: Spec

    struct Spec: Decodable {
      var clusterIP: String?
    }
  }

  /// The service's address: every container is told it; the API server knows it.
  private func serviceAddress(_ access: NodeAccess) async -> String? {
    if let address = access.environment["KUBERNETES_SERVICE_HOST"], Self.isNumeric(address) {
      return address
    }
    let path = "/api/v1/namespaces/default/services/kubernetes"
    let bytes = await raw(path, access, seconds: 5)
    let service = bytes.flatMap { RuntimeItems.decoded(Service.self, $0) }
    return service?.spec.clusterIP.flatMap { Self.isNumeric($0) ? $0 : nil }
  }

  private static func isNumeric(_ address: String) -> Bool {
    AddressText.ipv4(address) != nil
      || (address.contains(":") && address.utf8.allSatisfy { $0 > 0x2E && $0 < 0x67 })
  }

  // MARK: - The node's own tools

  /// What one GET of the API server gives, with the node's own credentials.
  func raw(_ path: String, _ access: NodeAccess, seconds: Double) async -> [UInt8]? {
    guard let program = await request.commands.locate("kubectl") else { return nil }
    let arguments = kubectl(program, access, seconds: seconds) + ["get", "--raw", path]
    let sink = ItemSink(
      rule: .none, capBytes: 1 << 20, keeps: .head, limits: request.context.limits,
      spoolFolder: request.context.spoolFolder)
    let outcome = await request.commands.capture(program, arguments, into: sink, seconds: seconds)
    guard case .ended(let run) = outcome, case .completed = run.end,
      case .exited(0) = run.termination
    else { return nil }
    // An answer that can't be read back is no answer.
    return try? run.output.spool.read(0..<run.output.spool.offered)
  }

  /// Nothing is cached, because nothing may be written on the node.
  private func kubectl(
    _ program: FilePath, _ access: NodeAccess, seconds: Double
  ) -> [String] {
    let kubeconfig = host.argument(access.settings.kubeconfig, of: program)
    return [
      "--cache-dir=/dev/null", "--kubeconfig=\(kubeconfig)",
      "--request-timeout=\(max(1, Int(seconds)))s",
    ]
  }

  /// The API server's health check through kubectl or curl; `nil` if the node has neither.
  private func health(server: String, access: NodeAccess) async -> ProbeSeries? {
    let program: FilePath
    let arguments: [String]
    if let kubectl = await request.commands.locate("kubectl") {
      program = kubectl
      arguments =
        self.kubectl(kubectl, access, seconds: 10) + [
          "--server=\(server)", "get", "--raw", "/livez",
        ]
    } else if let curl = await request.commands.locate("curl"), let authority = access.authority {
      program = curl
      arguments = [
        "-q", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}",
        "--max-time", "10", "--cacert", host.argument(authority, of: curl), "\(server)/livez",
      ]
    } else {
      return nil
    }
    let name = program.lastComponent?.string ?? ""
    return ProbeSeries(target: "\(name) \(server)/livez", count: 5, interval: 0.6, timeout: 10) {
      seconds in await attempt(program, arguments, seconds: seconds)
    }
  }

  private func attempt(
    _ program: FilePath, _ arguments: [String], seconds: Double
  ) async -> ProbeResult {
    let sink = ItemSink(
      rule: .scan, capBytes: 4096, keeps: .head, limits: request.context.limits,
      spoolFolder: request.context.spoolFolder)
    let outcome = await request.commands.capture(program, arguments, into: sink, seconds: seconds)
    guard case .ended(let run) = outcome else { return ProbeResult(.fail, code: "not started") }
    guard case .completed = run.end else { return ProbeResult(.timeout) }
    guard case .exited(let code) = run.termination else {
      return ProbeResult(.fail, code: "signal")
    }
    // What can't be read back is left out of the sample.
    let output = (try? run.output.spool.read(0..<min(64, run.output.spool.offered))) ?? []
    let text = String(decoding: output.prefix { $0 >= 0x20 }, as: UTF8.self)
    // A refusal of credentials is an answer of the API server too.
    let isAnswer = code == 0 && ["ok", "200", "401", "403"].contains(text)
    var result = ProbeResult(isAnswer ? .ok : .fail, code: code == 0 ? text : "exit \(code)")
    let errors = run.standardError.spool
    let words = (try? errors.read(0..<min(200, errors.offered))) ?? []
    if !words.isEmpty { result.standardError = String(decoding: words, as: UTF8.self) }
    return result
  }
}

extension Host {
  /// A path of the node as a program of the node must be given it: one that runs inside the node's
  /// own root sees it there.
  func argument(_ path: String, of program: FilePath) -> String {
    place(ofProgram: program).root == nil ? self.path(path).string : path
  }
}

extension ProbeSeries {
  /// Connections to a name, which is resolved each time as a program without a cache would.
  static func resolveAndConnect(
    to name: String, port: Int, _ resolver: HostResolver, count: Int, interval: Double,
    timeout: Double
  ) -> ProbeSeries {
    ProbeSeries(target: "tcp \(name):\(port)", count: count, interval: interval, timeout: timeout) {
      seconds in
      let start = MonotonicTime.nanoseconds
      switch await resolver.resolve(name, seconds: seconds) {
      case .failure(let failure):
        var result = ProbeResult(failure: failure)
        result.code = "dns: \(failure.text)"
        return result
      case .success(let address):
        let resolved = MonotonicTime.nanoseconds - start
        let left = seconds - Double(resolved) / 1_000_000_000
        guard left > 0 else { return ProbeResult(.timeout) }
        var result: ProbeResult
        switch await NetworkProbe.connect(
          to: resolver.host.endpoint(address, port: port), seconds: left)
        {
        case .success(let nanoseconds):
          result = ProbeResult(.ok, nanoseconds: resolved + nanoseconds)
          result.phases = ["dns": resolved, "connect": resolved + nanoseconds]
        case .failure(let failure):
          result = ProbeResult(failure: failure)
          result.phases = ["dns": resolved]
        }
        result.address = address
        return result
      }
    }
  }
}
