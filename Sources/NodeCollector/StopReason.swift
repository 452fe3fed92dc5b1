import BundleModel
import Synchronization

/// Why a run was stopped early; set at most once.
final class StopReason: Sendable {
  private let state = Mutex<Manifest.EndReason?>(nil)
  /// How long packing may still take.
  let limit: PackingLimit

  /// How much longer than its time a run may take to pack what it has, in seconds. Whoever set the
  /// time limit gets the bundle at most two seconds late.
  private static let overtimeSeconds = 1.2

  init(limit: PackingLimit) {
    self.limit = limit
  }

  func set(_ reason: Manifest.EndReason) {
    let isFirst = state.withLock { state in
      guard state == nil else { return false }
      state = reason
      return true
    }
    if isFirst, reason == .deadline { limit.set(secondsFromNow: Self.overtimeSeconds) }
  }

  var value: Manifest.EndReason? { state.withLock { $0 } }

  /// How long to wait for the output after the run was stopped, in seconds: a user who pressed
  /// Ctrl-C can press it again.
  var patience: @Sendable () -> Double {
    { [self] in value == .deadline ? 1.6 : 120 }
  }
}
