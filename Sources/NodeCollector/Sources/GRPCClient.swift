import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Synchronization
import WireFormats

/// Makes one gRPC call per connection, without encryption, to a socket of the node or a numeric
/// address. Whatever answers is untrusted: time, size and form are bounded.
struct GRPCClient: Sendable {
  /// Where a server listens.
  enum Target: Sendable, Equatable {
    /// A socket at a path as this process sees it.
    case unix(String)
    case tcp(Host.Endpoint)

    /// The address in the form that gRPC's own tools take.
    var text: String {
      switch self {
      case .unix(let path): "unix://\(path)"
      case .tcp(let endpoint): "\(endpoint.address):\(endpoint.port)"
      }
    }
  }

  /// How a call ended.
  enum Outcome: Sendable, Equatable {
    /// The message of a successful call.
    case answered([UInt8])
    /// The server said no, with one of gRPC's codes.
    case status(Int, String)
    /// There was no connection or no answer.
    case unreachable(ConnectionFailure)
    /// The answer exceeds the cap.
    case tooLarge
    /// What came is no gRPC.
    case unreadable(String)
  }

  /// An outcome, and how long its parts took.
  struct Reply: Sendable {
    var outcome: Outcome
    var timing: Timing
  }

  /// Nanoseconds since the beginning of a call; `nil` where it was not reached.
  struct Timing: Sendable, Equatable {
    var connected: UInt64?
    var firstByte: UInt64?
    var total: UInt64
  }

  /// gRPC's code for a function that the server lacks.
  static let unimplemented = 12
  /// gRPC's code for a call that took too long on the server's side.
  static let deadlineExceeded = 4

  let target: Target
  /// The most bytes of an answer.
  var capBytes = 4 << 20

  /// Calls a method, `/package.Service/Method`.
  func call(_ method: String, _ message: [UInt8], seconds: Double) async -> Reply {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let promise = loop.makePromise(of: Outcome.self)
    let watch = Stopwatch()
    let exchange = Exchange(
      method: method, message: GRPCFrames.frame(message), seconds: seconds, capBytes: capBytes,
      promise: promise, watch: watch)
    let timer = loop.scheduleTask(in: .seconds(seconds)) {
      promise.succeed(.unreachable(.timeout))
    }
    let outcome = await withTaskCancellationHandler {
      await run(exchange, on: loop, seconds: seconds)
    } onCancel: {
      promise.succeed(.unreachable(.cancelled))
    }
    timer.cancel()
    return Reply(outcome: outcome, timing: watch.timing)
  }

  private func run(_ exchange: Exchange, on loop: any EventLoop, seconds: Double) async -> Outcome {
    let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(seconds))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try exchange.configure(channel) }
      }
    do {
      let channel = try await bootstrap.connect(to: address()).get()
      // The promise is always kept: by an answer, the end of the connection or the timer.
      let outcome = try await exchange.promise.futureResult.get()
      channel.close(promise: nil)
      return outcome
    } catch {
      let outcome = Outcome.unreachable(ConnectionFailure(error))
      exchange.end(outcome)
      return outcome
    }
  }

  private func address() throws(ConnectionFailure) -> SocketAddress {
    do {
      switch target {
      case .unix(let path): return try SocketAddress(unixDomainSocketPath: path)
      case .tcp(let endpoint):
        return try SocketAddress(ipAddress: endpoint.address, port: endpoint.port)
      }
    } catch {
      throw .failed("not an address: \(target.text)")
    }
  }
}

/// Moments of one call, taken where they happen.
private final class Stopwatch: Sendable {
  private let start = MonotonicTime.nanoseconds
  private let state = Mutex((connected: UInt64?.none, first: UInt64?.none, end: UInt64?.none))

  func connected() {
    let now = MonotonicTime.nanoseconds - start
    state.withLock { $0.connected = $0.connected ?? now }
  }

  func firstByte() {
    let now = MonotonicTime.nanoseconds - start
    state.withLock { $0.first = $0.first ?? now }
  }

  func end() {
    let now = MonotonicTime.nanoseconds - start
    state.withLock { $0.end = $0.end ?? now }
  }

  var timing: GRPCClient.Timing {
    let now = MonotonicTime.nanoseconds - start
    return state.withLock { state in
      GRPCClient.Timing(
        connected: state.connected, firstByte: state.first, total: state.end ?? now)
    }
  }
}

/// What one call sends, and where its outcome goes.
private struct Exchange: Sendable {
  let method: String
  let message: [UInt8]
  let seconds: Double
  let capBytes: Int
  let promise: EventLoopPromise<GRPCClient.Outcome>
  let watch: Stopwatch

  func end(_ outcome: GRPCClient.Outcome) {
    watch.end()
    promise.succeed(outcome)
  }

  /// Prepares a new connection: HTTP/2 from the first byte, and the call as soon as it is open.
  func configure(_ channel: any Channel) throws {
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(parameter: .enablePush, value: 0),
      HTTP2Setting(parameter: .maxConcurrentStreams, value: 1),
      HTTP2Setting(parameter: .maxHeaderListSize, value: 16 << 10),
    ]
    var stream = NIOHTTP2Handler.StreamConfiguration()
    stream.targetWindowSize = 1 << 20
    let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
      mode: .client, connectionConfiguration: connection, streamConfiguration: stream,
      // A server has nothing to ask of us.
      inboundStreamInitializer: { $0.close() })
    try channel.pipeline.syncOperations.addHandler(
      ConnectionWatcher(exchange: self, multiplexer: multiplexer))
  }

  var headers: HPACKHeaders {
    HPACKHeaders([
      (":method", "POST"), (":scheme", "http"), (":path", method), (":authority", "localhost"),
      ("te", "trailers"), ("content-type", "application/grpc"), ("user-agent", "cnitriage"),
      ("grpc-timeout", "\(max(1, min(99_999_999, Int(seconds * 1000))))m"),
    ])
  }
}

/// Opens the call's stream when the connection is there, and tells when the connection is lost.
private final class ConnectionWatcher: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame

  private let exchange: Exchange
  private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

  init(exchange: Exchange, multiplexer: NIOHTTP2Handler.StreamMultiplexer) {
    self.exchange = exchange
    self.multiplexer = multiplexer
  }

  func channelActive(context: ChannelHandlerContext) {
    exchange.watch.connected()
    let exchange = exchange
    multiplexer.createStreamChannel(promise: nil) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandler(CallHandler(exchange))
      }
    }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    exchange.end(.unreadable("closed without an answer"))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let failure = ConnectionFailure(error)
    if case .failed(let reason) = failure {
      exchange.end(.unreadable(reason))
    } else {
      exchange.end(.unreachable(failure))
    }
    context.close(promise: nil)
  }
}

/// One call on its stream.
private final class CallHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let exchange: Exchange
  private var frames: GRPCFrames
  private var hasHeaders = false

  init(_ exchange: Exchange) {
    self.exchange = exchange
    frames = GRPCFrames(limit: exchange.capBytes)
  }

  func channelActive(context: ChannelHandlerContext) {
    let head = HTTP2Frame.FramePayload.headers(.init(headers: exchange.headers))
    context.write(wrapOutboundOut(head), promise: nil)
    let buffer = context.channel.allocator.buffer(bytes: exchange.message)
    let body = HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(buffer), endStream: true))
    context.writeAndFlush(wrapOutboundOut(body), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    exchange.watch.firstByte()
    switch unwrapInboundIn(data) {
    case .headers(let part): receive(part.headers, isLast: part.endStream)
    case .data(let part): receive(part)
    case .rstStream(let code): exchange.end(.unreadable("the stream was reset: \(code)"))
    default: break
    }
  }

  private func receive(_ headers: HPACKHeaders, isLast: Bool) {
    if !hasHeaders {
      hasHeaders = true
      let status = headers.first(name: ":status") ?? ""
      guard status == "200" else {
        return exchange.end(.unreadable("HTTP status \(status.prefix(16))"))
      }
    }
    // A server that refuses at once sends its status in the only headers that it sends.
    if let status = headers.first(name: "grpc-status") {
      finish(status, headers.first(name: "grpc-message") ?? "")
    } else if isLast {
      exchange.end(.unreadable("ended without a status"))
    }
  }

  private func receive(_ part: HTTP2Frame.FramePayload.Data) {
    guard case .byteBuffer(let buffer) = part.data else { return }
    guard hasHeaders else { return exchange.end(.unreadable("data before headers")) }
    do {
      try frames.append(buffer.readableBytesView)
    } catch {
      exchange.end(frames.isOverLimit ? .tooLarge : .unreadable(error.reason))
      return
    }
    if part.endStream { exchange.end(.unreadable("ended without a status")) }
  }

  private func finish(_ status: String, _ message: String) {
    guard let code = Int(status) else {
      return exchange.end(.unreadable("a status that is no number"))
    }
    guard code == 0 else {
      return exchange.end(.status(code, GRPCFrames.message(fromHeader: message)))
    }
    guard frames.messages.count == 1, !frames.isInsideMessage else {
      return exchange.end(.unreadable("\(frames.messages.count) messages where one is due"))
    }
    exchange.end(.answered(frames.messages[0]))
  }

  func channelInactive(context: ChannelHandlerContext) {
    exchange.end(.unreadable("closed without an answer"))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    exchange.end(.unreadable("\(error)"))
    context.close(promise: nil)
  }
}
