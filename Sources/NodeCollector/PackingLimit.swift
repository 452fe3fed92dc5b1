import Synchronization

/// The moment after which no more time may go into packing, once a run is over. Until a run is
/// stopped by its time limit there is none.
final class PackingLimit: Sendable {
  private let end = Atomic<Int64>(.max)
  private let clock: Host.Clock

  init(clock: Host.Clock) {
    self.clock = clock
  }

  /// From now on, this many seconds are left.
  func set(secondsFromNow seconds: Double) {
    end.store(clock.monotonic() + Int64(seconds * 1_000_000), ordering: .relaxed)
  }

  /// Whether the time is over.
  var isReached: Bool { clock.monotonic() >= end.load(ordering: .relaxed) }
}
