import IPAMReplay
import ReportRendering

/// Outcomes of several settings beside each other.
enum OutcomeTable {
  static func text(_ comparison: ReplayReport.Comparison, _ style: TextStyle) -> String {
    let all = [("as it was", comparison.recorded)] + comparison.alternatives.map { ($0.0, $0.1) }
    let names = max(10, min(style.width - 46, (all.map { $0.0.count }.max() ?? 10) + 2))
    var out =
      style.painted(
        "SETTINGS".padded(to: names) + "  FAILED  HELD  PEAK  ENIS  CALLS  EMPTY", .heading) + "\n"
    for (name, outcome) in all {
      let name = style.shown(name)
      // What doesn't fit gets a line of its own: settings are to be copied.
      out += name.cellCount >= names ? name + "\n" + "".padded(to: names) : name.padded(to: names)
      out += cell("\(outcome.failedStarts)", 8)
      out += cell("\(outcome.meanHeld)", 6)
      out += cell("\(outcome.peakHeld)", 6)
      out += cell("\(outcome.peakENIs)", 6)
      out += cell(outcome.ec2Calls.map { "\($0)" } ?? "-", 7)
      out += cell("\(outcome.emptyUs / 1_000_000) s", 7) + "\n"
    }
    return out
      + style.painted(
        style.wrapped(
          "FAILED: pods that got no address at first. HELD: addresses of the subnet on average, PEAK: "
            + "at most. ENIS: at most. CALLS: requests that change something at EC2. EMPTY: how long no "
            + "address was free.", indent: 0), .dim) + "\n"
  }

  private static func cell(_ text: String, _ cells: Int) -> String {
    String(repeating: " ", count: max(0, cells - text.cellCount)) + text
  }
}
