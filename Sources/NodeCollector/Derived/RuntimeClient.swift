import BundleModel
import FoundationEssentials
import SystemPackage
import WireFormats

/// Asks the container runtime, over its socket or, where that speaks an unknown language, through
/// `crictl`. Either way the answers have the shape that `crictl -o json` prints.
struct RuntimeClient: Sendable {
  let context: RunContext
  /// The runtime's socket as the node names it; `nil` if none was found.
  let socket: String?

  /// What can be asked.
  enum Query: Sendable, Equatable {
    case version
    case status
    case sandboxes
    case sandbox(String)
    case containers
    case container(String)
    case images
    case imageUsage
  }

  /// Why there is no answer.
  struct Failure: Error, Sendable, Equatable {
    var status: ItemStatus
    var reason: String
    /// Whether another client may understand what this one did not.
    var mayRetry = false
  }

  /// The most bytes of one answer.
  static let capBytes = 16 << 20

  /// A client for the runtime that the node has.
  static func detected(_ context: RunContext) async -> RuntimeClient {
    let host = context.host
    let socket = await BlockingThread.run(seconds: BlockingThread.lookSeconds) {
      RuntimeEndpoint(host: host).detect().selected
    }
    return RuntimeClient(context: context, socket: socket ?? nil)
  }

  /// The answer in JSON.
  func json(_ query: Query, seconds: Double) async throws(Failure) -> [UInt8] {
    let failure: Failure
    do {
      return try await ask(query, seconds: seconds)
    } catch {
      failure = error
    }
    guard failure.mayRetry, !Task.isCancelled,
      let answer = await crictl(query.arguments, seconds: seconds)
    else { throw failure }
    switch answer {
    case .success(let bytes): return bytes
    case .failure(let other):
      throw Failure(
        status: other.status, reason: "\(failure.reason); crictl: \(other.reason)")
    }
  }

  private func ask(_ query: Query, seconds: Double) async throws(Failure) -> [UInt8] {
    let message = try await call(query.service, query.method, query.message, seconds: seconds)
    do {
      return try ProtobufJSON.object(message[...], query.schema)
    } catch {
      throw Failure(status: .failed, reason: error.reason, mayRetry: true)
    }
  }

  /// The halves of the runtime's interface.
  enum Service: String, Sendable {
    case runtime = "RuntimeService"
    case image = "ImageService"
  }

  /// Calls a method in the current version of the interface, or in the one before it.
  func call(
    _ service: Service, _ method: String, _ message: [UInt8], seconds: Double
  ) async throws(Failure) -> [UInt8] {
    guard let socket else {
      throw Failure(
        status: .missing, reason: "no socket of a container runtime on this node", mayRetry: true)
    }
    let client = GRPCClient(
      target: .unix(context.host.path(socket).string), capBytes: Self.capBytes)
    var failure = Failure(status: .unsupported, reason: "the runtime lacks \(method)")
    for version in ["runtime.v1", "runtime.v1alpha2"] {
      let reply = await client.call(
        "/\(version).\(service.rawValue)/\(method)", message, seconds: seconds)
      switch reply.outcome {
      case .answered(let bytes): return bytes
      case .status(GRPCClient.unimplemented, let text):
        failure.reason = "the runtime lacks \(method): \(text)"
      case .status(GRPCClient.deadlineExceeded, _):
        throw Failure(status: .timeout, reason: "the runtime gave no answer in \(seconds) s")
      case .status(let code, let text):
        throw Failure(status: .failed, reason: "gRPC status \(code): \(text)")
      case .unreachable(let reason): throw Failure(reason, socket: socket, seconds: seconds)
      case .tooLarge:
        throw Failure(
          status: .failed, reason: "the answer exceeds \(Self.capBytes) bytes")
      case .unreadable(let reason):
        throw Failure(status: .failed, reason: reason, mayRetry: true)
      }
    }
    throw failure
  }

  // MARK: - Running a program in a container

  /// What a program in a container did.
  struct Execution: Sendable, Equatable {
    var exitCode: Int32
    var standardError: [UInt8]
  }

  /// Runs a program in a running container and waits for it.
  func execute(
    _ command: [String], in container: String, seconds: Double
  ) async throws(Failure) -> Execution {
    var request = ProtobufWriter()
    request.add(1, container)
    for word in command { request.add(2, Array(word.utf8)) }
    request.add(3, Int64(max(1, seconds.rounded(.up))))
    let failure: Failure
    do {
      let message = try await call(.runtime, "ExecSync", request.bytes, seconds: seconds)
      let answer = try ProtobufMessage(message[...])
      return Execution(
        exitCode: Int32(truncatingIfNeeded: answer.number(3)),
        standardError: Array((answer.bytes(2) ?? []).prefix(4096)))
    } catch let error as Failure {
      failure = error
    } catch {
      failure = Failure(status: .failed, reason: "\(error)", mayRetry: true)
    }
    let seconds = Int(seconds.rounded(.up))
    guard failure.mayRetry, let program = await context.commands.locate("crictl") else {
      throw failure
    }
    let arguments =
      endpoint(of: program) + ["exec", "-s", "--timeout=\(seconds)", container] + command
    let run = await context.commands.capture(
      program, arguments, into: sink(4096), seconds: Double(seconds) + 1)
    guard case .ended(let ended) = run, case .completed = ended.end,
      case .exited(let code) = ended.termination
    else { throw failure }
    return Execution(exitCode: code, standardError: Self.bytes(ended.standardError))
  }

  // MARK: - crictl

  private func endpoint(of program: FilePath) -> [String] {
    socket.map { ["--runtime-endpoint=unix://\(context.host.argument($0, of: program))"] } ?? []
  }

  /// What crictl prints; `nil` if the node has none.
  private func crictl(
    _ arguments: [String], seconds: Double
  ) async -> Result<[UInt8], Failure>? {
    guard let program = await context.commands.locate("crictl") else { return nil }
    let outcome = await context.commands.capture(
      program, endpoint(of: program) + arguments, into: sink(Self.capBytes), seconds: seconds)
    switch outcome {
    case .notStarted(let reason): return .failure(Failure(status: .error, reason: reason))
    case .ended(let run):
      guard case .completed = run.end else {
        return .failure(Failure(status: .timeout, reason: "no answer in \(seconds) s"))
      }
      guard case .exited(0) = run.termination else {
        let errors = String(
          decoding: Self.bytes(run.standardError).prefix { $0 != UInt8(ascii: "\n") }.prefix(200),
          as: UTF8.self)
        return .failure(Failure(status: .failed, reason: errors))
      }
      let bytes = Self.bytes(run.output)
      guard JSONText.isDocument(bytes[...]) else {
        return .failure(Failure(status: .failed, reason: "its output is no JSON"))
      }
      return .success(bytes)
    }
  }

  private func sink(_ cap: Int) -> ItemSink {
    ItemSink(
      rule: .none, capBytes: cap, keeps: .head, limits: context.limits,
      spoolFolder: context.spoolFolder)
  }

  private static func bytes(_ sink: ItemSink) -> [UInt8] {
    // A temporary file that can't be read back leaves nothing, which the caller reports.
    (try? sink.spool.read(0..<(sink.spool.offered - sink.spool.droppedBytes))) ?? []
  }
}

extension RuntimeClient.Failure {
  /// What a missing connection means for an item.
  init(_ failure: ConnectionFailure, socket: String, seconds: Double) {
    switch failure {
    case .refused, .missing:
      self.init(status: .missing, reason: "nothing listens on \(socket)")
    case .denied: self.init(status: .denied, reason: "permission denied: \(socket)")
    case .timeout:
      self.init(status: .timeout, reason: "the runtime gave no answer in \(seconds) s")
    case .cancelled: self.init(status: .aborted, reason: "the run was stopped")
    case .unreachable, .failed:
      self.init(status: .failed, reason: failure.text, mayRetry: true)
    }
  }
}

extension RuntimeClient.Query {
  fileprivate var service: RuntimeClient.Service {
    switch self {
    case .images, .imageUsage: .image
    default: .runtime
    }
  }

  fileprivate var method: String {
    switch self {
    case .version: "Version"
    case .status: "Status"
    case .sandboxes: "ListPodSandbox"
    case .sandbox: "PodSandboxStatus"
    case .containers: "ListContainers"
    case .container: "ContainerStatus"
    case .images: "ListImages"
    case .imageUsage: "ImageFsInfo"
    }
  }

  fileprivate var message: [UInt8] {
    var writer = ProtobufWriter()
    switch self {
    case .status: writer.add(1, true)
    case .sandbox(let id), .container(let id):
      writer.add(1, id)
      writer.add(2, true)
    case .version, .sandboxes, .containers, .images, .imageUsage: break
    }
    return writer.bytes
  }

  fileprivate var schema: MessageSchema {
    switch self {
    case .version: CRIMessages.version
    case .status: CRIMessages.status
    case .sandboxes: CRIMessages.sandboxes
    case .sandbox: CRIMessages.sandbox
    case .containers: CRIMessages.containers
    case .container: CRIMessages.container
    case .images: CRIMessages.images
    case .imageUsage: CRIMessages.imageUsage
    }
  }

  /// What makes `crictl` print the same.
  fileprivate var arguments: [String] {
    switch self {
    case .version: ["version", "-o", "json"]
    case .status: ["info", "-o", "json"]
    case .sandboxes: ["pods", "-o", "json"]
    case .sandbox(let id): ["inspectp", "-o", "json", id]
    case .containers: ["ps", "-a", "-o", "json"]
    case .container(let id): ["inspect", "-o", "json", id]
    case .images: ["images", "-o", "json"]
    case .imageUsage: ["imagefsinfo", "-o", "json"]
    }
  }
}
