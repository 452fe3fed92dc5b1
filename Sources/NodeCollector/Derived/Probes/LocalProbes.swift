import BundleModel
import Glibc
import WireFormats

/// Probes of servers that the node itself runs, and of the node's own breath.
struct LocalProbes: Sendable {
  let request: DerivedSource.Request

  private var host: Host { request.host }
  private var runner: ProbeRunner { ProbeRunner(request: request) }

  /// ipamd's health, as the kubelet's probe asks for it.
  func ipamd(count: Int, interval: Double, isBaseline: Bool) async -> DerivedSource.Output {
    let target = await IPAMDHealth(host: host).target()
    return await ProbeRunner(request: request, isGrouped: !isBaseline).run([
      ProbeSeries(target: target.text, count: count, interval: interval, timeout: 10) { seconds in
        await IPAMDHealth.attempt(target, seconds: seconds)
      }
    ])
  }

  /// GETs of loopback ports.
  func http(
    _ paths: [(port: Int, path: String)], count: Int, interval: Double, timeout: Double = 5
  ) async -> DerivedSource.Output {
    await runner.run(
      paths.map { port, path in
        let endpoint = host.endpoint("127.0.0.1", port: port)
        return ProbeSeries(
          target: "http://127.0.0.1:\(port)\(path)", count: count, interval: interval,
          timeout: timeout
        ) { seconds in
          let outcome = await LoopbackHTTP(capBytes: 4096)
            .send(.init(path: path), to: endpoint, seconds: seconds)
          return Self.result(outcome)
        }
      })
  }

  /// The kubelet's health check, on the port of its configuration.
  func kubelet() async -> DerivedSource.Output {
    let port = await NodeAccess.read(host).settings.healthPort
    guard port > 0 else { return .none(.missing, "the kubelet's health check is switched off") }
    return await http([(port, "/healthz")], count: 20, interval: 0.1)
  }

  private static func result(_ outcome: LoopbackHTTP.Outcome) -> ProbeResult {
    switch outcome {
    case .answered(let response):
      ProbeResult(
        (200..<300).contains(response.status) ? .ok : .fail, code: String(response.status))
    case .refused: ProbeResult(.fail, code: "refused")
    case .timeout: ProbeResult(.timeout)
    case .failed(let reason), .unreadable(let reason): ProbeResult(.fail, code: reason)
    }
  }

  /// The container runtime's two cheapest calls.
  func runtime() async -> DerivedSource.Output {
    let client = await RuntimeClient.detected(request.context)
    guard let socket = client.socket else {
      return .none(.missing, "no socket of a container runtime on this node")
    }
    return await runner.run(
      ["Version", "Status"].map { method in
        ProbeSeries(target: "\(method) unix://\(socket)", count: 20, interval: 0.1, timeout: 5) {
          seconds in await Self.call(client, method, seconds: seconds)
        }
      })
  }

  private static func call(
    _ client: RuntimeClient, _ method: String, seconds: Double
  ) async -> ProbeResult {
    do {
      _ = try await client.call(.runtime, method, [], seconds: seconds)
      return ProbeResult(.ok)
    } catch {
      return error.status == .timeout
        ? ProbeResult(.timeout) : ProbeResult(.fail, code: error.reason)
    }
  }

  /// A token and the instance's id, as ipamd asks for them.
  func metadata() async -> DerivedSource.Output {
    let endpoint = host.metadata
    return await runner.run([
      ProbeSeries(
        target: "http://\(endpoint.address)/latest/", count: 20, interval: 0.2, timeout: 2
      ) { seconds in await Self.metadata(endpoint, seconds: seconds) }
    ])
  }

  private static func metadata(_ endpoint: Host.Endpoint, seconds: Double) async -> ProbeResult {
    let start = MonotonicTime.nanoseconds
    let answer = await LoopbackHTTP(capBytes: 4096)
      .send(MetadataSource.tokenRequest, to: endpoint, seconds: seconds)
    let afterToken = MonotonicTime.nanoseconds - start
    guard case .answered(let response) = answer, response.status == 200 else {
      return result(answer)
    }
    let left = seconds - Double(afterToken) / 1_000_000_000
    guard left > 0 else { return ProbeResult(.timeout) }
    let token = String(decoding: response.body, as: UTF8.self)
    var result = result(
      await LoopbackHTTP(capBytes: 4096).send(
        .init(
          path: "/latest/meta-data/instance-id", headers: [("X-aws-ec2-metadata-token", token)]),
        to: endpoint, seconds: left))
    result.phases = ["token": afterToken, "total": MonotonicTime.nanoseconds - start]
    return result
  }

  /// How much later than asked for a thread wakes up: whether the node itself is starved.
  func canary() async -> DerivedSource.Output {
    let count = 200
    let target = "sleep of 10 ms, overshoot"
    return await runner.measure(planned: [(target, count)]) { deadline in
      let samples = await BlockingThread.run(seconds: 30) {
        Self.overshoots(count, target, until: deadline)
      }
      return [samples ?? []]
    }
  }

  private static func overshoots(
    _ count: Int, _ target: String, until deadline: UInt64
  ) -> [ProbeSample] {
    let wanted: UInt64 = 10_000_000
    var samples: [ProbeSample] = []
    for sequence in 0..<count where MonotonicTime.nanoseconds < deadline {
      let start = MonotonicTime.nanoseconds
      usleep(10_000)
      let took = MonotonicTime.nanoseconds - start
      samples.append(
        ProbeSample(
          sequence: sequence, target: target, startNanoseconds: start,
          durationNanoseconds: took > wanted ? took - wanted : 0, outcome: .ok))
    }
    return samples
  }

  /// Whether the agent that hands out pods' credentials can be reached.
  func podIdentity() async -> DerivedSource.Output {
    let settings = await NodeAccess.read(host).settings
    let isIPv6 = settings.clusterDNS.contains { $0.contains(":") }
    let endpoint = Host.Endpoint(address: isIPv6 ? "fd00:ec2::23" : "169.254.170.23", port: 80)
    return await runner.run([
      .connect(to: endpoint, count: 5, interval: 0.2, timeout: 2)
    ])
  }

  /// How far this clock is from Amazon's.
  func clock() async -> DerivedSource.Output {
    await ClockProbe(server: .init(address: "169.254.169.123", port: 123), clock: host.clock)
      .output()
  }
}

extension ProbeSeries {
  /// Connections over TCP, which are closed at once.
  static func connect(
    to endpoint: Host.Endpoint, count: Int, interval: Double, timeout: Double
  ) -> ProbeSeries {
    ProbeSeries(
      target: "tcp \(endpoint.address):\(endpoint.port)", count: count, interval: interval,
      timeout: timeout
    ) { seconds in
      switch await NetworkProbe.connect(to: endpoint, seconds: seconds) {
      case .success(let nanoseconds): ProbeResult(.ok, nanoseconds: nanoseconds)
      case .failure(let failure): ProbeResult(failure: failure)
      }
    }
  }
}

/// Asks a time server how far this clock is off.
struct ClockProbe: Sendable {
  let server: Host.Endpoint
  let clock: Host.Clock
  var count = 3
  var seconds = 1.0

  private struct Answers: Encodable {
    var server: String
    var samples: [Sample]
  }

  private struct Sample: Encodable {
    var outcome: ProbeResult.Outcome
    var code: String?
    var offset_us: Int64?
    var delay_us: Int64?
    var stratum: Int?
    var leap: Int?
  }

  func output() async -> DerivedSource.Output {
    var samples: [Sample] = []
    for _ in 0..<count where !Task.isCancelled { samples.append(await sample()) }
    return .json(Answers(server: server.address, samples: samples))
  }

  private func sample() async -> Sample {
    let query = TimePacket.query(sent: clock.wall())
    switch await NetworkProbe.exchangeDatagram(query, with: server, seconds: seconds) {
    case .failure(let failure):
      let result = ProbeResult(failure: failure)
      return Sample(outcome: result.outcome, code: result.code)
    case .success(let packet):
      do {
        let answer = try TimePacket.answer(packet, to: query, received: clock.wall())
        return Sample(
          outcome: .ok, offset_us: answer.offsetMicroseconds, delay_us: answer.delayMicroseconds,
          stratum: answer.stratum, leap: answer.leap)
      } catch {
        return Sample(outcome: .fail, code: error.reason)
      }
    }
  }
}
