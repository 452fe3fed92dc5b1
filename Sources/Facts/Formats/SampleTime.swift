import BundleModel

/// Which of two samples of counters a row belongs to, and when it was taken.
struct SampleTime: Sendable {
  /// 1 for the first reading, 2 for the one at the end.
  var number: Int
  var timeUs: Int64?
  /// Time since boot, which no clock step disturbs.
  var monotonicUs: Int64?

  private static let second: Set<ArtifactID> = [
    .trackingCountersAgain, .protocolCountersAgain, .driverStatisticsAgain,
  ]

  init(_ input: ArtifactInput, _ document: JSONValue? = nil) {
    number = Self.second.contains(input.artifact) ? 2 : 1
    timeUs = Timestamp.whole(document?["taken_at"]?.string)
    monotonicUs = document?["monotonic_us"]?.integer
  }

  /// The columns that every table of counters has in front.
  static func columns<Row>(_ sample: @escaping @Sendable (Row) -> SampleTime) -> [Column<Row>] {
    [
      Column("sample", { sample($0).number }, "1 for the first reading, 2 for the one at the end."),
      Column(
        "time_us", { sample($0).timeUs },
        "When it was read, in microseconds since 1970 UTC; NULL if not known."),
      Column(
        "monotonic_us", { sample($0).monotonicUs },
        "When it was read, in microseconds since boot; differences give rates."),
    ]
  }
}
