import Testing

@testable import NodeCollector

@Suite("The figures of probes")
struct ProbeFigureTests {
  @Test(
    "percentiles are the nearest rank",
    arguments: [
      ([7], 50, 7), ([7], 99, 7), ([1, 2], 50, 1), ([1, 2, 3], 50, 2), ([1, 2, 3, 4], 50, 2),
      (Array(1...10), 90, 9), (Array(1...10), 95, 10), (Array(1...20), 95, 19),
      (Array(1...100), 99, 99), (Array(1...100), 50, 50), (Array(1...101), 99, 100),
      (Array(1...200), 95, 190), ([], 50, nil),
    ] as [([UInt64], Int, UInt64?)])
  func nearestRank(_ sorted: [UInt64], _ percent: Int, _ expected: UInt64?) {
    #expect(ProbeStatistics.nearestRank(sorted, percent: percent) == expected)
  }

  @Test("p95 needs 20 samples and p99 needs 100", arguments: [1, 19, 20, 99, 100])
  func tails(_ count: Int) {
    let figures = ProbeStatistics(samples((1...UInt64(count)).map { ($0, .ok) }))
    #expect((figures.p95 != nil) == (count >= 20))
    #expect((figures.p99 != nil) == (count >= 100))
    #expect(figures.p50 != nil && figures.p90 != nil && figures.max == UInt64(count))
  }

  @Test("every sample counts, in the order in which it was taken")
  func figures() {
    let figures = ProbeStatistics(
      samples([(40, .ok), (10, .fail), (100, .timeout), (50, .ok)]))
    #expect(figures.n == 4 && figures.ok == 2 && figures.fail == 1 && figures.timeout == 1)
    #expect(figures.min == 10 && figures.max == 100 && figures.first == 40)
    #expect(figures.p50 == 40 && figures.p90 == 100)
    #expect(figures.mean == 50)
    // The square root of (10² + 40² + 50² + 0²) / 4.
    #expect(figures.stddev == 32)
  }

  @Test("no samples give no figures")
  func empty() {
    let figures = ProbeStatistics([])
    #expect(figures.n == 0 && figures.p50 == nil && figures.mean == nil)
  }

  private func samples(_ values: [(UInt64, ProbeResult.Outcome)]) -> [ProbeSample] {
    values.enumerated().map { index, value in
      ProbeSample(
        sequence: index, target: "t", startNanoseconds: 0, durationNanoseconds: value.0,
        outcome: value.1)
    }
  }
}
