import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import LabNode

/// Asks over a real socket and returns the raw answer.
func ask(_ port: Int, _ request: String) async throws -> String {
  let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .connect(host: "127.0.0.1", port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
  return try await channel.executeThenClose { inbound, outbound in
    try await outbound.write(ByteBuffer(string: request))
    var answer = ""
    for try await part in inbound { answer += String(buffer: part) }
    return answer
  }
}

func request(_ method: String, _ path: String, _ fields: [String] = []) -> String {
  (["\(method) \(path) HTTP/1.1", "Host: lab", "Connection: close"] + fields + ["", ""])
    .joined(separator: "\r\n")
}

/// Runs a service on a free port while `body` asks it.
func serving(
  _ service: any HTTPService, _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
  let (ports, bound) = AsyncStream.makeStream(of: Int.self)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      try await HTTPServer.run([HTTPListener(host: "127.0.0.1", port: 0, service: service)]) {
        bound.yield($0.first ?? 0)
        bound.finish()
      }
    }
    for await port in ports { try await body(port) }
    group.cancelAll()
    // The server ends because it is cancelled here; `body` has already thrown what it had to throw.
    while await group.nextResult() != nil {}
  }
}

@Suite("The servers of a node")
struct ServerTests {
  @Test("metadata wants a token, and then tells of every ENI")
  func metadata() async throws {
    let node = try node("healthy")
    try await serving(MetadataService(node)) { port in
      let refused = try await ask(port, request("GET", "/latest/meta-data/mac"))
      #expect(refused.hasPrefix("HTTP/1.1 401 "))
      let bare = try await ask(port, request("PUT", "/latest/api/token"))
      #expect(bare.hasPrefix("HTTP/1.1 400 "))
      let answer = try await ask(
        port,
        request("PUT", "/latest/api/token", ["X-aws-ec2-metadata-token-ttl-seconds: 60"]))
      let token = try #require(answer.components(separatedBy: "\r\n\r\n").last)
      let field = ["X-aws-ec2-metadata-token: \(token)"]
      let base = "/latest/meta-data/network/interfaces/macs/"
      let macs = try await ask(port, request("GET", base, field))
      for pool in node.history.pools {
        #expect(macs.contains(pool.eni.mac + "/"))
        let addresses = try await ask(
          port, request("GET", "\(base)\(pool.eni.mac)/local-ipv4s", field))
        #expect(
          addresses.hasSuffix(([pool.eni.primary] + pool.addresses).joined(separator: "\n")))
      }
      let absent = try await ask(
        port, request("GET", "\(base)\(node.enis[0].mac)/ipv4-prefix", field))
      #expect(absent.hasPrefix("HTTP/1.1 404 "))
    }
  }

  @Test("introspection knows four paths, and lists them for every other; each visit is logged")
  func introspection() async throws {
    let node = try node("leaked-ip")
    let (lines, written) = AsyncStream.makeStream(of: String.self)
    let agent = AgentService(node) { ipamd, _ in written.yield(ipamd) }
    try await serving(agent.introspection) { port in
      let enis = try await ask(port, request("GET", "/v1/enis"))
      #expect(enis.hasSuffix(PoolTexts(node: node).enis))
      let pods = try await ask(port, request("GET", "/v1/pods"))
      #expect(pods.contains("AvailableCommands"))
      let settings = try await ask(port, request("GET", "/v1/ipamd-env-settings"))
      #expect(settings.contains("\"WARM_ENI_TARGET\":1"))
      let configuration = try await ask(port, request("GET", "/v1/eni-configs"))
      #expect(configuration.hasSuffix("\"default\""))
    }
    written.finish()
    var log = ""
    for await text in lines { log += text }
    for path in ["/v1/enis", "/v1/pods", "/v1/ipamd-env-settings"] {
      #expect(log.contains("Handling http request: GET, from: 127.0.0.1:"))
      #expect(log.contains("URI: \(path)\""))
    }
  }

  @Test("metrics are Prometheus text")
  func metrics() async throws {
    let agent = AgentService(try node("subnet-exhausted")) { _, _ in }
    try await serving(agent.metrics) { port in
      let text = try await ask(port, request("GET", "/metrics"))
      #expect(text.contains("\nawscni_total_ip_addresses 18\n"))
      #expect(text.contains("error=\"InsufficientFreeAddressesInSubnet\"} "))
    }
  }

  @Test("the API server lists the pods of its node, and none of another")
  func pods() async throws {
    let node = try node("healthy")
    let api = KubernetesAPI(node)
    let path = "/api/v1/pods?fieldSelector=spec.nodeName%3D"
    let own = api.respond(to: HTTPRequest(uri: path + node.instance.name))
    #expect(own.body.components(separatedBy: "\"kind\":\"Pod\"").count == 1 + 13)
    #expect(own.body.contains("-addr=unix:///var/run/aws-node/ipamd.sock"))
    let other = api.respond(to: HTTPRequest(uri: path + "elsewhere"))
    #expect(!other.body.contains("\"kind\":\"Pod\""))
    #expect(api.respond(to: HTTPRequest(uri: "/apis/none")).status == 404)
  }
}
