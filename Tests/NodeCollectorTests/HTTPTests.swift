import BundleModel
import NIOCore
import NIOPosix
import Testing

@testable import NodeCollector

@Suite("Asking loopback servers")
struct HTTPTests {
  private static let declaredPort = 61679

  @Test(
    "the status and the bytes of an answer decide the item's status",
    arguments: [
      (answer("200 OK", "{\"0\":{}}"), ItemStatus.ok, "{\"0\":{}}"),
      (answer("200 OK", ""), .empty, ""),
      (answer("404 Not Found", "404 page not found"), .failed, "404 page not found"),
      (answer("403 Forbidden", "no"), .denied, "no"),
      (
        answer("200 OK", "{\"AvailableCommands\":[\"/v1/enis\"]}"), .unsupported,
        "{\"AvailableCommands\":[\"/v1/enis\"]}"
      ),
      ("HTTP/1.0 200 OK\r\n\r\nuntil the end", .ok, "until the end"),
    ])
  func statuses(_ bytes: String, _ status: ItemStatus, _ text: String) async throws {
    let server = try await ByteServer.start(.answer(bytes))
    let result = try await ask(server)
    #expect(result.item.status == status, "\(result.item.reason ?? "")")
    #expect(result.text == text)
  }

  @Test("a body over the cap is cut, and says so")
  func cut() async throws {
    let body = String(repeating: "x", count: 200_000)
    let server = try await ByteServer.start(.answer(Self.answer("200 OK", body)))
    let result = try await ask(server, cap: 100_000)
    #expect(result.item.status == .partial)
    #expect(result.text?.utf8.count == 100_000)
  }

  @Test("a server that never answers ends at the time limit")
  func hangs() async throws {
    let server = try await ByteServer.start(.hang)
    #expect(try await ask(server, seconds: 0.3).item.status == .timeout)
  }

  @Test("bytes that are no HTTP are a failure, not a crash")
  func garbage() async throws {
    let server = try await ByteServer.start(.answer("\u{0}\u{1}garbage\r\n\r\n"))
    #expect(try await ask(server).item.status == .failed)
  }

  @Test("a closed port is missing, which is another fact than a hanging one")
  func closedPort() async throws {
    let node = try FakeNode()
    let result = try await node.run(.test(.http(port: Self.declaredPort, path: "/v1/enis")))[0]
    #expect(result.item.status == .missing)
  }

  private static func answer(_ status: String, _ body: String) -> String {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private func ask(
    _ server: ByteServer, seconds: Double = 60, cap: Int = 1 << 20
  ) async throws -> (item: ManifestItem, text: String?) {
    let node = try FakeNode()
    node.ports[Self.declaredPort] = server.port
    let artifact = Artifact.test(
      .http(port: Self.declaredPort, path: "/v1/enis"), seconds: seconds, cap: cap)
    let result = try await node.run(artifact)[0]
    try await server.stop()
    return result
  }
}

/// Answers every connection with fixed bytes, or never.
private struct ByteServer {
  enum Behaviour: Sendable {
    case answer(String)
    case hang
  }

  let channel: any Channel

  var port: Int { channel.localAddress?.port ?? 0 }

  static func start(_ behaviour: Behaviour) async throws -> ByteServer {
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answerer(behaviour))
        }
      }
    return ByteServer(channel: try await bootstrap.bind(host: "127.0.0.1", port: 0).get())
  }

  func stop() async throws {
    try await channel.close()
  }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let behaviour: Behaviour

    init(_ behaviour: Behaviour) {
      self.behaviour = behaviour
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .answer(let bytes) = behaviour else { return }
      context.writeAndFlush(NIOAny(ByteBuffer(string: bytes)), promise: nil)
      context.close(promise: nil)
    }
  }
}
