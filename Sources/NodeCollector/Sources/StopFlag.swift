import Synchronization

/// Asks work on a thread of its own to end early; the work looks at it now and then.
final class StopFlag: Sendable {
  private let state = Atomic(false)

  /// Whether the work is no longer wanted.
  var isSet: Bool { state.load(ordering: .relaxed) }

  func set() {
    state.store(true, ordering: .relaxed)
  }
}
