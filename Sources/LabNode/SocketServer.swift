import Foundation
import NIOCore
import NIOPosix

/// Where a server listens.
public enum Endpoint: Sendable {
  /// An address of this network namespace; port 0 lets the kernel choose.
  case tcp(host: String, port: Int)
  /// A socket file that its owner and group may use.
  case unix(path: String)
}

/// Accepts connections for the lab's servers.
enum SocketServer {
  /// Binds an endpoint. Every connection is set up by `prepare`.
  static func bind<Connection: Sendable>(
    _ endpoint: Endpoint,
    _ prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Connection>
  ) async throws -> NIOAsyncChannel<Connection, Never> {
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    switch endpoint {
    case .tcp(let host, let port):
      return try await bootstrap.bind(host: host, port: port, childChannelInitializer: prepare)
    case .unix(let path):
      let server = try await bootstrap.bind(
        unixDomainSocketPath: path, cleanupExistingSocketFile: true,
        childChannelInitializer: prepare)
      try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: path)
      return server
    }
  }

  /// Handles connections side by side until the task is cancelled.
  static func accept<Connection: Sendable>(
    _ server: NIOAsyncChannel<Connection, Never>,
    _ handle: @escaping @Sendable (Connection) async throws -> Void
  ) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await server.executeThenClose { connections in
        for try await connection in connections {
          group.addTask {
            do {
              try await handle(connection)
            } catch {
              // A client that goes away in the middle loses its answer, and nobody else does.
            }
          }
        }
      }
    }
  }
}

/// Servers that speak bytes.
enum ByteServer {
  typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  /// Serves until the task is cancelled.
  static func run(
    _ endpoint: Endpoint, _ handle: @escaping @Sendable (Connection) async throws -> Void
  ) async throws {
    let server = try await SocketServer.bind(endpoint) { channel in
      channel.eventLoop.makeCompletedFuture {
        try Connection(wrappingChannelSynchronously: channel)
      }
    }
    try await SocketServer.accept(server, handle)
  }
}

/// Servers that answer one datagram with one datagram.
enum DatagramServer {
  private typealias Letter = AddressedEnvelope<ByteBuffer>

  /// Serves until the task is cancelled. No answer where `answer` gives none.
  static func run(
    host: String, port: Int, _ answer: @Sendable (ByteBuffer) -> ByteBuffer?
  ) async throws {
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: host, port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<Letter, Letter>(wrappingChannelSynchronously: channel)
        }
      }
    try await channel.executeThenClose { inbound, outbound in
      for try await letter in inbound {
        guard let reply = answer(letter.data) else { continue }
        do {
          try await outbound.write(Letter(remoteAddress: letter.remoteAddress, data: reply))
        } catch let error as IOError {
          // Nobody listens there any more: the next letter may have a better sender.
          _ = error
        }
      }
    }
  }
}
