import BundleModel
import FoundationEssentials
import SystemPackage

/// Who can reach the instance metadata: with and without a token, from the host and from inside an
/// ordinary pod's network namespace.
struct MetadataReach: Sendable {
  let host: Host
  let session: MetadataSession

  private struct Reach: Encodable {
    var checks: [Check]
  }

  private struct Check: Sendable, Encodable {
    var origin: String
    var netns: String?
    var method: String
    var status: Int
    var error: String?
    var duration_us: Int
  }

  func output(seconds: Double) async -> DerivedSource.Output {
    let each = min(MetadataSession.attemptSeconds, seconds / 4)
    // Two at a time, because silence costs each its whole time.
    async let token = check("host", "PUT token") {
      await session.attempt(host.metadata, seconds: each)
    }
    async let bare = check("host", "GET without token") {
      await LoopbackHTTP(capBytes: 4096).send(
        .init(path: "/latest/meta-data/"), to: host.metadata, seconds: each)
    }
    var checks = [await token, await bare]
    let pods = MetadataFromPods(host: host)
    if let namespace = await pods.namespace() {
      var pod = await check("pod", "PUT token") {
        await pods.token(from: namespace, seconds: each)
      }
      pod.netns = namespace
      checks.append(pod)
    }
    return .json(Reach(checks: checks))
  }

  private func check(
    _ origin: String, _ method: String, _ ask: @Sendable () async -> LoopbackHTTP.Outcome
  ) async -> Check {
    let start = host.clock.monotonic()
    let (status, error) = await ask().statusAndError
    return Check(
      origin: origin, method: method, status: status, error: error,
      duration_us: Int(host.clock.monotonic() - start))
  }
}
