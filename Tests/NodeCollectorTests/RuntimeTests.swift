import BundleModel
import Foundation
import Testing
import WireFormats

@testable import NodeCollector

@Suite("Asking the container runtime")
struct RuntimeTests {
  private static let socket = "run/containerd/containerd.sock"

  @Test("sandboxes are listed and inspected, with the addresses and the runtime's own data")
  func sandboxes() async throws {
    let node = try FakeNode()
    let server = try await GRPCTestServer.start(
      at: node.root.appending(path: Self.socket), FakeRuntime.answer)
    let (item, text) = try await node.one(.sandboxes)
    try await server.stop()
    #expect(item.status == .ok, "\(item.reason ?? "")")
    #expect(item.path == "runtime/sandboxes.json")
    let document = try JSONDecoder().decode(Sandboxes.self, from: Data(text.utf8))
    #expect(document.items.map(\.id) == ["s1", "s2"])
    #expect(document.items[0].metadata.namespace == "kube-system")
    #expect(document.items[1].state == "SANDBOX_NOTREADY")
    #expect(document.inspect.map(\.status.network.ip) == ["", "10.42.3.17"])
    #expect(document.inspect[1].info.netns == "/var/run/netns/cni-s2")
  }

  @Test("a sandbox that ends between the list and the question makes the item partial")
  func lostSandbox() async throws {
    let node = try FakeNode()
    let server = try await GRPCTestServer.start(at: node.root.appending(path: Self.socket)) {
      method, message in
      method.hasSuffix("PodSandboxStatus") && message.contains(UInt8(ascii: "2"))
        ? .status(5, "not found") : FakeRuntime.answer(method, message)
    }
    let (item, text) = try await node.one(.sandboxes)
    try await server.stop()
    #expect(item.status == .partial)
    #expect(item.reason == "1 of 2 sandboxes not inspected: gRPC status 5: not found")
    #expect(text.contains("\"s2\""))
  }

  @Test(
    "the environment of the cluster's own containers passes the allow-list, others are left out")
  func systemContainers() async throws {
    let node = try FakeNode()
    let server = try await GRPCTestServer.start(
      at: node.root.appending(path: Self.socket), FakeRuntime.answer)
    let results = try await node.run(.systemContainers, in: node.context())
    try await server.stop()
    #expect(
      results.map(\.item.path) == ["runtime/inspect/aws-node-x7k2p-aws-node-c1.json"])
    let text = try #require(results.first).text
    #expect(text.contains(#"{"key":"WARM_ENI_TARGET","value":"1"}"#))
    #expect(text.contains(#"{"key":"OTHER","value":"<redacted:R3>"}"#))
    #expect(text.contains(#""env":["WARM_IP_TARGET=5","UNKNOWN=<redacted:R3>"]"#))
    #expect(text.contains(#""exitCode":137"#))
    #expect(!text.contains("hidden"))
  }

  @Test("containers, images, version and state have the shape of the runtimes' own tool")
  func shapes() async throws {
    let node = try FakeNode()
    try node.program("runc", "echo runc version 1.1.5; echo commit: x")
    let server = try await GRPCTestServer.start(
      at: node.root.appending(path: Self.socket), FakeRuntime.answer)
    #expect(
      try await node.one(.runtimeVersion).text == """
        {"version":"0.1.0","runtimeName":"fake","runtimeVersion":"v1.7.1","runtimeApiVersion":"v1",\
        "programs":{"runc":"runc version 1.1.5"}}

        """)
    #expect(try await node.one(.containers).text.hasPrefix(#"{"containers":[{"id":"c1","podSand"#))
    let images = try await node.one(.images).text
    #expect(images.hasPrefix(#"{"images":[{"id":"sha256:1","repoTags":["pause:3.5"],"#))
    #expect(images.contains(#""status":{"imageFilesystems":[{"timestamp":"5","#))
    let status = try await node.one(.runtimeStatus).text
    #expect(status.contains(#"{"type":"NetworkReady","status":false,"#))
    #expect(status.contains(#""lastCNILoadStatus":"OK""#))
    try await server.stop()
  }

  @Test("a runtime that knows only the version before this one is asked in that")
  func olderVersion() async throws {
    let node = try FakeNode()
    let server = try await GRPCTestServer.start(at: node.root.appending(path: Self.socket)) {
      method, message in
      method.hasPrefix("/runtime.v1.")
        ? .status(12, "unknown service") : FakeRuntime.answer(method, message)
    }
    let (item, text) = try await node.one(.containers)
    try await server.stop()
    #expect(item.status == .ok)
    #expect(text.contains("c1"))
  }

  @Test("what a runtime does decides the item's status")
  func statuses() async throws {
    let cases: [(GRPCTestServer.Behaviour, ItemStatus)] = [
      (.hang, .timeout), (.status(12, "no"), .unsupported), (.status(2, "broken"), .failed),
      (.status(4, "late"), .timeout), (.reset, .failed), (.message([0xFF]), .failed),
      (.close, .failed),
    ]
    for (behaviour, expected) in cases {
      let node = try FakeNode()
      let server = try await GRPCTestServer.start(at: node.root.appending(path: Self.socket)) {
        _, _ in behaviour
      }
      var limits = CollectLimits.test
      // Only who never answers is not waited for.
      if case .hang = behaviour { limits.timeoutScale = 0.02 }
      let (item, _) = try await node.one(.containers, in: node.context(limits: limits))
      try await server.stop()
      #expect(item.status == expected, "\(behaviour): \(item.reason ?? "")")
    }
  }

  @Test("without a runtime the items are missing; a dead one is missing too")
  func missing() async throws {
    let node = try FakeNode()
    for id in [ArtifactID.sandboxes, .containers, .systemContainers, .images, .runtimeStatus] {
      #expect(try await node.one(id).item.status == .missing, "\(id)")
    }
    // A socket on which nobody listens any more.
    let url = node.root.appending(path: Self.socket)
    let server = try await GRPCTestServer.start(at: url, FakeRuntime.answer)
    let kept = node.root.appending(path: "run/containerd/kept.sock")
    try FileManager.default.linkItem(at: url, to: kept)
    try await server.stop()
    if !FileManager.default.fileExists(atPath: url.path) {
      try FileManager.default.moveItem(at: kept, to: url)
    }
    let (item, _) = try await node.one(.containers)
    #expect(item.status == .missing)
    #expect(item.reason == "nothing listens on /run/containerd/containerd.sock")
  }

  @Test("where the socket speaks another language crictl is asked, and only then")
  func crictl() async throws {
    let node = try FakeNode()
    try node.program(
      "crictl",
      """
      case "$*" in
      *"pods -o json") echo '{"items":[{"id":"p9"}]}' ;;
      *"inspectp -o json p9") echo '{"status":{"id":"p9"},"info":{}}' ;;
      *"ps -a -o json") echo 'no json' ;;
      *) echo "$*" >&2; exit 3 ;;
      esac
      """)
    let raw = try await RawServer.start(
      at: node.root.appending(path: Self.socket), Array("HTTP/1.1 400 Bad\r\n\r\n".utf8))
    let sandboxes = try await node.one(.sandboxes)
    #expect(
      sandboxes.text
        == #"{"items":[{"id":"p9"}],"inspect":[{"status":{"id":"p9"},"info":{}}"# + "\n]}\n",
      "\(sandboxes.item)")
    #expect(try await node.one(.containers).item.status == .failed)
    let reason = try await node.one(.images).item.reason ?? ""
    #expect(reason.contains("crictl: --runtime-endpoint=unix://"), "\(reason)")
    try await raw.stop()
    // A runtime that hangs would hang crictl as well.
    let other = try FakeNode()
    try other.program("crictl", "echo '{}'")
    let server = try await GRPCTestServer.start(at: other.root.appending(path: Self.socket)) {
      _, _ in .hang
    }
    var limits = CollectLimits.test
    limits.timeoutScale = 0.02
    #expect(
      try await other.one(.containers, in: other.context(limits: limits)).item.status == .timeout)
    try await server.stop()
  }

  @Test(
    "the kubelet's own endpoint goes first, whether it stands in arguments, JSON or YAML",
    arguments: ["arguments", "json", "yaml"])
  func detection(_ form: String) async throws {
    let node = try FakeNode()
    let endpoint = "unix:///run/other/r.sock"
    switch form {
    case "arguments":
      try node.process(
        7, "kubelet", arguments: ["kubelet", "--container-runtime-endpoint=\(endpoint)"])
    case "json":
      try node.file(
        "/etc/kubernetes/kubelet/config.json", #"{"containerRuntimeEndpoint":"\#(endpoint)"}"#)
    default:
      try node.file(
        "/var/lib/kubelet/config.yaml",
        "kind: KubeletConfiguration\nclusterDNS:\n- 10.100.0.10\n"
          + "containerRuntimeEndpoint: \"\(endpoint)\"\n")
    }
    let first = try await RawServer.start(at: node.root.appending(path: Self.socket), [])
    let other = try await RawServer.start(at: node.root.appending(path: "run/other/r.sock"), [])
    try node.process(8, "containerd")
    let text = try await node.one(.runtimeDetection).text
    #expect(text.contains(#""selected":"/run/other/r.sock""#), "\(text)")
    #expect(text.contains(#""kubelet_endpoint":"unix:///run/other/r.sock""#))
    #expect(text.contains(#""count":1,"name":"containerd","pid":8"#))
    try await first.stop()
    try await other.stop()
  }

  @Test("docker is asked through its own program where its socket stands, and nowhere else")
  func docker() async throws {
    let node = try FakeNode()
    try node.program(
      "docker", "case $1 in ps) echo abc1;; inspect) echo '[]';; *) echo '{}';; esac")
    #expect(try await node.one(.dockerState).item.status == .unsupported)
    let raw = try await RawServer.start(at: node.root.appending(path: "var/run/docker.sock"), [])
    let results = try await node.run(.dockerState, in: node.context())
    try await raw.stop()
    #expect(
      results.map(\.item.path) == [
        "runtime/docker/info.json", "runtime/docker/version.json", "runtime/docker/ps.json",
        "runtime/docker/images.json", "runtime/docker/inspect.json",
      ])
  }

  @Test("nothing is signalled unless side effects are allowed")
  func stacks() async throws {
    let node = try FakeNode()
    #expect(try await node.one(.runtimeStacks).item.status == .skipped)
    let allowed = node.context(settings: CollectSettings(allowsSideEffects: true))
    #expect(try await node.one(.runtimeStacks, in: allowed).item.status == .missing)
  }

  private struct Sandboxes: Decodable {
    var items: [Item]
    var inspect: [Inspected]

    struct Item: Decodable {
      var id: String
      var state: String
      var metadata: Metadata
    }

    struct Metadata: Decodable {
      var namespace: String
    }

    struct Inspected: Decodable {
      var status: Status
      var info: Info
    }

    struct Status: Decodable {
      var network: Network
    }

    struct Network: Decodable {
      var ip: String
    }

    struct Info: Decodable {
      var netns: String
    }
  }
}

/// The answers of a runtime with one pod of the cluster's own and one of a user.
enum FakeRuntime {
  @Sendable static func answer(_ method: String, _ message: [UInt8]) -> GRPCTestServer.Behaviour {
    var writer = ProtobufWriter()
    switch method.split(separator: "/").last {
    case "Version":
      writer.add(1, "0.1.0")
      writer.add(2, "fake")
      writer.add(3, "v1.7.1")
      writer.add(4, "v1")
    case "Status": status(&writer)
    case "ListPodSandbox":
      writer.add(1, sandbox("s1", "aws-node-x7k2p", "kube-system", state: 0).bytes)
      writer.add(1, sandbox("s2", "cart-1", "shop", state: 1).bytes)
    case "PodSandboxStatus": sandboxStatus(&writer, isFirst: message.contains(UInt8(ascii: "1")))
    case "ListContainers":
      writer.add(1, container("c1", "aws-node", "aws-node-x7k2p", "kube-system").bytes)
      writer.add(1, container("c2", "cart", "cart-1", "shop").bytes)
    case "ContainerStatus": containerStatus(&writer)
    case "ListImages":
      var image = ProtobufWriter()
      image.add(1, "sha256:1")
      image.add(2, "pause:3.5")
      image.add(4, Int64(300_000))
      writer.add(1, image.bytes)
    case "ImageFsInfo":
      var usage = ProtobufWriter()
      usage.add(1, Int64(5))
      writer.add(1, usage.bytes)
    case "ExecSync":
      writer.add(2, Array("status: SERVING".utf8))
    default: return .status(12, "unknown method")
    }
    return .message(writer.bytes)
  }

  private static func status(_ writer: inout ProtobufWriter) {
    var condition = ProtobufWriter()
    condition.add(1, "NetworkReady")
    condition.add(3, "NetworkPluginNotReady")
    var status = ProtobufWriter()
    status.add(1, condition.bytes)
    writer.add(1, status.bytes)
    writer.add(2, key: "lastCNILoadStatus", value: "\"OK\"")
  }

  private static func sandbox(
    _ id: String, _ name: String, _ namespace: String, state: Int64
  ) -> ProtobufWriter {
    var metadata = ProtobufWriter()
    metadata.add(1, name)
    metadata.add(3, namespace)
    var sandbox = ProtobufWriter()
    sandbox.add(1, id)
    sandbox.add(2, metadata.bytes)
    sandbox.add(3, state)
    return sandbox
  }

  private static func sandboxStatus(_ writer: inout ProtobufWriter, isFirst: Bool) {
    var network = ProtobufWriter()
    network.add(1, isFirst ? "" : "10.42.3.17")
    var status =
      isFirst
      ? sandbox("s1", "aws-node-x7k2p", "kube-system", state: 0)
      : sandbox("s2", "cart-1", "shop", state: 0)
    status.add(5, network.bytes)
    writer.add(1, status.bytes)
    let netns = isFirst ? "" : "/var/run/netns/cni-s2"
    writer.add(2, key: "info", value: #"{"pid":0,"netns":"\#(netns)"}"#)
  }

  private static func labels(_ writer: inout ProtobufWriter, _ field: Int, _ pod: [String]) {
    writer.add(field, key: "io.kubernetes.pod.name", value: pod[0])
    writer.add(field, key: "io.kubernetes.pod.namespace", value: pod[1])
  }

  private static func container(
    _ id: String, _ name: String, _ pod: String, _ namespace: String
  ) -> ProtobufWriter {
    var metadata = ProtobufWriter()
    metadata.add(1, name)
    metadata.add(2, Int64(3))
    var container = ProtobufWriter()
    container.add(1, id)
    container.add(2, "s1")
    container.add(3, metadata.bytes)
    container.add(6, Int64(1))
    labels(&container, 8, [pod, namespace])
    return container
  }

  private static func containerStatus(_ writer: inout ProtobufWriter) {
    var status = ProtobufWriter()
    status.add(1, "c1")
    status.add(7, Int64(137))
    labels(&status, 12, ["aws-node-x7k2p", "kube-system"])
    writer.add(1, status.bytes)
    writer.add(
      2, key: "info",
      value: #"""
        {"config":{"envs":[{"key":"WARM_ENI_TARGET","value":"1"},{"key":"OTHER","value":"hidden"}]},\#
        "runtimeSpec":{"process":{"env":["WARM_IP_TARGET=5","UNKNOWN=hidden"]}}}
        """#)
  }
}
