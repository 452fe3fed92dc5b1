import Dispatch
import FoundationEssentials
import Glibc
import NodeCollector
import Synchronization

/// Turns Ctrl-C and SIGTERM into values: the first one ends the run in an orderly way, a second one
/// ends the program at once.
final class Interruptions {
  /// The signals as they arrive.
  let stream: AsyncStream<Collector.Interruption>
  private let continuation: AsyncStream<Collector.Interruption>.Continuation
  private let sources: [any DispatchSourceSignal]
  private let partial: UnfinishedFile

  /// Listens; `partial` is the unfinished file that a second signal removes.
  init(partial: String? = nil) {
    let unfinished = UnfinishedFile()
    unfinished.note(partial)
    self.partial = unfinished
    let (stream, continuation) = AsyncStream.makeStream(of: Collector.Interruption.self)
    self.stream = stream
    self.continuation = continuation
    let queue = DispatchQueue(label: "cnitriage.signals")
    sources = [(SIGINT, Collector.Interruption.interrupt), (SIGTERM, .terminate)].map {
      number, interruption in
      // The default action would end the program before the archive is finished.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      let first = FirstSignal()
      source.setEventHandler {
        switch first.note(.now()) {
        case .isFirst: continuation.yield(interruption)
        case .isEcho: return
        case .isSecond:
          unfinished.remove()
          _exit(128 + number)
        }
      }
      source.activate()
      return source
    }
  }

  /// Remembers when a signal came for the first time.
  private final class FirstSignal: Sendable {
    enum Order { case isFirst, isEcho, isSecond }

    private let time = Mutex<DispatchTime?>(nil)

    /// A terminal, `sudo` and `timeout` may each pass one key press on; only a later one counts as
    /// the user's second.
    func note(_ now: DispatchTime) -> Order {
      time.withLock { time in
        guard let first = time else {
          time = now
          return .isFirst
        }
        return now < first + .milliseconds(700) ? .isEcho : .isSecond
      }
    }
  }

  /// Names the unfinished file once it is known.
  func note(partial path: String?) {
    partial.note(path)
  }

  /// The file that nobody wants any more after a second signal.
  private final class UnfinishedFile: Sendable {
    private let path = Mutex<String?>(nil)

    func note(_ newPath: String?) {
      path.withLock { $0 = newPath }
    }

    func remove() {
      // The program ends at once; what can't be removed has a name that says what it is.
      if let path = path.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }
  }

  /// Stops listening.
  func end() {
    continuation.finish()
    for source in sources { source.cancel() }
  }
}
