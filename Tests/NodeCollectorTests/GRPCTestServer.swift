import Foundation
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import WireFormats

/// A gRPC server that does to a client what servers do, good and bad.
final class GRPCTestServer: Sendable {
  /// What it does with a call.
  enum Behaviour: Sendable {
    /// Answers with a message and status 0.
    case message([UInt8])
    /// The same, the message cut into pieces of one size.
    case pieces([UInt8], size: Int)
    /// Answers after so many milliseconds.
    case slow(milliseconds: Int64, [UInt8])
    /// Never answers.
    case hang
    /// A status in the only headers.
    case status(Int, String)
    /// A message, and a status other than 0 behind it.
    case failing([UInt8], Int)
    /// Resets the stream.
    case reset
    /// Sends data and ends without a status.
    case noTrailers
    /// Status 0 without a message.
    case empty
    /// An HTTP status other than 200.
    case http(String)
    /// Raw bytes in the place of a message's frame.
    case raw([UInt8])
    /// Closes the connection.
    case close
  }

  typealias Responder = @Sendable (_ method: String, _ message: [UInt8]) -> Behaviour

  private let channel: any Channel

  private init(_ channel: any Channel) {
    self.channel = channel
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  /// Listens on a socket at a path.
  static func start(at url: URL, _ responder: @escaping Responder) async throws -> GRPCTestServer {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return GRPCTestServer(
      try await bootstrap(responder).bind(unixDomainSocketPath: url.path).get())
  }

  /// Listens on a port of its own.
  static func start(_ responder: @escaping Responder) async throws -> GRPCTestServer {
    GRPCTestServer(try await bootstrap(responder).bind(host: "127.0.0.1", port: 0).get())
  }

  func stop() async throws {
    try await channel.close()
  }

  private static func bootstrap(_ responder: @escaping Responder) -> ServerBootstrap {
    ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
          ) { stream in
            stream.eventLoop.makeCompletedFuture {
              try stream.pipeline.syncOperations.addHandler(Call(responder))
            }
          }
        }
      }
  }

  private final class Call: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let responder: Responder
    private var method = ""
    private var frames = GRPCFrames(limit: 1 << 20)

    init(_ responder: @escaping Responder) {
      self.responder = responder
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .headers(let part): method = part.headers.first(name: ":path") ?? ""
      case .data(let part):
        if case .byteBuffer(let buffer) = part.data { try? frames.append(buffer.readableBytesView) }
        if part.endStream { answer(context) }
      default: break
      }
    }

    private func answer(_ context: ChannelHandlerContext) {
      switch responder(method, frames.messages.first ?? []) {
      case .message(let message): finish(context, GRPCFrames.frame(message), size: .max)
      case .pieces(let message, let size):
        finish(context, GRPCFrames.frame(message), size: size)
      case .slow(let milliseconds, let message):
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
          this.value.finish(bound.value, GRPCFrames.frame(message), size: .max)
        }
      case .hang: break
      case .status(let code, let text):
        headers(
          context,
          [
            (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "\(code)"),
            ("grpc-message", text),
          ], isLast: true)
      case .failing(let message, let code):
        finish(context, GRPCFrames.frame(message), size: .max, status: code)
      case .reset:
        context.writeAndFlush(wrapOutboundOut(.rstStream(.internalError)), promise: nil)
      case .noTrailers:
        headers(context, [(":status", "200")], isLast: false)
        self.data(context, GRPCFrames.frame([1]), isLast: true)
      case .empty: finish(context, [], size: .max)
      case .http(let status): headers(context, [(":status", status)], isLast: true)
      case .raw(let bytes): finish(context, bytes, size: .max)
      case .close: context.channel.parent?.close(promise: nil)
      }
    }

    private func finish(
      _ context: ChannelHandlerContext, _ bytes: [UInt8], size: Int, status: Int = 0
    ) {
      headers(
        context, [(":status", "200"), ("content-type", "application/grpc")], isLast: false)
      var rest = bytes[...]
      while !rest.isEmpty {
        data(context, Array(rest.prefix(size)), isLast: false)
        rest = rest.dropFirst(size)
      }
      headers(context, [("grpc-status", "\(status)")], isLast: true)
    }

    private func headers(
      _ context: ChannelHandlerContext, _ fields: [(String, String)], isLast: Bool
    ) {
      context.writeAndFlush(
        wrapOutboundOut(.headers(.init(headers: HPACKHeaders(fields), endStream: isLast))),
        promise: nil)
    }

    private func data(_ context: ChannelHandlerContext, _ bytes: [UInt8], isLast: Bool) {
      let buffer = context.channel.allocator.buffer(bytes: bytes)
      context.writeAndFlush(
        wrapOutboundOut(.data(.init(data: .byteBuffer(buffer), endStream: isLast))), promise: nil)
    }
  }
}

/// Answers every connection with fixed bytes, without understanding what it is asked.
final class RawServer: Sendable {
  private let channel: any Channel

  private init(_ channel: any Channel) {
    self.channel = channel
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  static func start(at url: URL? = nil, _ bytes: [UInt8]) async throws -> RawServer {
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answer(bytes))
        }
      }
    guard let url else {
      return RawServer(try await bootstrap.bind(host: "127.0.0.1", port: 0).get())
    }
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return RawServer(try await bootstrap.bind(unixDomainSocketPath: url.path).get())
  }

  func stop() async throws {
    try await channel.close()
  }

  private final class Answer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(NIOAny(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }
  }
}

/// A server of datagrams.
final class DatagramServer: Sendable {
  typealias Responder = @Sendable ([UInt8]) -> [UInt8]?

  private let channel: any Channel

  private init(_ channel: any Channel) {
    self.channel = channel
  }

  var endpoint: (address: String, port: Int) { ("127.0.0.1", channel.localAddress?.port ?? 0) }

  static func start(_ responder: @escaping Responder) async throws -> DatagramServer {
    DatagramServer(
      try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Answer(responder))
          }
        }
        .bind(host: "127.0.0.1", port: 0).get())
  }

  func stop() async throws {
    try await channel.close()
  }

  private final class Answer: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let responder: Responder

    init(_ responder: @escaping Responder) {
      self.responder = responder
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let envelope = unwrapInboundIn(data)
      guard let answer = responder(Array(envelope.data.readableBytesView)) else { return }
      context.writeAndFlush(
        NIOAny(
          AddressedEnvelope(
            remoteAddress: envelope.remoteAddress,
            data: context.channel.allocator.buffer(bytes: answer))), promise: nil)
    }
  }
}
