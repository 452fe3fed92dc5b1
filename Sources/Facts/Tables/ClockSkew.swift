import BundleModel

/// How wrong the node's clock is, taken together from all sources.
public struct ClockSkew: DerivedTable {
  var offsetUs: Int64?
  var source: String?
  var isSynchronized: Bool?
  var stepUs: Int64?

  /// The declaration of `clock_skew`.
  public static let schema = Schema<Self>(
    "clock_skew", "How wrong the node's clock is, in one row.",
    from: [.clock, .clockAgain, .probeClock],
    columns: [
      Column(
        "offset_us", \.offsetUs,
        "How far the clock is behind, in microseconds, negative if it is ahead: the answer of a"
          + " time server with the least error, else what chrony says, else the kernel."),
      Column("source", \.source, "Where that comes from: ntp, chrony or kernel."),
      Column(
        "is_synchronized", \.isSynchronized,
        "1 if the kernel takes the clock for disciplined, 0 if not; NULL if it does not say."),
      Column(
        "step_us", \.stepUs,
        "By how much the clock was set during the run, in microseconds; NULL without a second"
          + " reading. Small amounts are drift."),
    ])

  /// The sources' rows.
  public static var sources: [any FactRow.Type] { [ClockState.self] }

  /// Takes the best source. Without one there is no row.
  public static func derive(from facts: DerivedInput, into rows: inout RowSink<Self>) {
    let states = facts.rows(ClockState.self)
    let answers = states.filter { $0.row.source == "ntp" && $0.row.offsetUs != nil }
    let best =
      answers.min { ($0.row.errorUs ?? .max) < ($1.row.errorUs ?? .max) }
      ?? states.first { $0.row.source == "chrony" && $0.row.offsetUs != nil }
      ?? states.first { $0.row.source == "kernel" && $0.row.offsetUs != nil }
    let kernel = states.filter { $0.row.source == "kernel" }
    guard let evidence = best ?? kernel.first ?? states.first else { return }
    let synchronized = (kernel + states).lazy.compactMap(\.row.isSynchronized).first
    rows.append(
      Self(
        offsetUs: best?.row.offsetUs, source: best?.row.source, isSynchronized: synchronized,
        stepUs: step(kernel.map(\.row))), path: evidence.path, line: evidence.line)
  }

  /// The clock against the time since boot, at the start and at the end.
  private static func step(_ readings: [ClockState]) -> Int64? {
    func difference(_ reading: Int) -> Int64? {
      guard let state = readings.first(where: { $0.reading == reading }),
        let clock = state.realtimeUs, let boot = state.monotonicUs
      else { return nil }
      let (result, overflow) = clock.subtractingReportingOverflow(boot)
      return overflow ? nil : result
    }
    guard let first = difference(1), let second = difference(2) else { return nil }
    let (result, overflow) = second.subtractingReportingOverflow(first)
    return overflow ? nil : result
  }
}
