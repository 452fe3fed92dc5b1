import BundleModel
import CLinux

/// Whether the clock is right: what the kernel, chrony and systemd say.
struct ClockState: Sendable {
  let request: DerivedSource.Request

  private struct State: Encodable {
    var realtime_us: Int64
    var monotonic_us: Int64
    var kernel: Kernel?
    var chrony: [String: String]?
    var timedatectl: [String: String]?
    /// Programs that gave no answer, each with the reason.
    var unanswered: [String: String]
  }

  private struct Kernel: Encodable {
    var synchronized: Bool
    var state: Int32
    var status: Int32
    var tai_offset_s: Int32
    var offset_us: Int64
    var maximal_error_us: Int64
    var estimated_error_us: Int64
    /// Correction of the frequency in parts per million, times 65536.
    var frequency_scaled_ppm: Int64
  }

  func output() async -> DerivedSource.Output {
    let clock = request.host.clock
    var state = State(
      realtime_us: clock.wall(), monotonic_us: clock.monotonic(), kernel: Self.kernel(),
      unanswered: [:])
    let half = request.seconds * 0.4
    switch await request.text("chronyc", ["-n", "tracking"], seconds: half) {
    case .success(let text): state.chrony = Self.fields(text, separator: ":")
    case .failure(let reason): state.unanswered["chronyc"] = reason.text
    }
    switch await request.text("timedatectl", ["show"], seconds: half) {
    case .success(let text): state.timedatectl = Self.fields(text, separator: "=")
    case .failure(let reason): state.unanswered["timedatectl"] = reason.text
    }
    return .json(state)
  }

  private static func kernel() -> Kernel? {
    let clock = cnitriage_read_clock()
    guard clock.error == 0 else { return nil }
    // The last return value and the flag 0x40 say that nobody disciplines the clock.
    return Kernel(
      synchronized: clock.state != 5 && clock.status & 0x40 == 0, state: clock.state,
      status: clock.status, tai_offset_s: clock.tai_offset, offset_us: clock.offset_us,
      maximal_error_us: clock.maximal_error_us, estimated_error_us: clock.estimated_error_us,
      frequency_scaled_ppm: clock.frequency_scaled_ppm)
  }

  private static func fields(_ text: String, separator: Character) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: separator, maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0]).trimmed] = String(parts[1]).trimmed
    }
    return fields
  }
}

extension String {
  /// The text without blanks, tabs and line ends at both sides.
  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    let start = drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
  }
}
