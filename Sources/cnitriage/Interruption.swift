import Analysis
import Dispatch
import Glibc
import Synchronization

/// Turns Ctrl-C and SIGTERM into a question that work asks now and then. A second signal that nobody
/// answered ends the program at once.
final class Interruption {
  private let state = State()
  private let sources: [any DispatchSourceSignal]

  init() {
    let state = state
    sources = [SIGINT, SIGTERM].map { number in
      // The default action would end the program before unfinished files are removed.
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { state.note(number) }
      source.activate()
      return source
    }
  }

  /// Whether work should end.
  var isCancelled: @Sendable () -> Bool {
    let state = state
    return { state.signal != nil }
  }

  /// The signal that came.
  var signal: Int32? { state.signal }

  /// Waits for a line; Ctrl-C meanwhile is answered by `action`, and told afterwards.
  func waiting<Line>(
    _ action: @escaping @Sendable () -> Void, _ body: () -> Line
  ) -> (line: Line, wasInterrupted: Bool) {
    state.wait(action)
    let line = body()
    return (line, state.endWaiting())
  }

  /// Forgets a signal that was answered.
  func reset() { state.reset() }

  private final class State: Sendable {
    private struct Values {
      var signal: Int32?
      /// What a prompt does about Ctrl-C while it waits for a line.
      var action: (@Sendable () -> Void)?
      var wasInterrupted = false
    }

    private let values = Mutex(Values())

    var signal: Int32? { values.withLock { $0.signal } }

    func note(_ number: Int32) {
      let action = values.withLock { values -> (@Sendable () -> Void)? in
        if number == SIGINT, let action = values.action {
          values.wasInterrupted = true
          return action
        }
        // Nobody looks at a signal while a line is awaited.
        if values.signal != nil || values.action != nil { return { _exit(128 + number) } }
        values.signal = number
        return nil
      }
      action?()
    }

    func wait(_ action: @escaping @Sendable () -> Void) {
      values.withLock { values in
        values.action = action
        values.wasInterrupted = false
      }
    }

    func endWaiting() -> Bool {
      values.withLock { values in
        values.action = nil
        return values.wasInterrupted
      }
    }

    func reset() { values.withLock { $0.signal = nil } }
  }
}

extension AnalysisError {
  static func interrupted(_ signal: Int32) -> AnalysisError {
    AnalysisError(
      code: "E406", what: "stopped by \(signal == SIGINT ? "Ctrl-C" : "SIGTERM")",
      why: "a signal asked for it", remedy: "start it again", exitCode: 128 + signal)
  }

  static func rowLimit(_ rows: Int) -> AnalysisError {
    AnalysisError(
      code: "E405", what: "only the first \(rows) rows are shown", why: "there are more",
      remedy: "narrow the query, or --max-rows 0", exitCode: 4)
  }
}
