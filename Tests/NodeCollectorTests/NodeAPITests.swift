import BundleModel
import Foundation
import Testing

@testable import NodeCollector

/// A node whose kubelet runs with a credential file of its own, and the real kubectl.
private struct NodeWithAPI {
  let node: FakeNode
  let server: APIServer

  static let name = "ip-10-0-1-7.eu-west-2.compute.internal"

  init(_ answers: [String: APIServer.Answer], hangs: Bool = false) async throws {
    node = try FakeNode()
    server = try await APIServer(answers, hangs: hangs)
    try node.file("/etc/kubelet.kubeconfig", server.kubeconfig)
    try node.file("/proc/812/comm", "kubelet\n")
    try node.file(
      "/proc/812/cmdline",
      [
        "/usr/bin/kubelet", "--kubeconfig=/etc/kubelet.kubeconfig", "--hostname-override",
        Self.name,
      ].joined(separator: "\0") + "\0")
    try node.program("kubectl", "exec '\(try #require(Kubectl.path))' \"$@\"")
  }

  func run(_ id: ArtifactID, seconds: Double? = nil) async throws -> (
    item: ManifestItem, text: String?
  ) {
    let declared = try #require(Catalog.artifact(id))
    let artifact = Artifact(
      id, declared.summary, source: declared.source, path: declared.path,
      timeoutSeconds: seconds ?? declared.timeoutSeconds, capBytes: declared.capBytes,
      redaction: declared.redaction)
    return try await node.run(artifact)[0]
  }
}

@Suite("Objects that the node's own credential reads")
struct NodeAPITests {
  private static let node = NodeWithAPI.name

  /// An item and the one request that it makes.
  struct Request: CustomTestStringConvertible, Sendable {
    let id: ArtifactID
    let path: String
    var testDescription: String { id.rawValue }
  }

  static let requests = [
    Request(id: .nodePods, path: "/api/v1/pods?fieldSelector=spec.nodeName%3D\(node)"),
    Request(id: .nodeObject, path: "/api/v1/nodes/\(node)"),
    Request(id: .apiVersion, path: "/version"),
    Request(id: .apiHealth, path: "/livez?verbose"),
    Request(
      id: .nodeEvents, path: "/api/v1/events?fieldSelector=involvedObject.name%3D\(node)&limit=500"),
    Request(id: .kubeletConfigz, path: "/api/v1/nodes/\(node)/proxy/configz"),
    Request(id: .kubeletProbeMetrics, path: "/api/v1/nodes/\(node)/proxy/metrics/probes"),
  ]

  @Test("each item is one request, with the kubelet's own file and name", arguments: requests)
  func present(_ request: Request) async throws {
    let fake = try await NodeWithAPI([request.path: .init(body: #"{"kind":"Some"}"#)])
    let result = try await fake.run(request.id)
    #expect(result.item.status == .ok, "\(result.item.reason ?? "")")
    #expect(result.text?.trimmingCharacters(in: .newlines) == #"{"kind":"Some"}"#)
    #expect(fake.server.requests == ["GET \(request.path)"])
    try await fake.server.stop()
  }

  @Test(
    "a refusal is denied, an absence missing, both by the server's words",
    arguments: [
      ("Forbidden", 403, ItemStatus.denied), ("Unauthorized", 401, .denied),
      ("NotFound", 404, .missing), ("InternalError", 500, .failed),
    ])
  func refused(_ reason: String, _ code: Int, _ status: ItemStatus) async throws {
    for request in Self.requests {
      let fake = try await NodeWithAPI([request.path: .refused(reason, code)])
      #expect(try await fake.run(request.id).item.status == status, "\(request.id)")
      try await fake.server.stop()
    }
  }

  @Test("a silent API server ends at the time limit, a closed port is a failure")
  func unreachable() async throws {
    let hanging = try await NodeWithAPI([:], hangs: true)
    #expect(try await hanging.run(.nodeObject, seconds: 0.5).item.status == .timeout)
    #expect(try await hanging.run(.serviceSummary, seconds: 0.5).item.status == .timeout)
    try await hanging.server.stop()
    #expect(try await hanging.run(.nodeObject).item.status == .failed)
  }

  @Test("a node without kubectl lacks every one of them")
  func noProgram() async throws {
    let node = try FakeNode()
    for id in Self.requests.map(\.id) + [.serviceSummary, .nodePermissions] {
      let artifact = try #require(Catalog.artifact(id))
      #expect(try await node.run(artifact)[0].item.status == .missing, "\(id)")
    }
  }

  @Test("services are counted, and of all of them only the API server's own is kept")
  func services() async throws {
    let other = #"{"metadata":{"name":"cart","namespace":"shop"},"spec":{"clusterIP":"10.9.9.9"}}"#
    let own = """
      {"metadata":{"name":"kubernetes","namespace":"default"},
       "spec":{"clusterIP":"10.100.0.1","ports":[{"name":"https","port":443,"protocol":"TCP"}]}}
      """
    let fake = try await NodeWithAPI([
      "/api/v1/services?limit=250": .init(
        body: #"{"metadata":{"continue":"abc"},"items":[\#(other),\#(other)]}"#),
      "/api/v1/services?continue=abc&limit=250": .init(
        body: #"{"metadata":{"continue":"def","remainingItemCount":40},"items":[\#(other)]}"#),
      "/api/v1/namespaces/default/services/kubernetes": .init(body: own),
    ])
    let result = try await fake.run(.serviceSummary)
    try await fake.server.stop()
    let text = try #require(result.text)
    #expect(text.contains(#""count":43"#))
    #expect(text.contains(#""is_cut":false"#))
    #expect(text.contains("10.100.0.1"))
    #expect(!text.contains("cart") && !text.contains("10.9.9.9"))
  }

  @Test("static pods come from their files, with environments masked")
  func staticPods() async throws {
    let node = try FakeNode()
    try node.file(
      "/etc/kubernetes/manifests/agent.yaml",
      """
      apiVersion: v1
      kind: Pod
      spec:
        containers:
        - name: agent
          env:
          - name: DB_PASSWORD
            value: hunter-2-hunter-2

      """)
    let result = try await node.run(try #require(Catalog.artifact(.staticPods)))[0]
    #expect(result.item.path == "kube/manifests/agent.yaml")
    #expect(result.text?.contains("DB_PASSWORD") == true)
    #expect(result.text?.contains("hunter") == false)
    #expect(
      try await FakeNode().run(try #require(Catalog.artifact(.staticPods)))[0].item.status
        == .missing)
  }
}
