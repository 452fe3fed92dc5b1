import NIOCore
import NIOHTTP1
import NIOPosix

/// One plain HTTP request to a numeric address: no names, no redirects, no proxies, no keep-alive.
/// Whatever answers on a port is untrusted, so time and size are bounded.
struct LoopbackHTTP: Sendable {
  /// A request without a body.
  struct Request: Sendable {
    var method: HTTPMethod = .GET
    var path: String
    var headers: [(String, String)] = []
  }

  /// The answer, or why there is none.
  enum Outcome: Sendable {
    case answered(Response)
    case refused
    case timeout
    case failed(String)
    /// Somebody answers, but not in HTTP, or not to the end.
    case unreadable(String)
  }

  /// An answer, cut at the cap.
  struct Response: Sendable {
    var status: Int
    var headers: [(String, String)]
    var body: [UInt8]
    var isCut: Bool
  }

  let capBytes: Int

  /// Asks an address.
  func send(
    _ request: Request, to endpoint: Host.Endpoint, seconds: Double
  ) async -> Outcome {
    await send(request, to: endpoint, seconds: seconds) { bootstrap in
      guard let address = try? SocketAddress(ipAddress: endpoint.address, port: endpoint.port)
      else { throw ChannelError.unknownLocalAddress }
      return try await bootstrap.connect(to: address) { channel in
        channel.eventLoop.makeCompletedFuture { channel }
      }
    }
  }

  /// Asks over a socket that is connected already, such as one from another network namespace.
  func send(
    _ request: Request, over socket: CInt, host endpoint: Host.Endpoint, seconds: Double
  ) async -> Outcome {
    await send(request, to: endpoint, seconds: seconds) { bootstrap in
      try await bootstrap.withConnectedSocket(socket).get()
    }
  }

  private func send(
    _ request: Request, to endpoint: Host.Endpoint, seconds: Double,
    connect: (ClientBootstrap) async throws -> any Channel
  ) async -> Outcome {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let promise = loop.makePromise(of: Outcome.self)
    let cap = capBytes
    let timer = loop.scheduleTask(in: .microseconds(Int64(seconds * 1_000_000))) {
      promise.succeed(.timeout)
    }
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.microseconds(Int64(seconds * 1_000_000)))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(
            Receiver(promise: promise, capBytes: cap))
        }
      }
    do {
      let channel = try await connect(bootstrap)
      try await write(request, to: channel, host: endpoint)
      let outcome = try await promise.futureResult.get()
      timer.cancel()
      // The answer is complete; how the connection ends changes nothing.
      channel.close(promise: nil)
      return outcome
    } catch let error as IOError where error.errnoCode == 111 {
      promise.succeed(.refused)
      return .refused
    } catch {
      let outcome = Self.outcome(of: error)
      promise.succeed(outcome)
      return outcome
    }
  }

  private static func outcome(of error: any Error) -> Outcome {
    if let connection = error as? NIOConnectionError {
      let errors = connection.connectionErrors.map { $0.error }
      if errors.contains(where: { ($0 as? IOError)?.errnoCode == 111 }) { return .refused }
    }
    if case ChannelError.connectTimeout = error { return .timeout }
    return .failed("\(error)")
  }

  private func write(
    _ request: Request, to channel: any Channel, host endpoint: Host.Endpoint
  ) async throws {
    var head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.path)
    let isIPv6 = endpoint.address.contains(":")
    head.headers.add(
      name: "Host",
      value: (isIPv6 ? "[\(endpoint.address)]" : endpoint.address) + ":\(endpoint.port)")
    head.headers.add(name: "Connection", value: "close")
    if request.method == .PUT { head.headers.add(name: "Content-Length", value: "0") }
    for (name, value) in request.headers { head.headers.add(name: name, value: value) }
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    try await channel.writeAndFlush(HTTPClientRequestPart.end(nil)).get()
  }

  /// Gathers one answer up to the cap.
  private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<Outcome>
    private let capBytes: Int
    private var response: Response?

    init(promise: EventLoopPromise<Outcome>, capBytes: Int) {
      self.promise = promise
      self.capBytes = capBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        response = Response(
          status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) },
          body: [], isCut: false)
      case .body(let buffer): receive(buffer, context)
      case .end: finish()
      }
    }

    private func receive(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
      guard var response else { return }
      let room = capBytes - response.body.count
      response.body.append(contentsOf: buffer.readableBytesView.prefix(room))
      response.isCut = buffer.readableBytes > room
      self.response = response
      if response.isCut {
        finish()
        context.close(promise: nil)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      // A body without a declared length ends with the connection.
      finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      let isGarbage = error is HTTPParserError
      promise.succeed(.unreadable(isGarbage ? "the answer is no HTTP: \(error)" : "\(error)"))
      context.close(promise: nil)
    }

    private func finish() {
      promise.succeed(response.map { .answered($0) } ?? .unreadable("closed without an answer"))
    }
  }
}
