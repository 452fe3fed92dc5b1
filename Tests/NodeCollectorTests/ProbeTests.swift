import BundleModel
import Foundation
import Testing
import WireFormats

@testable import NodeCollector

@Suite("Timed probes")
struct ProbeTests {
  private static let ipamdSocket = "var/run/aws-node/ipamd.sock"

  // MARK: - The engine

  @Test("tries keep their pace, and the next one waits for a slow one")
  func pace() async throws {
    let samples = try await run(
      ProbeSeries(target: "t", count: 4, interval: 0.1, timeout: 5) { _ in ProbeResult(.ok) })
    #expect(samples.map(\.sequence) == [0, 1, 2, 3])
    let starts = samples.map(\.startNanoseconds)
    for (earlier, later) in zip(starts, starts.dropFirst()) {
      #expect(later - earlier >= 99_000_000)
    }
    let slow = try await run(
      ProbeSeries(target: "t", count: 2, interval: 0.05, timeout: 5) { _ in
        try? await Task.sleep(for: .milliseconds(150))
        return ProbeResult(.ok)
      })
    #expect(slow[1].startNanoseconds - slow[0].startNanoseconds >= 149_000_000)
  }

  @Test("no series asks more than twenty times per second")
  func rate() async throws {
    let samples = try await run(
      ProbeSeries(target: "t", count: 5, interval: 0, timeout: 1) { _ in ProbeResult(.ok) })
    #expect(samples[4].startNanoseconds - samples[0].startNanoseconds >= 195_000_000)
  }

  @Test("the time of all probes cuts a probe short, and says so")
  func groupLimit() async throws {
    let node = try FakeNode()
    let context = node.context(settings: CollectSettings(probeSeconds: 1))
    let (item, samples) = try await node.samples(.probeKubelet, in: context)
    #expect(item.status == .partial)
    #expect(item.reason?.hasSuffix("of 20 samples, then the time was over") == true)
    #expect(samples.count < 20)
    // The next probe of the group comes too late.
    let deadline = context.probes.deadline(seconds: 1)
    while MonotonicTime.nanoseconds < deadline { try await Task.sleep(for: .milliseconds(10)) }
    #expect(try await node.one(.probeKubeProxy, in: context).item.status == .skipped)
  }

  @Test("a try that the group's time ends is a timeout with its reason, not a loss")
  func cutTry() async throws {
    let node = try FakeNode()
    let server = try await GRPCTestServer.start(
      at: node.root.appending(path: Self.ipamdSocket)
    ) { _, _ in .hang }
    let context = node.context(settings: CollectSettings(probeSeconds: 2))
    let (_, samples) = try await node.samples(.probeIPAMD, in: context)
    try await server.stop()
    #expect(samples.map(\.outcome) == ["timeout"])
    #expect(samples[0].code == "cut short by the time of all probes")
  }

  @Test("without probes every one of them is left out")
  func noProbes() async throws {
    let node = try FakeNode()
    let context = node.context(settings: CollectSettings(probes: false))
    for artifact in Catalog.all where artifact.id.category == "probe" {
      let (item, _) = try await node.one(artifact.id, in: context)
      #expect(item.status == .skipped && item.reason == "left out by --no-probes")
    }
  }

  // MARK: - ipamd

  @Test(
    "ipamd's health is told by its state",
    arguments: [
      (1, ItemStatus.ok, "SERVING"), (2, .ok, "NOT_SERVING"), (3, .ok, "SERVICE_UNKNOWN"),
      (9, .ok, "state 9"),
    ])
  func health(_ state: Int64, _ status: ItemStatus, _ name: String) async throws {
    let node = try FakeNode()
    let server = try await ipamd(node) { method, message in
      guard method == "/grpc.health.v1.Health/Check",
        try! ProtobufMessage(message[...]).text(1) == "grpc.health.v1.aws-node"
      else { return .status(5, "unknown service") }
      return .message(Self.health(state))
    }
    let (item, text) = try await node.one(.ipamdHealth)
    try await server.stop()
    #expect(item.status == status, "\(item.reason ?? "")")
    #expect(text.contains(#""status":"\#(name)""#), "\(text)")
    #expect(text.contains("unix://"))
  }

  @Test("an older ipamd is asked on its port; none at all is missing, a hanging one a timeout")
  func ports() async throws {
    let node = try FakeNode()
    node.ports[50051] = 1
    #expect(try await node.one(.ipamdHealth).item.status == .missing)
    let server = try await GRPCTestServer.start { _, _ in .message(Self.health(1)) }
    node.ports[50051] = server.port
    #expect(try await node.one(.ipamdHealth).text.contains("127.0.0.1:\(server.port)"))
    try await server.stop()
    let hanging = try await GRPCTestServer.start { _, _ in .hang }
    node.ports[50051] = hanging.port
    var limits = CollectLimits.test
    limits.timeoutScale = 0.05
    #expect(
      try await node.one(.ipamdHealth, in: node.context(limits: limits)).item.status == .timeout)
    try await hanging.stop()
    let old = try await GRPCTestServer.start { _, _ in .status(12, "unknown") }
    node.ports[50051] = old.port
    #expect(try await node.one(.ipamdHealth).item.status == .unsupported)
    #expect(try await node.one(.policyMode).item.status == .unsupported)
    try await old.stop()
  }

  @Test("the policy mode comes from ipamd, else from its environment")
  func policyMode() async throws {
    let node = try FakeNode()
    var mode = ProtobufWriter()
    mode.add(1, "strict")
    let bytes = mode.bytes
    let server = try await ipamd(node) { method, _ in
      method == "/rpc.ConfigServerBackend/GetNetworkPolicyConfigs"
        ? .message(bytes) : .status(12, "")
    }
    #expect(try await node.one(.policyMode).text == #"{"mode":"strict","source":"grpc"}"# + "\n")
    try await server.stop()
    let older = try FakeNode()
    older.ports[50051] = 1
    try older.process(
      5, "aws-k8s-agent", environment: ["NETWORK_POLICY_ENFORCING_MODE=standard"])
    #expect(
      try await older.one(.policyMode).text
        == #"{"mode":"standard","source":"environment"}"# + "\n")
  }

  @Test("the baseline and the probe keep each sample with its phases; the summary counts them")
  func grpcSamples() async throws {
    let node = try FakeNode()
    let server = try await ipamd(node) { _, _ in .message(Self.health(1)) }
    let context = node.context()
    let (item, samples) = try await node.samples(.probeBaseline, in: context)
    try await server.stop()
    #expect(item.status == .ok && samples.count == 5)
    for sample in samples {
      #expect(sample.outcome == "ok" && sample.code == "SERVING")
      let phases = try #require(sample.phase_ns)
      #expect(try #require(phases["connect"]) <= #require(phases["first_byte"]))
      #expect(phases["total"] == sample.dur_ns)
    }
    context.probes.note(introspection())
    let summary = try await node.one(.probeSummary, in: context).text
    #expect(summary.contains(#""id":"probe.ipamd_grpc_baseline""#))
    #expect(summary.contains(#""n":5,"ok":5"#))
    #expect(!summary.contains("p95"))
    #expect(
      summary.contains(
        #""introspection":[{"duration_ms":12,"id":"ipamd.enis","status":"ok"}]"#))
  }

  private func introspection() -> ManifestItem {
    var item = ManifestItem(id: .ipamdENIs, source: .init(kind: .http), startedAt: "")
    item.durationMilliseconds = 12
    return item
  }

  @Test("the load around a probe stands in the summary")
  func load() async throws {
    let node = try FakeNode()
    try node.file("/proc/loadavg", "1.50 0.75 0.25 2/345 6789\n")
    try node.file(
      "/proc/pressure/cpu", "some avg10=12.50 avg60=1.00 avg300=0.00 total=987654\nfull x\n")
    try node.file("/sys/devices/system/cpu/online", "0-3\n")
    let context = node.context(settings: CollectSettings(probeSeconds: 0.1))
    _ = try await node.one(.probeCanary, in: context)
    let summary = try await node.one(.probeSummary, in: context).text
    #expect(summary.contains(#""cpus":"0-3""#))
    #expect(
      summary.contains(
        #""load_before":{"cpu":{"some_avg10":12.5,"some_total_us":987654},"load":[1.5,0.75,0.25]}"#
      ))
  }

  @Test("the canary measures how late it wakes up")
  func canary() async throws {
    let node = try FakeNode()
    let (item, samples) = try await node.samples(.probeCanary)
    #expect(item.status == .ok && samples.count == 200)
    #expect(samples.allSatisfy { $0.dur_ns > 0 && $0.dur_ns < 5_000_000_000 })
  }

  // MARK: - The runtime

  @Test("the runtime's cheapest calls are timed")
  func runtime() async throws {
    let node = try FakeNode()
    let server = try await GRPCTestServer.start(
      at: node.root.appending(path: "run/containerd/containerd.sock"), FakeRuntime.answer)
    let (item, samples) = try await node.samples(.probeRuntime)
    try await server.stop()
    #expect(item.status == .ok && samples.count == 40)
    #expect(samples.allSatisfy { $0.outcome == "ok" })
    #expect(try await FakeNode().one(.probeRuntime).item.status == .missing)
  }

  @Test(
    "the exec probe runs the pod's own command where the API server tells it, else the manifest's",
    arguments: [true, false])
  func exec(_ hasAPI: Bool) async throws {
    let node = try FakeNode()
    node.ports[50051] = 1
    if hasAPI {
      try node.program(
        "kubectl",
        """
        [[ "$*" == *"/api/v1/namespaces/kube-system/pods/aws-node-x7k2p" ]] || exit 1
        echo '{"spec":{"containers":[{"name":"aws-node","livenessProbe":{"exec":{"command":\
        ["/app/probe","live"]}},"readinessProbe":{"exec":{"command":["/app/probe","ready"]}}}]}}'
        """)
    }
    let server = try await GRPCTestServer.start(
      at: node.root.appending(path: "run/containerd/containerd.sock")
    ) { method, message in
      guard method.hasSuffix("ExecSync") else { return FakeRuntime.answer(method, message) }
      var answer = ProtobufWriter()
      answer.add(2, Array(String(repeating: "e", count: 300).utf8))
      answer.add(3, Int64(String(decoding: message, as: UTF8.self).contains("ready") ? 1 : 0))
      return .message(answer.bytes)
    }
    let settings = CollectSettings(probeSeconds: 6)
    let (_, samples) = try await node.samples(
      .probeIPAMDExec, in: node.context(settings: settings))
    try await server.stop()
    let targets = Set(samples.map(\.target))
    if hasAPI {
      #expect(targets == ["exec /app/probe live", "exec /app/probe ready"])
      let ready = try #require(samples.first { $0.target.hasSuffix("ready") })
      #expect(ready.outcome == "fail" && ready.code == "exit 1")
    } else {
      #expect(
        targets == [
          "exec /app/grpc-health-probe -addr=:50051 -connect-timeout=5s -rpc-timeout=5s"
        ])
      #expect(samples[0].outcome == "ok" && samples[0].code == "exit 0")
    }
    #expect(samples[0].stderr?.utf8.count == 200)
  }

  // MARK: - Helpers

  static func health(_ state: Int64) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.add(1, state)
    return writer.bytes
  }

  private func ipamd(
    _ node: FakeNode, _ responder: @escaping GRPCTestServer.Responder
  ) async throws -> GRPCTestServer {
    try await GRPCTestServer.start(at: node.root.appending(path: Self.ipamdSocket), responder)
  }

  /// The samples of one series.
  private func run(_ series: ProbeSeries) async throws -> [ProbeSample] {
    let node = try FakeNode()
    let context = node.context()
    let artifact = try #require(Catalog.artifact(.probeCanary))
    let request = DerivedSource.Request(context: context, artifact: artifact, seconds: 30)
    _ = await ProbeRunner(request: request).run([series])
    return try #require(context.probes.reports.first).series[0].samples
  }
}
