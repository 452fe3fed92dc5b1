import BundleModel
import FoundationEssentials
import SystemPackage

/// Who can reach the instance metadata: with and without a token, from the host and from inside an
/// ordinary pod's network namespace.
struct MetadataReach: Sendable {
  let host: Host

  private static let namespaces = "/var/run/netns"

  private struct Reach: Encodable {
    var checks: [Check]
  }

  private struct Check: Encodable {
    var origin: String
    var netns: String?
    var method: String
    var status: Int
    var error: String?
    var duration_us: Int
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let each = min(2, seconds / 4)
    var checks = [
      await check("host", "PUT token") {
        await MetadataSource.requestToken(host.metadata, seconds: each, over: nil)
      },
      await check("host", "GET without token") {
        await LoopbackHTTP(capBytes: 4096).send(
          .init(path: "/latest/meta-data/"), to: host.metadata, seconds: each)
      },
    ]
    if let namespace = await podNamespace() {
      var pod = await check("pod", "PUT token") { await fromPod(namespace, seconds: each) }
      pod.netns = namespace
      checks.append(pod)
    }
    return .json(Reach(checks: checks))
  }

  /// The first namespace that the container runtime made for a pod.
  private func podNamespace() async -> String? {
    let folder = host.path(Self.namespaces).string
    let names = await BlockingThread.run(seconds: 1) {
      // Without the folder there are no pods to check from, and no check is recorded.
      (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
    return names?.filter { $0.hasPrefix("cni-") }.min()
  }

  private func fromPod(_ namespace: String, seconds: Double) async -> LoopbackHTTP.Outcome {
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
      return await MetadataSource.requestToken(endpoint, seconds: seconds, over: descriptor)
    }
  }

  private func check(
    _ origin: String, _ method: String, _ ask: () async -> LoopbackHTTP.Outcome
  ) async -> Check {
    let start = host.clock.monotonic()
    let outcome = await ask()
    var check = Check(
      origin: origin, method: method, status: 0,
      duration_us: Int(host.clock.monotonic() - start))
    switch outcome {
    case .answered(let response): check.status = response.status
    case .refused: check.error = "refused"
    case .timeout: check.error = "timeout"
    case .failed(let reason): check.error = reason
    }
    return check
  }
}
