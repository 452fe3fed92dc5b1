/// Whether the node's processors are contended already.
struct ProcessorLoad {
  let host: Host

  /// Share of the last ten seconds in which some task waited for a processor, above which the
  /// collector saves processor time rather than space; in percent.
  static let busyPressure = 50.0

  /// Whether the node is busy; a kernel without pressure information never is.
  var isBusy: Bool {
    guard let line = SmallFile(host: host).line("/proc/pressure/cpu") else { return false }
    return Self.averageOfTenSeconds(line).map { $0 > Self.busyPressure } ?? false
  }

  /// The figure after `avg10=` of a line such as `some avg10=1.53 avg60=0.10 …`.
  static func averageOfTenSeconds(_ line: String) -> Double? {
    line.split(separator: " ").first { $0.hasPrefix("avg10=") }.flatMap { Double($0.dropFirst(6)) }
  }
}
