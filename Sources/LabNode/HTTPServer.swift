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
      let server = try await SocketServer.bind(.tcp(host: listener.host, port: listener.port)) {
        channel in
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
        group.addTask {
          try await SocketServer.accept(server) { try await serve($0, service) }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Serves one listener, in the way that a test wants it to misbehave.
  static func run(_ listener: HTTPListener, as fault: ServerFault.Kind?) async throws {
    var listener = listener
    switch fault {
    case nil: break
    case .slow:
      listener = HTTPListener(
        host: listener.host, port: listener.port, service: SlowService(service: listener.service))
    case .notServing:
      listener = HTTPListener(
        host: listener.host, port: listener.port, service: UnavailableService())
    case .some(let kind):
      return try await Misbehaviour.run(kind, at: .tcp(host: listener.host, port: listener.port))
    }
    try await run([listener])
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
