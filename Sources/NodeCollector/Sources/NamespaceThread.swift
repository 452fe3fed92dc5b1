import CLinux
import Glibc
import SystemPackage

/// Runs blocking work inside another network namespace, on a thread that ends afterwards: a thread
/// that entered a namespace never serves anybody else.
enum NamespaceThread {
  /// Why the work was not done.
  enum Failure: Error, Sendable, Equatable {
    case noNamespace(String)
    case timeout

    /// The failure in words.
    var reason: String {
      switch self {
      case .noNamespace(let reason): reason
      case .timeout: "took too long"
      }
    }
  }

  /// The result of `work` inside the namespace at a path; without a path in the collector's own.
  static func run<Value: Sendable>(
    in path: FilePath?, seconds: Double, _ work: @escaping @Sendable () -> Value
  ) async -> Result<Value, Failure> {
    let outcome = await BlockingThread.run(seconds: seconds) { () -> Result<Value, Failure> in
      if let path, let failure = enter(path) { return .failure(failure) }
      return .success(work())
    }
    return outcome ?? .failure(.timeout)
  }

  private static func enter(_ path: FilePath) -> Failure? {
    let namespace = unsafe open(path.string, O_RDONLY | O_CLOEXEC)
    guard namespace >= 0 else { return .noNamespace("cannot open \(path): error \(errno)") }
    defer { close(namespace) }
    switch cnitriage_enter_network_namespace(namespace) {
    case 0: return nil
    case EINVAL: return .noNamespace("\(path) is no network namespace")
    case let error: return .noNamespace("cannot enter \(path): error \(error)")
    }
  }
}

/// What identifies a namespace: the number of its file.
enum NamespaceFile {
  /// The inode behind a path, following links; `nil` if there is nothing.
  static func inode(_ path: FilePath) -> UInt64? {
    var status = stat()
    guard unsafe stat(path.string, &status) == 0 else { return nil }
    return UInt64(status.st_ino)
  }

  /// The number by which the caller's namespace knows the namespace at a path; `nil` if none was
  /// given yet.
  static func identifier(_ path: FilePath) -> Int? {
    let namespace = unsafe open(path.string, O_RDONLY | O_CLOEXEC)
    guard namespace >= 0 else { return nil }
    defer { close(namespace) }
    // struct rtgenmsg, padded; then the namespace as a descriptor.
    var descriptor: [UInt8] = []
    descriptor.append(UInt32(bitPattern: namespace))
    let request = NetlinkSource.Request(
      part: .route, type: 90, body: .zeros(4) + NetlinkAttributes.attribute(3, descriptor))
    guard case .success(let answer) = NetlinkSource().answer(request),
      let number = NetlinkAttributes(answer.body.from(4)).u32(1)
    else { return nil }
    let signed = Int(Int32(bitPattern: number))
    return signed >= 0 ? signed : nil
  }
}
