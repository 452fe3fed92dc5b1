import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server of fixed documents by path, which is all of an API server that plain GETs need.
final class APIServer: Sendable {
  /// One answer.
  struct Answer: Sendable {
    var status = "200 OK"
    var body: String

    static func refused(_ reason: String, _ code: Int) -> Answer {
      Answer(
        status: "\(code) \(reason)",
        body: #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","#
          + #""reason":"\#(reason)","code":\#(code)}"#)
    }
  }

  private let channel: any Channel
  private let log: RequestLog

  var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

  /// Method and path of every request so far.
  var requests: [String] { log.lines.withLock { $0 } }

  /// Serves documents; a path without one is not found. A server that hangs never answers.
  init(_ answers: [String: Answer], hangs: Bool = false) async throws {
    let log = RequestLog()
    self.log = log
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Answerer(answers: answers, hangs: hangs, log: log))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
  }

  func stop() async throws {
    try await channel.close()
  }

  /// A credential file for this server.
  var kubeconfig: String {
    """
    apiVersion: v1
    kind: Config
    clusters:
    - name: arn:aws:eks:eu-west-2:111122223333:cluster/shop
      cluster:
        server: \(address)
    contexts:
    - name: shop-admin
      context:
        cluster: arn:aws:eks:eu-west-2:111122223333:cluster/shop
        user: operator
    current-context: shop-admin
    users:
    - name: operator
      user: {}

    """
  }

  private final class RequestLog: Sendable {
    let lines = Mutex<[String]>([])
  }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answers: [String: Answer]
    private let hangs: Bool
    private let log: RequestLog
    private var head = ""

    init(answers: [String: Answer], hangs: Bool, log: RequestLog) {
      self.answers = answers
      self.hangs = hangs
      self.log = log
    }

    /// kubectl adds its time limit to every request.
    private static func withoutTimeout(_ path: String) -> String {
      let parts = path.split(separator: "?", maxSplits: 1)
      guard parts.count == 2 else { return path }
      let query = parts[1].split(separator: "&").filter { !$0.hasPrefix("timeout=") }
        .map { $0.hasSuffix("=") ? $0.dropLast() : $0 }
      return query.isEmpty ? String(parts[0]) : "\(parts[0])?\(query.joined(separator: "&"))"
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      head += String(buffer: unwrapInboundIn(data))
      guard head.contains("\r\n\r\n") else { return }
      let words = head.split(separator: "\r\n")[0].split(separator: " ")
      guard words.count == 3 else { return context.close(promise: nil) }
      let path = Self.withoutTimeout(String(words[1]))
      // Some builds of kubectl first ask for the version, to choose among their clients.
      let isOwnQuestion = words[1] == "/version?timeout=5s"
      if !isOwnQuestion { log.lines.withLock { $0.append("\(words[0]) \(path)") } }
      if hangs { return }
      let answer = answers[path] ?? .refused("NotFound", 404)
      let text =
        "HTTP/1.1 \(answer.status)\r\nContent-Type: application/json\r\nConnection: close\r\n"
        + "Content-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
      context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
      context.close(promise: nil)
    }
  }
}

/// The real kubectl of this machine.
enum Kubectl {
  static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")
    .split(separator: ":").map { "\($0)/kubectl" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}
