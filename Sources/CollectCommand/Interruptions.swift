import Dispatch
import FoundationEssentials
import Glibc
import NodeCollector
import Synchronization

/// Turns Ctrl-C and SIGTERM into values: the first one ends the run in an orderly way, a second one
/// ends the program at once.
final class Interruptions {
  /// The signals as they arrive, for whoever asked last; one that nobody saw yet comes first.
  var stream: AsyncStream<Collector.Interruption> { listener.stream() }
  private let listener: Listener
  private let sources: [any DispatchSourceSignal]
  private let partial: UnfinishedFile

  /// Listens; `partial` is the unfinished file that a second signal removes.
  init(partial: String? = nil) {
    let unfinished = UnfinishedFile()
    unfinished.note(partial)
    self.partial = unfinished
    let listener = Listener()
    self.listener = listener
    let queue = DispatchQueue(label: "cnitriage.signals")
    sources = [(SIGINT, Collector.Interruption.interrupt), (SIGTERM, .terminate)].map {
      number, interruption in
      // The default action would end the program before the archive is finished.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      let first = FirstSignal()
      source.setEventHandler {
        switch first.note(.now()) {
        case .isFirst: listener.tell(interruption)
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

  /// Passes a signal on to the one who listens now. The sources of signals live as long as the
  /// program: the next of several runs gets them as the first one does.
  private final class Listener: Sendable {
    private struct State {
      var continuation: AsyncStream<Collector.Interruption>.Continuation?
      var signal: Collector.Interruption?
    }

    private let state = Mutex(State())

    func stream() -> AsyncStream<Collector.Interruption> {
      let (stream, continuation) = AsyncStream.makeStream(of: Collector.Interruption.self)
      state.withLock { state in
        state.continuation?.finish()
        state.continuation = continuation
        if let signal = state.signal { continuation.yield(signal) }
      }
      return stream
    }

    func tell(_ signal: Collector.Interruption) {
      state.withLock { state in
        state.signal = signal
        state.continuation?.yield(signal)
      }
    }

    func end() {
      state.withLock { $0.continuation?.finish() }
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
    listener.end()
    for source in sources { source.cancel() }
  }
}
