import Dispatch
import FoundationEssentials
import Glibc
import NodeCollector

/// Turns Ctrl-C and SIGTERM into values: the first one ends the run in an orderly way, a second one
/// ends the program at once.
final class Interruptions {
  /// The signals as they arrive.
  let stream: AsyncStream<Collector.Interruption>
  private let continuation: AsyncStream<Collector.Interruption>.Continuation
  private let sources: [any DispatchSourceSignal]

  /// Listens; `partial` is the unfinished file that a second signal removes.
  init(partial: String?) {
    let (stream, continuation) = AsyncStream.makeStream(of: Collector.Interruption.self)
    self.stream = stream
    self.continuation = continuation
    let queue = DispatchQueue(label: "cnitriage.signals")
    sources = [(SIGINT, Collector.Interruption.interrupt), (SIGTERM, .terminate)].map {
      number, interruption in
      // The default action would end the program before the archive is finished.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if case .terminated = continuation.yield(interruption) {
          if let partial { try? FileManager.default.removeItem(atPath: partial) }
          _exit(128 + number)
        }
        continuation.finish()
      }
      source.activate()
      return source
    }
  }

  /// Stops listening.
  func end() {
    continuation.finish()
    for source in sources { source.cancel() }
  }
}
