import CLinux
import Glibc

/// Connects from inside another network namespace.
enum NamespaceSocket {
  /// Why no socket could be had.
  enum Failure: Error, Sendable {
    case noNamespace(String)
    case refused
    case timeout
    case failed(String)
  }

  /// A socket that is connected to an IPv4 address from inside the namespace at a path.
  ///
  /// Must run on a thread that ends afterwards: the thread stays in that namespace.
  static func connect(
    namespace path: String, address: String, port: Int, seconds: Int
  ) -> Result<CInt, Failure> {
    let namespace = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard namespace >= 0 else { return .failure(.noNamespace(path)) }
    defer { close(namespace) }
    let entered = cnitriage_enter_network_namespace(namespace)
    guard entered == 0 else {
      return .failure(.failed("cannot enter the namespace: error \(entered)"))
    }
    let descriptor = unsafe cnitriage_connect_ipv4(
      address, UInt16(clamping: port), Int32(clamping: seconds))
    return descriptor >= 0 ? .success(descriptor) : .failure(failure(-descriptor))
  }

  private static func failure(_ error: CInt) -> Failure {
    switch error {
    case ECONNREFUSED: .refused
    case ETIMEDOUT, EINPROGRESS, EAGAIN: .timeout
    case ENETUNREACH, EHOSTUNREACH: .failed("unreachable")
    default: .failed("error \(error)")
    }
  }
}
