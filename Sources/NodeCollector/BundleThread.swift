import BundleArchive
import Dispatch
import Synchronization

/// Owns the archive on a thread of its own, so that packing goes on beside gathering, and a dead
/// output costs that thread only.
final class BundleThread: Sendable {
  private typealias Job = @Sendable (inout BundleWriter) -> Void

  private let jobs = Mutex<[Job]>([])
  private let arrived = DispatchSemaphore(value: 0)

  /// Starts the thread; the archive is opened there.
  static func start(
    _ make: @escaping @Sendable () throws -> BundleWriter
  ) async throws -> BundleThread {
    let thread = BundleThread()
    let once = BlockingThread.Once<Result<Void, any Error>>()
    let result = await withCheckedContinuation { continuation in
      once.wait(continuation)
      BlockingThread.start { thread.work(make) { once.finish($0) } }
    }
    try result?.get()
    return thread
  }

  private func work(
    _ make: () throws -> BundleWriter, opened: (Result<Void, any Error>) -> Void
  ) {
    do {
      var writer = try make()
      opened(.success(()))
      while let job = next() { job(&writer) }
    } catch {
      opened(.failure(error))
    }
  }

  /// Runs a step on the archive, after the steps that were asked for before.
  ///
  /// - Parameters:
  ///   - patience: how long to wait in seconds once the task is cancelled.
  ///   - step: what to do.
  func perform<Value: Sendable>(
    patience: @escaping @Sendable () -> Double,
    _ step: @escaping @Sendable (inout BundleWriter) throws -> Value
  ) async throws -> Value {
    let once = BlockingThread.Once<Result<Value, any Error>>()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        once.wait(continuation)
        add { writer in once.finish(Result { try step(&writer) }) }
      }
    } onCancel: {
      DispatchQueue.global().asyncAfter(deadline: .now() + patience()) { once.finish(nil) }
    }
    guard let result else { throw StuckOutput() }
    return try result.get()
  }

  /// Ends the thread after the steps that wait.
  func close() {
    arrived.signal()
  }

  private func add(_ job: @escaping Job) {
    jobs.withLock { $0.append(job) }
    arrived.signal()
  }

  private func next() -> Job? {
    arrived.wait()
    return jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

/// The output takes no bytes, and the run's time is up.
struct StuckOutput: Error, CustomStringConvertible {
  var description: String { "the output takes no bytes" }
}
