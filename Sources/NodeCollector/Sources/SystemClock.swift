import CLinux
import Glibc

extension Host.Clock {
  /// The clocks of the running system.
  public static let system = Host.Clock(
    wall: { microseconds(CLOCK_REALTIME) }, monotonic: { microseconds(CLOCK_MONOTONIC) })

  private static func microseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
