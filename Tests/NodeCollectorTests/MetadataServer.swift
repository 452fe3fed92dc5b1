import NIOCore
import NIOPosix
import Synchronization

/// Stands in for the instance metadata service: answers by path, counts, and can be silent.
final class MetadataServer: Sendable {
  /// How the service behaves.
  enum Behaviour: Sendable {
    case answers
    /// Tokens are refused with this status.
    case refuses(Int)
    case silent
    /// A token is asked for, and this comes back with status 200.
    case givesToken(String)
    /// Tokens are given; everything else is answered so.
    case breaks(Fault)
  }

  /// How an answer breaks.
  enum Fault: String, Sendable, CaseIterable {
    /// Bytes of no protocol.
    case garbage
    /// A document without an end.
    case endless
    /// A document that arrives a byte at a time.
    case slow
    /// A document that is shorter than was announced.
    case cut
  }

  /// What was asked.
  struct Record: Sendable {
    var requests: [String] = []
    var running = 0
    var mostAtOnce = 0
  }

  private let record = Mutex(Record())
  private let behaviour: Behaviour
  private let leaves: [String: String]
  private let channel = Mutex<(any Channel)?>(nil)

  init(_ behaviour: Behaviour = .answers, leaves: [String: String] = [:]) async throws {
    self.behaviour = behaviour
    self.leaves = leaves
    let bound = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Responder(self))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
  }

  var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
  var asked: Record { record.withLock { $0 } }

  func stop() async throws {
    try await channel.withLock { $0 }?.close()
  }

  static let token = "seeded-token"

  /// Status and body of one request.
  fileprivate func answer(_ method: String, _ path: String, _ head: String) -> (Int, String)? {
    record.withLock { record in
      record.requests.append("\(method) \(path)")
      record.running += 1
      record.mostAtOnce = max(record.mostAtOnce, record.running)
    }
    switch behaviour {
    case .silent: return nil
    case .givesToken(let text): return (method == "PUT" ? 200 : 401, text)
    case .breaks:
      guard path == "/latest/api/token" else { return (200, "") }
      return (method == "PUT" ? 200 : 405, Self.token)
    case .refuses(let status): return (method == "PUT" ? status : 401, "")
    case .answers:
      if path == "/latest/api/token" { return (method == "PUT" ? 200 : 405, Self.token) }
      guard head.contains(Self.token) else { return (401, "") }
      return leaves[path].map { (200, $0) } ?? (404, "")
    }
  }

  fileprivate func finish() {
    record.withLock { $0.running -= 1 }
  }

  private final class Responder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let server: MetadataServer
    private var received = ""

    init(_ server: MetadataServer) {
      self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += String(buffer: unwrapInboundIn(data))
      guard received.contains("\r\n\r\n") else { return }
      let words = received.split(separator: " ", maxSplits: 2)
      guard words.count == 3,
        let (status, body) = server.answer(String(words[0]), String(words[1]), received)
      else { return }
      if case .breaks(let fault) = server.behaviour, words[1] != "/latest/api/token" {
        server.finish()
        return fail(fault, context.channel)
      }
      let text =
        "HTTP/1.1 \(status) x\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
      // A moment of work, so that requests which are sent at once are seen at once.
      let channel = context.channel
      context.eventLoop.scheduleTask(in: .milliseconds(5)) { [server] in
        server.finish()
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        channel.close(promise: nil)
      }
    }

    private func fail(_ fault: Fault, _ channel: any Channel) {
      let head = "HTTP/1.1 200 x\r\nConnection: close\r\n"
      switch fault {
      case .garbage:
        channel.writeAndFlush(ByteBuffer(repeating: 0xA7, count: 2048), promise: nil)
        channel.close(promise: nil)
      case .endless:
        channel.writeAndFlush(ByteBuffer(string: head + "\r\n"), promise: nil)
        go(on: channel, every: .milliseconds(1), with: String(repeating: "again\n", count: 4000))
      case .slow:
        channel.writeAndFlush(
          ByteBuffer(string: head + "Content-Length: 100000\r\n\r\n"), promise: nil)
        go(on: channel, every: .milliseconds(20), with: "x")
      case .cut:
        channel.writeAndFlush(
          ByteBuffer(string: head + "Content-Length: 100\r\n\r\ni-0a1b"), promise: nil)
        channel.close(promise: nil)
      }
    }

    /// Writes until the other side has gone.
    private func go(on channel: any Channel, every pause: TimeAmount, with text: String) {
      let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: pause) { _ in
        guard channel.isWritable else { return }
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
      }
      channel.closeFuture.whenComplete { _ in task.cancel() }
    }
  }
}
