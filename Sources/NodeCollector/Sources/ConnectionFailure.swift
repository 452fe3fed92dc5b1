import NIOCore
import NIOPosix

/// Why there is no connection, or no answer over one. They are different facts about a node, so they
/// are told apart.
enum ConnectionFailure: Error, Sendable, Equatable {
  /// Nobody listens.
  case refused
  /// No socket stands at the path.
  case missing
  /// This user may not connect.
  case denied
  /// There is no way to the address.
  case unreachable
  /// The time was up.
  case timeout
  /// The run was stopped.
  case cancelled
  /// Something else, in words.
  case failed(String)

  /// Reads an error of the transport.
  init(_ error: any Error) {
    if let failure = error as? ConnectionFailure {
      self = failure
    } else if let connection = error as? NIOConnectionError {
      self = connection.connectionErrors.first.map { Self($0.error) } ?? .failed("\(error)")
    } else if case ChannelError.connectTimeout = error {
      self = .timeout
    } else if let error = error as? IOError {
      self = Self(number: error.errnoCode)
    } else {
      self = .failed("\(error)")
    }
  }

  /// Reads an error number of the system.
  private init(number: CInt) {
    switch number {
    case 2: self = .missing
    case 1, 13: self = .denied
    case 111: self = .refused
    case 110: self = .timeout
    case 101, 113: self = .unreachable
    case 11: self = .failed("the queue of waiting connections is full")
    case 104: self = .failed("reset by the peer")
    default: self = .failed("error \(number)")
    }
  }

  /// A few words for samples and reasons.
  var text: String {
    switch self {
    case .refused: "refused"
    case .missing: "no such socket"
    case .denied: "permission denied"
    case .unreachable: "unreachable"
    case .timeout: "timeout"
    case .cancelled: "stopped"
    case .failed(let reason): reason
    }
  }
}

/// A moment of a clock that never steps, in nanoseconds.
enum MonotonicTime {
  /// Now.
  static var nanoseconds: UInt64 { NIODeadline.now().uptimeNanoseconds }
}

extension TimeAmount {
  /// A span of seconds, at least a millisecond.
  static func seconds(_ seconds: Double) -> TimeAmount {
    .microseconds(Int64(max(0.001, min(seconds, 86_400)) * 1_000_000))
  }
}
