import BundleModel
import FoundationEssentials
import SystemPackage

/// Asks the instance metadata service from inside a pod's network namespace. The answers come back
/// only if their hop limit lets them pass the host.
struct MetadataFromPods: Sendable {
  let host: Host

  private static let namespaces = "/var/run/netns"

  struct Report: Encodable {
    var netns: String
    var steps: [Step]
  }

  struct Step: Encodable {
    var method: String
    var status: Int
    var error: String?
    var duration_us: Int
  }

  /// The first namespace that the container runtime made for a pod.
  func namespace() async -> String? {
    let folder = host.path(Self.namespaces).string
    let names = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      // Without the folder there are no pods to ask from.
      (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
    return names?.filter { $0.hasPrefix("cni-") }.min()
  }

  /// Asks only where the host itself gets an answer: else a pod gets none either.
  func output(after session: MetadataSession, seconds: Double) async -> DerivedSource.Output {
    do {
      _ = try await session.token(host)
    } catch {
      return .none(error.status, error.reason)
    }
    return await output(seconds: seconds)
  }

  /// Asks for a token and, if there is one, for the listing that it opens.
  func output(seconds: Double) async -> DerivedSource.Output {
    guard let namespace = await namespace() else {
      return .none(.missing, "no pod has a network namespace by name")
    }
    var report = Report(netns: namespace, steps: [])
    let each = min(2, seconds / 3)
    let (step, outcome) = await timed("PUT token") { await token(from: namespace, seconds: each) }
    report.steps.append(step)
    if case .answered(let response) = outcome, response.status == 200 {
      let token = String(decoding: response.body, as: UTF8.self)
      let second = await timed("GET with token") {
        await send(
          .init(path: "/latest/meta-data/", headers: [("X-aws-ec2-metadata-token", token)]),
          from: namespace, seconds: each)
      }
      report.steps.append(second.0)
    }
    return .json(report)
  }

  /// Asks for a token from inside a namespace.
  func token(from namespace: String, seconds: Double) async -> LoopbackHTTP.Outcome {
    await send(MetadataSource.tokenRequest, from: namespace, seconds: seconds)
  }

  private func send(
    _ request: LoopbackHTTP.Request, from namespace: String, seconds: Double
  ) async -> LoopbackHTTP.Outcome {
    let path = host.path("\(Self.namespaces)/\(namespace)").string
    let endpoint = host.metadata
    let socket = await BlockingThread.run(seconds: seconds + 1) {
      NamespaceSocket.connect(
        namespace: path, address: endpoint.address, port: endpoint.port,
        seconds: max(1, Int(seconds)))
    }
    switch socket {
    case nil, .failure(.timeout): return .timeout
    case .failure(.refused): return .refused
    case .failure(.noNamespace(let path)): return .failed("cannot open \(path)")
    case .failure(.failed(let reason)): return .failed(reason)
    case .success(let descriptor):
      return await LoopbackHTTP(capBytes: 4096)
        .send(request, over: descriptor, host: endpoint, seconds: seconds)
    }
  }

  private func timed(
    _ method: String, _ ask: () async -> LoopbackHTTP.Outcome
  ) async -> (Step, LoopbackHTTP.Outcome) {
    let start = host.clock.monotonic()
    let outcome = await ask()
    let (status, error) = outcome.statusAndError
    let step = Step(
      method: method, status: status, error: error,
      duration_us: Int(host.clock.monotonic() - start))
    return (step, outcome)
  }
}

extension LoopbackHTTP.Outcome {
  /// The HTTP status, 0 without an answer, and why there is none.
  var statusAndError: (status: Int, error: String?) {
    switch self {
    case .answered(let response): (response.status, nil)
    case .refused: (0, "refused")
    case .timeout: (0, "timeout")
    case .failed(let reason), .unreadable(let reason): (0, reason)
    }
  }
}
