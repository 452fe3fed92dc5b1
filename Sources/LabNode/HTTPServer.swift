import NIOCore
import NIOHTTP1
import NIOPosix

/// Where a service is reachable.
public struct HTTPListener: Sendable {
  let host: String
  let port: Int
  let service: any HTTPService

  /// Creates a listener; port 0 lets the kernel choose.
  public init(host: String, port: Int, service: any HTTPService) {
    self.host = host
    self.port = port
    self.service = service
  }
}

/// HTTP/1.1 over real sockets for the lab's services.
public enum HTTPServer {
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
  private typealias Listening = NIOAsyncChannel<Connection, Never>

  /// Serves until the task is cancelled. `onReady` gets the port of each listener, in order, as soon
  /// as all of them are bound.
  public static func run(
    _ listeners: [HTTPListener], onReady: @Sendable ([Int]) async -> Void = { _ in }
  ) async throws {
    var open: [(Listening, any HTTPService)] = []
    for listener in listeners {
      let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: listener.host, port: listener.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            return try Connection(wrappingChannelSynchronously: channel)
          }
        }
      open.append((server, listener.service))
    }
    await onReady(open.map { $0.0.channel.localAddress?.port ?? 0 })
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (server, service) in open {
        group.addTask { try await accept(server, service) }
      }
      try await group.waitForAll()
    }
  }

  private static func accept(_ server: Listening, _ service: any HTTPService) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await server.executeThenClose { connections in
        for try await connection in connections {
          group.addTask {
            do {
              try await serve(connection, service)
            } catch {
              // A client that goes away in the middle loses its answer, and nobody else does.
            }
          }
        }
      }
    }
  }

  private static func serve(_ connection: Connection, _ service: any HTTPService) async throws {
    let client = connection.channel.remoteAddress.map { address in
      "\(address.ipAddress ?? "?"):\(address.port ?? 0)"
    }
    try await connection.executeThenClose { inbound, outbound in
      var head: HTTPRequestHead?
      for try await part in inbound {
        switch part {
        case .head(let received): head = received
        case .body: break
        case .end:
          guard let request = head else { return }
          head = nil
          let answer = await service.respond(to: HTTPRequest(request, client: client ?? "?"))
          try await send(answer, to: request, outbound)
          guard request.isKeepAlive else { return }
        }
      }
    }
  }

  private static func send(
    _ answer: HTTPResponse, to request: HTTPRequestHead,
    _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  ) async throws {
    var fields = HTTPHeaders(answer.headers)
    fields.add(name: "Content-Type", value: answer.type)
    fields.add(name: "Content-Length", value: String(answer.body.utf8.count))
    if !request.isKeepAlive { fields.add(name: "Connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: answer.status), headers: fields)
    try await outbound.write(.head(head))
    if request.method != .HEAD {
      try await outbound.write(.body(.byteBuffer(ByteBuffer(string: answer.body))))
    }
    try await outbound.write(.end(nil))
  }
}

extension HTTPRequest {
  fileprivate init(_ head: HTTPRequestHead, client: String) {
    var fields: [String: String] = [:]
    for (name, value) in head.headers { fields[name.lowercased()] = value }
    self.init(method: head.method.rawValue, uri: head.uri, headers: fields)
    self.client = client
  }
}
