import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// What a call ends with: a message, or a status with its text.
struct GRPCAnswer: Sendable {
  /// Zero is success; the other numbers are those of gRPC.
  var status = 0
  var text = ""
  var message = ProtobufMessage()

  static func failure(_ status: Int, _ text: String) -> Self {
    Self(status: status, text: text)
  }
}

/// Answers calls of one request and one answer.
protocol GRPCService: Sendable {
  /// The answer to a call of a method such as `/grpc.health.v1.Health/Check`.
  func respond(to method: String, _ request: ByteBuffer) async -> GRPCAnswer
}

/// What a stream carries.
private typealias GRPCStream = NIOAsyncChannel<HTTP2Frame.FramePayload, HTTP2Frame.FramePayload>

/// Messages in the frames of gRPC: a flag for compression, a length, the message.
private enum GRPCFraming {
  static func framed(_ message: ByteBuffer) -> ByteBuffer {
    var frame = ByteBuffer()
    frame.writeInteger(UInt8(0))
    frame.writeInteger(UInt32(message.readableBytes))
    frame.writeImmutableBuffer(message)
    return frame
  }

  static func message(_ frames: ByteBuffer) -> ByteBuffer? {
    var rest = frames
    guard let flag: UInt8 = rest.readInteger(), flag == 0, let length: UInt32 = rest.readInteger()
    else { return nil }
    return rest.readSlice(length: Int(length))
  }
}

/// Closes a connection whose bytes are no HTTP/2: no stream of it would ever end.
private final class CloseOnError: ChannelInboundHandler, Sendable {
  typealias InboundIn = Any

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// gRPC over real sockets, for calls of one request and one answer.
enum GRPCServer {
  private typealias Streams = NIOHTTP2Handler.AsyncStreamMultiplexer<GRPCStream>

  /// Serves until the task is cancelled. With `isEndless` an answer has no end.
  static func run(
    _ endpoint: Endpoint, _ service: any GRPCService, isEndless: Bool = false
  ) async throws {
    let server = try await SocketServer.bind(endpoint) { channel in
      channel.configureAsyncHTTP2Pipeline(mode: .server) { stream in
        stream.eventLoop.makeCompletedFuture {
          try GRPCStream(wrappingChannelSynchronously: stream)
        }
      }.flatMap { streams in
        channel.pipeline.addHandler(CloseOnError()).map { streams }
      }
    }
    try await SocketServer.accept(server) { streams in
      try await withThrowingDiscardingTaskGroup { group in
        for try await stream in streams.inbound {
          group.addTask {
            do {
              try await serve(stream, service, isEndless)
            } catch {
              // A caller that goes away loses its answer, and the connection's other calls do not.
            }
          }
        }
      }
    }
  }

  private static func serve(
    _ stream: GRPCStream, _ service: any GRPCService, _ isEndless: Bool
  ) async throws {
    try await stream.executeThenClose { inbound, outbound in
      var method = ""
      var body = ByteBuffer()
      for try await frame in inbound {
        var isEnd = false
        switch frame {
        case .headers(let headers):
          method = headers.headers.first(name: ":path") ?? ""
          isEnd = headers.endStream
        case .data(let data):
          if case .byteBuffer(let bytes) = data.data { body.writeImmutableBuffer(bytes) }
          isEnd = data.endStream
        default: break
        }
        if isEnd { break }
      }
      let answer =
        if let message = GRPCFraming.message(body) {
          await service.respond(to: method, message)
        } else { GRPCAnswer.failure(13, "the request has no message") }
      let head: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
      try await outbound.write(.headers(.init(headers: head)))
      while isEndless, !Task.isCancelled {
        try await outbound.write(
          .data(.init(data: .byteBuffer(ByteBuffer(repeating: 0, count: 4_096)))))
      }
      if answer.status == 0 {
        try await outbound.write(
          .data(.init(data: .byteBuffer(GRPCFraming.framed(answer.message.bytes)))))
      }
      let trailers: HPACKHeaders = [
        "grpc-status": "\(answer.status)", "grpc-message": answer.text,
      ]
      try await outbound.write(.headers(.init(headers: trailers, endStream: true)))
    }
  }
}

/// A call that failed.
struct GRPCFailure: Error, CustomStringConvertible {
  let method: String
  let status: Int
  let text: String
  var description: String { "\(method) ended with status \(status): \(text)" }
}

/// Calls methods of a server behind a socket file.
enum GRPCClient {
  /// Makes one call on a connection of its own, and returns the message that answers.
  static func call(
    _ method: String, _ request: ProtobufMessage, at path: String
  ) async throws -> ProtobufFields {
    let (channel, streams) = try await ClientBootstrap(
      group: MultiThreadedEventLoopGroup.singleton
    ).connect(unixDomainSocketPath: path) { channel in
      channel.configureAsyncHTTP2Pipeline(mode: .client) { stream in
        stream.eventLoop.makeCompletedFuture {
          try GRPCStream(wrappingChannelSynchronously: stream)
        }
      }.flatMap { streams in
        channel.pipeline.addHandler(CloseOnError()).map { (channel, streams) }
      }
    }
    do {
      let stream = try await streams.openStream { stream in
        stream.eventLoop.makeCompletedFuture {
          try GRPCStream(wrappingChannelSynchronously: stream)
        }
      }
      let fields = try await exchange(method, request, on: stream)
      channel.close(promise: nil)
      return fields
    } catch {
      channel.close(promise: nil)
      throw error
    }
  }

  private static func exchange(
    _ method: String, _ request: ProtobufMessage, on stream: GRPCStream
  ) async throws -> ProtobufFields {
    try await stream.executeThenClose { inbound, outbound in
      let head: HPACKHeaders = [
        ":method": "POST", ":scheme": "http", ":path": method, ":authority": "localhost",
        "content-type": "application/grpc", "te": "trailers",
      ]
      try await outbound.write(.headers(.init(headers: head)))
      try await outbound.write(
        .data(
          .init(
            data: .byteBuffer(GRPCFraming.framed(request.bytes)), endStream: true)))
      var body = ByteBuffer()
      var status = 2
      var text = "the server closed the stream without a status"
      for try await frame in inbound {
        switch frame {
        case .headers(let headers):
          guard let code = headers.headers.first(name: "grpc-status") else { break }
          status = Int(code) ?? 2
          text = headers.headers.first(name: "grpc-message") ?? ""
        case .data(let data):
          if case .byteBuffer(let bytes) = data.data { body.writeImmutableBuffer(bytes) }
        default: break
        }
      }
      guard status == 0, let message = GRPCFraming.message(body),
        let fields = ProtobufFields(message)
      else { throw GRPCFailure(method: method, status: status, text: text) }
      return fields
    }
  }
}
