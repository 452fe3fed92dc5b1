import Dispatch
import Glibc
import Synchronization

/// Runs calls that cannot be interrupted, such as reads from a dead mount, on threads that may be
/// left behind: the caller goes on when the time is up, whatever the thread does.
enum BlockingThread {
  /// How long a look at a few local files may take, in seconds. Only a dead mount needs that long; a
  /// node without processor time needs a part of it, and must not be misjudged for being slow.
  static let lookSeconds = 10.0

  /// The result of `work`, or `nil` when it took longer than `seconds` or the task was cancelled.
  static func run<Value: Sendable>(
    seconds: Double, _ work: @escaping @Sendable () -> Value
  ) async -> Value? {
    let once = Once<Value>()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        once.wait(continuation)
        start { once.finish(work()) }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { once.finish(nil) }
      }
    } onCancel: {
      once.finish(nil)
    }
  }

  /// The result of work that ends early by itself when its flag is set; `nil` when it took longer
  /// than `seconds`, or than `patience` after the task was cancelled.
  static func run<Value: Sendable>(
    seconds: Double, patience: Double, _ work: @escaping @Sendable (StopFlag) -> Value
  ) async -> Value? {
    let once = Once<Value>()
    let flag = StopFlag()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        once.wait(continuation)
        start { once.finish(work(flag)) }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { once.finish(nil) }
      }
    } onCancel: {
      flag.set()
      DispatchQueue.global().asyncAfter(deadline: .now() + patience) { once.finish(nil) }
    }
  }

  /// Starts a thread that nobody joins.
  static func start(_ work: @escaping @Sendable () -> Void) {
    let context = unsafe Unmanaged.passRetained(Work(work)).toOpaque()
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, context)
    guard code == 0 else {
      // Without a thread the work is lost and the caller's time limit ends the wait.
      unsafe Unmanaged<Work>.fromOpaque(context).release()
      return
    }
    pthread_detach(thread)
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  /// Resumes a continuation with whatever comes first.
  final class Once<Value: Sendable>: Sendable {
    private enum State {
      case idle
      case waiting(CheckedContinuation<Value?, Never>)
      case finished
    }

    private let state = Mutex(State.idle)

    func wait(_ continuation: CheckedContinuation<Value?, Never>) {
      let isLate = state.withLock { state in
        if case .finished = state { return true }
        state = .waiting(continuation)
        return false
      }
      if isLate { continuation.resume(returning: nil) }
    }

    func finish(_ value: Value?) {
      let continuation: CheckedContinuation<Value?, Never>? = state.withLock { state in
        defer { state = .finished }
        guard case .waiting(let continuation) = state else { return nil }
        return continuation
      }
      continuation?.resume(returning: value)
    }
  }
}
