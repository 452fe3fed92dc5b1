import BundleModel
import Foundation
import Testing

@testable import NodeCollector

@Suite("The instance metadata service")
struct MetadataTests {
  private static let items = Catalog.all.filter { $0.id.category == "imds" }

  private static let leaves: [String: String] = {
    var leaves = [
      "/latest/dynamic/instance-identity/document": #"{"instanceType":"m6i.large"}"#,
      "/latest/meta-data/instance-id": "i-0a1b2c3d4e5f60718",
      "/latest/meta-data/iam/info": #"{"Code":"Success"}"#,
      "/latest/meta-data/iam/security-credentials/": "node-role",
      "/latest/meta-data/iam/security-credentials/node-role": #"{"SecretAccessKey":"x"}"#,
      "/latest/meta-data/tags/instance/": "Name\neks:cluster-name\n../../iam\nkubernetes.io/x",
      "/latest/meta-data/tags/instance/Name": "worker",
      "/latest/meta-data/tags/instance/eks:cluster-name": "shop",
      "/latest/meta-data/network/interfaces/macs/": "06:5e:11:aa:20:01/\n06:5e:11:aa:20:02/",
    ]
    for mac in ["06:5e:11:aa:20:01", "06:5e:11:aa:20:02"] {
      leaves["/latest/meta-data/network/interfaces/macs/\(mac)/interface-id"] = "eni-0aaa"
    }
    return leaves
  }()

  /// Runs all items of the group as one run does: one after another, with one session.
  private func run(
    _ server: MetadataServer, traits: Set<NodeTrait> = Set(NodeTrait.allCases)
  ) async throws -> [ArtifactID: (item: ManifestItem, text: String)] {
    let node = try FakeNode()
    var host = node.host
    host.metadata = .init(address: "127.0.0.1", port: server.port)
    host.traits = traits
    let runner = ItemRunner(
      context: RunContext(host: host, limits: .test, spoolFolder: node.root.path))
    var results: [ArtifactID: (item: ManifestItem, text: String)] = [:]
    for artifact in Self.items {
      let member = try #require(await runner.run(artifact).first)
      let bytes = try member.spool.map { try $0.read(0..<$0.offered) } ?? []
      results[artifact.id] = (member.item, String(decoding: bytes, as: UTF8.self))
    }
    try await server.stop()
    return results
  }

  @Test("every item of the group is answered, and credentials are never asked for")
  func present() async throws {
    let server = try await MetadataServer(leaves: Self.leaves)
    let results = try await run(server)
    let expected: [ArtifactID: ItemStatus] = [.metadataHopLimit: .missing]
    for artifact in Self.items {
      let result = try #require(results[artifact.id])
      #expect(
        result.item.status == expected[artifact.id] ?? .ok,
        "\(artifact.id) \(result.item.reason ?? "")")
      #expect(!result.text.contains(MetadataServer.token), "\(artifact.id)")
    }
    #expect(results[.metadataRole]?.text == "node-role\n")
    #expect(results[.metadataTags]?.text.contains("shop") == true)
    #expect(results[.metadataInterfaces]?.text.contains("eni-0aaa") == true)
    let requests = server.asked.requests
    #expect(!requests.contains { $0.contains("security-credentials/node-role") })
    #expect(!requests.contains { $0.contains("..") })
    // One token for the check and one for everything else.
    #expect(requests.count { $0.hasPrefix("PUT") } == 2)
    #expect(server.asked.mostAtOnce <= 2)
  }

  @Test("a silent service is asked twice for a token, and then by nobody again")
  func silent() async throws {
    let server = try await MetadataServer(.silent)
    let results = try await run(server)
    // A busy machine may give up before a question arrives; there are never more.
    #expect(server.asked.requests.count { $0.hasPrefix("PUT") } <= 2)
    #expect(server.asked.requests.count { $0.hasPrefix("GET") } <= 1)
    for artifact in Self.items where artifact.id != .metadataReach {
      #expect(results[artifact.id]?.item.status == .missing, "\(artifact.id)")
      #expect(results[artifact.id]?.item.reason?.contains("silent") == true, "\(artifact.id)")
    }
    #expect(results[.metadataReach]?.text.contains(#""error":"timeout""#) == true)
  }

  @Test("a service that refuses tokens is denied, which is another fact than silence")
  func denied() async throws {
    let server = try await MetadataServer(.refuses(403))
    let results = try await run(server)
    for artifact in Self.items where artifact.id != .metadataReach {
      #expect(results[artifact.id]?.item.status == .denied, "\(artifact.id)")
    }
    #expect(results[.metadataReach]?.text.contains(#""status":403"#) == true)
  }

  @Test(
    "what is no token makes every item failed, with what came instead",
    arguments: [
      ("", "0 bytes"), ("<html>Log in to the guest network</html>", "40 bytes"),
      (String(repeating: "x", count: 5000), "more than 4096 bytes"),
    ])
  func noToken(_ text: String, _ words: String) async throws {
    let server = try await MetadataServer(.givesToken(text))
    let results = try await run(server)
    for artifact in Self.items where artifact.id != .metadataReach {
      let item = try #require(results[artifact.id]).item
      #expect(item.status == .failed, "\(artifact.id)")
      #expect(item.reason?.contains("no token: \(words)") == true, "\(item.reason ?? "")")
    }
    #expect(!server.asked.requests.contains { $0.hasPrefix("GET /latest/meta-data/i") })
  }

  @Test(
    "answers that break make an item failed, in bounded time and size",
    arguments: MetadataServer.Fault.allCases)
  func brokenAnswers(_ fault: MetadataServer.Fault) async throws {
    let server = try await MetadataServer(.breaks(fault))
    let node = try FakeNode()
    var host = node.host
    host.metadata = .init(address: "127.0.0.1", port: server.port)
    host.traits = Set(NodeTrait.allCases)
    var limits = CollectLimits.test
    limits.timeoutScale = fault == .slow ? 0.2 : 1
    let runner = ItemRunner(
      context: RunContext(host: host, limits: limits, spoolFolder: node.root.path))
    let basic = try #require(Catalog.artifact(.metadataBasic))
    let member = try #require(await runner.run(basic).first)
    try await server.stop()
    #expect(member.item.status == (fault == .slow ? .timeout : .failed))
    let words = [
      MetadataServer.Fault.garbage: "no HTTP", .endless: "exceeds 65536 bytes", .slow: "timeout",
      .cut: "the answer is no HTTP",
    ]
    let reason = member.item.reason ?? ""
    #expect(reason.contains("requests got no answer; meta-data/"), "\(reason)")
    #expect(reason.contains(words[fault] ?? ""), "\(reason)")
    #expect(try #require(member.spool).offered < 16 << 10)
  }

  @Test("an item of which some requests got no answer is partial")
  func partial() {
    func answer(_ path: String, _ error: String?) -> MetadataSource.Answer {
      .init(path: path, status: error == nil ? 200 : 0, error: error, durationMicroseconds: 1)
    }
    func status(_ errors: [String?]) -> ItemStatus? {
      MetadataSource.Answers(requests: errors.map { answer("meta-data/x", $0) }).loss?.status
    }
    #expect(status([nil, nil]) == nil)
    #expect(status([]) == nil)
    #expect(status([nil, "timeout"]) == .partial)
    #expect(status(["timeout", "timeout"]) == .timeout)
    #expect(status(["timeout", "refused"]) == .failed)
  }

  @Test("a node that is no instance has no metadata, and nobody asks")
  func unsupported() async throws {
    let server = try await MetadataServer(.silent)
    let results = try await run(server, traits: [])
    #expect(results.count == Self.items.count)
    #expect(results.values.allSatisfy { $0.item.status == .unsupported })
    #expect(server.asked.requests.isEmpty)
  }

  @Test("a closed port is missing")
  func refused() async throws {
    let server = try await MetadataServer(.silent)
    try await server.stop()
    let node = try FakeNode()
    let result = try await node.run(try #require(Catalog.artifact(.metadataBasic)))[0]
    #expect(result.item.status == .missing)
  }

  @Test(
    "only what can be a role's name is kept",
    arguments: [("node-role\n", "node-role\n"), ("a b", nil), ("<html>", nil), ("{\"k\":1}", nil)]
      as [(String, String?)])
  func roleName(_ body: String, _ kept: String?) {
    switch RoleName.names(body) {
    case .bytes(let bytes): #expect(String(decoding: bytes, as: UTF8.self) == kept)
    default: #expect(kept == nil)
    }
  }
}
