import NIOCore
import NIOPosix

/// Single exchanges with numeric addresses, timed: a connection over TCP, a datagram and its answer,
/// a request and its answer over TCP. Every answer is bounded.
enum NetworkProbe {
  /// How long opening a TCP connection took, in nanoseconds; nothing is sent.
  static func connect(
    to endpoint: Host.Endpoint, seconds: Double
  ) async -> Result<UInt64, ConnectionFailure> {
    let start = MonotonicTime.nanoseconds
    do {
      let address = try address(of: endpoint)
      let (channel, moment) = try await ClientBootstrap(
        group: MultiThreadedEventLoopGroup.singleton
      )
      .connectTimeout(.seconds(seconds)).connect(to: address)
      .map { ($0, MonotonicTime.nanoseconds) }.get()
      channel.close(promise: nil)
      return .success(moment - start)
    } catch {
      return .failure(ConnectionFailure(error))
    }
  }

  /// The answer to a datagram.
  static func exchangeDatagram(
    _ request: [UInt8], with endpoint: Host.Endpoint, seconds: Double
  ) async -> Result<[UInt8], ConnectionFailure> {
    await exchange(seconds: seconds) { loop, promise in
      let channel = try await DatagramBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(DatagramReceiver(promise))
          }
        }
        .connect(to: address(of: endpoint)).get()
      let envelope = AddressedEnvelope(
        remoteAddress: try address(of: endpoint),
        data: channel.allocator.buffer(bytes: request))
      channel.writeAndFlush(envelope, promise: nil)
      return channel
    }
  }

  /// The answer to a request over TCP, both behind a length of two bytes, as name servers have it.
  static func exchangeStream(
    _ request: [UInt8], with endpoint: Host.Endpoint, seconds: Double
  ) async -> Result<[UInt8], ConnectionFailure> {
    await exchange(seconds: seconds) { loop, promise in
      let channel = try await ClientBootstrap(group: loop).connectTimeout(.seconds(seconds))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(StreamReceiver(promise))
          }
        }
        .connect(to: address(of: endpoint)).get()
      let length = [UInt8(truncatingIfNeeded: request.count >> 8), UInt8(request.count & 0xFF)]
      channel.writeAndFlush(channel.allocator.buffer(bytes: length + request), promise: nil)
      return channel
    }
  }

  private typealias Answer = Result<[UInt8], ConnectionFailure>

  private static func exchange(
    seconds: Double,
    open: (any EventLoop, EventLoopPromise<Answer>) async throws -> any Channel
  ) async -> Answer {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let promise = loop.makePromise(of: Answer.self)
    let timer = loop.scheduleTask(in: .seconds(seconds)) { promise.succeed(.failure(.timeout)) }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      do {
        let channel = try await open(loop, promise)
        let answer = try await promise.futureResult.get()
        channel.close(promise: nil)
        return answer
      } catch {
        let answer = Answer.failure(ConnectionFailure(error))
        promise.succeed(answer)
        return answer
      }
    } onCancel: {
      promise.succeed(.failure(.cancelled))
    }
  }

  private static func address(of endpoint: Host.Endpoint) throws(ConnectionFailure) -> SocketAddress
  {
    do {
      return try SocketAddress(ipAddress: endpoint.address, port: endpoint.port)
    } catch {
      throw .failed("not an address: \(endpoint.address)")
    }
  }

  private final class DatagramReceiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let promise: EventLoopPromise<Answer>

    init(_ promise: EventLoopPromise<Answer>) {
      self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      promise.succeed(.success(Array(unwrapInboundIn(data).data.readableBytesView)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      promise.succeed(.failure(ConnectionFailure(error)))
    }
  }

  private final class StreamReceiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Answer>
    private var bytes: [UInt8] = []

    init(_ promise: EventLoopPromise<Answer>) {
      self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView)
      guard bytes.count >= 2 else { return }
      let count = Int(bytes[0]) << 8 | Int(bytes[1])
      if bytes.count >= 2 + count {
        promise.succeed(.success(Array(bytes[2..<(2 + count)])))
        context.close(promise: nil)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      promise.succeed(.failure(.failed("closed without an answer")))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      promise.succeed(.failure(ConnectionFailure(error)))
      context.close(promise: nil)
    }
  }
}
