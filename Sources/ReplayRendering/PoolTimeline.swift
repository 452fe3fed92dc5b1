import IPAMReplay

/// The pool of a card at equal distances in time; where nothing is known, there is nothing.
struct PoolTimeline {
  /// What a column shows.
  struct Column {
    var total: Int?
    var target: Int?
    var assigned: Int?
    var cooldown: Int?
    var failed = 0
  }

  private(set) var columns: [Column]

  /// Cuts a span into columns. Of several samples in a column the last one counts, of failures all.
  init(
    _ samples: [PoolSample], _ events: [ReplayEvent], fromUs: Int64, toUs: Int64, count: Int
  ) {
    columns = Array(repeating: Column(), count: count)
    let width = max(1, (toUs - fromUs) / Int64(count) + 1)
    func place(_ timeUs: Int64) -> Int { Int((timeUs - fromUs) / width) }
    for (index, sample) in samples.enumerated() {
      // What a tick shows holds until the next one, unless lines are missing between them.
      var end = sample.lastUs
      if index + 1 < samples.count, !samples[index + 1].followsGap,
        samples[index + 1].epoch == sample.epoch
      {
        end = max(end, samples[index + 1].timeUs - 1)
      }
      let first = max(0, place(max(sample.timeUs, fromUs)))
      let last = min(count - 1, place(min(end, toUs)))
      guard first <= last else { continue }
      for column in first...last {
        columns[column].total = sample.total
        columns[column].target = sample.target
        columns[column].assigned = sample.assigned
        columns[column].cooldown = sample.cooling
      }
    }
    for event in events where event.kind == .noAddress {
      guard let time = event.timeUs, time >= fromUs, time <= toUs else { continue }
      columns[min(count - 1, place(time))].failed += event.count
    }
  }

  /// The largest number that is shown.
  var peak: Int {
    columns.flatMap { [$0.total, $0.target, $0.assigned, $0.cooldown, $0.failed] }
      .compactMap { $0 }.max() ?? 0
  }
}
