import Foundation
import Testing
import WireFormats

@testable import NodeCollector

@Suite("Calling gRPC servers")
struct GRPCClientTests {
  private static let large = [UInt8](repeating: 7, count: 300_000)

  @Test(
    "what a server does decides the outcome",
    arguments: [
      (.message([1, 2, 3]), .answered([1, 2, 3])),
      (.message([]), .answered([])),
      (.pieces([9, 8, 7], size: 1), .answered([9, 8, 7])),
      (.message(large), .answered(large)),
      (.slow(milliseconds: 50, [5]), .answered([5])),
      (.status(12, "unknown%20service"), .status(12, "unknown service")),
      (.failing([1], 5), .status(5, "")),
      (.reset, .unreadable("the stream was reset")),
      (.noTrailers, .unreadable("ended without a status")),
      (.empty, .unreadable("0 messages where one is due")),
      (.http("404"), .unreadable("HTTP status 404")),
      (.raw([1, 0, 0, 0, 0]), .unreadable("a message is compressed")),
      (.raw(GRPCFrames.frame([1]) + GRPCFrames.frame([2])), .unreadable("2 messages")),
      (.raw([0, 0, 0, 0, 9, 1]), .unreadable("0 messages")),
      (.raw([0, 0x7F, 0xFF, 0xFF, 0xFF]), .tooLarge),
      (.message([UInt8](repeating: 1, count: 1 << 20)), .tooLarge),
      (.close, .unreadable("closed without an answer")),
    ] as [(GRPCTestServer.Behaviour, GRPCClient.Outcome)])
  func outcomes(_ behaviour: GRPCTestServer.Behaviour, _ expected: GRPCClient.Outcome) async throws
  {
    let server = try await GRPCTestServer.start { _, _ in behaviour }
    let reply = await client(server.port).call("/a.B/C", [1], seconds: 30)
    try await server.stop()
    guard case .unreadable(let text) = expected else {
      #expect(reply.outcome == expected)
      return
    }
    guard case .unreadable(let reason) = reply.outcome else {
      Issue.record("\(reply.outcome)")
      return
    }
    // A connection that ends early may arrive as a reset; the reason is then the transport's, and
    // what counts is that it is no answer.
    let isEnd = text.contains("reset") || text.hasPrefix("closed")
    #expect(reason.hasPrefix(text) || (isEnd && reason.contains("reset")), "\(reason)")
  }

  @Test("method and message arrive as they were sent, over a socket too")
  func arrives() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grpc-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.sock")
    let server = try await GRPCTestServer.start(at: path) { method, message in
      .message(Array(method.utf8) + message)
    }
    let reply = await GRPCClient(target: .unix(path.path)).call("/p.S/M", [0, 255], seconds: 30)
    try await server.stop()
    #expect(reply.outcome == .answered(Array("/p.S/M".utf8) + [0, 255]))
    let connected = try #require(reply.timing.connected)
    let first = try #require(reply.timing.firstByte)
    #expect(connected <= first && first <= reply.timing.total)
  }

  @Test("a server that never answers ends at the time limit, whether it speaks gRPC or nothing")
  func hangs() async throws {
    let hanging = try await GRPCTestServer.start { _, _ in .hang }
    let reply = await client(hanging.port).call("/a.B/C", [], seconds: 0.3)
    #expect(reply.outcome == .unreachable(.timeout))
    #expect(reply.timing.total >= 250_000_000)
    try await hanging.stop()
    let silent = try await RawServer.start([])
    #expect(
      await client(silent.port).call("/a.B/C", [], seconds: 0.3).outcome
        == .unreachable(.timeout))
    try await silent.stop()
  }

  @Test(
    "bytes that are no HTTP/2 are unreadable, not a crash",
    arguments: [
      Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8),
      [UInt8](repeating: 0, count: 100), [UInt8](repeating: 0xFF, count: 100_000), [0, 0, 4, 9],
    ])
  func garbage(_ bytes: [UInt8]) async throws {
    let server = try await RawServer.start(bytes)
    let outcome = await client(server.port).call("/a.B/C", [], seconds: 0.5).outcome
    try await server.stop()
    switch outcome {
    case .unreadable, .unreachable(.timeout): break
    default: Issue.record("\(outcome)")
    }
  }

  @Test("nobody there, no socket, and no address are different facts")
  func nobody() async throws {
    #expect(await client(1).call("/a.B/C", [], seconds: 5).outcome == .unreachable(.refused))
    let missing = GRPCClient(target: .unix("/tmp/no-such-\(UUID())"))
    #expect(await missing.call("/a.B/C", [], seconds: 5).outcome == .unreachable(.missing))
    let long = GRPCClient(target: .unix("/" + String(repeating: "x", count: 300)))
    guard case .unreachable(.failed) = await long.call("/a.B/C", [], seconds: 5).outcome else {
      Issue.record("a path longer than an address holds was accepted")
      return
    }
  }

  @Test("a stopped run does not wait for an answer")
  func cancelled() async throws {
    let server = try await GRPCTestServer.start { _, _ in .hang }
    let port = server.port
    let task = Task { await client(port).call("/a.B/C", [], seconds: 60).outcome }
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    #expect(await task.value == .unreachable(.cancelled))
    try await server.stop()
  }

  private func client(_ port: Int) -> GRPCClient {
    GRPCClient(target: .tcp(.init(address: "127.0.0.1", port: port)), capBytes: 512 << 10)
  }
}
